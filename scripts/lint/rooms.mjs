/**
 * Who may import whom. The most specific entry that holds a file is its room; everything it may import is listed,
 * the rest is refused. `rooms`: paths of the checkout, `except`: paths below them that are refused all the same.
 * `packages`: names from npm, `@scope/*` for a scope, `*` for any; `node:*` stands for Node's own modules.
 * @typedef {{path: string, rooms: string[], except?: string[], packages: string[]}} Room
 */

const pure = ["@noble/*"];
const service = ["node:*", "@noble/*", "zod", "viem", "ws", "node-forge", "cbor-web"];
const serviceRooms = ["protocol", "enclave/common", "enclave/nsm"];
const hostRooms = ["protocol/wire", "protocol/codes", "protocol/errors.ts", "protocol/bytes.ts"];
const backgroundRooms = ["protocol", "extension/messages", "extension/background"];
const background = ["zod", "viem", "@noble/*"];
const shipped = ["protocol", "extension", "enclave", "contracts", "examples", "scripts"];

/** @type {Room[]} */
export const rooms = [
  { path: "protocol", rooms: ["protocol"], packages: pure },
  { path: "protocol/wire", rooms: ["protocol"], packages: [...pure, "zod", "cbor-web"] },
  { path: "protocol/trust", rooms: ["protocol"], packages: [...pure, "zod"] },
  { path: "protocol/eip712.ts", rooms: ["protocol"], packages: [...pure, "viem"] },
  { path: "protocol/submission.ts", rooms: ["protocol"], packages: [...pure, "viem"] },

  { path: "extension/messages", rooms: ["protocol", "extension/messages"], packages: ["zod"] },
  { path: "extension/content", rooms: ["extension/messages", "extension/content"], packages: [] },
  {
    path: "extension/popup",
    rooms: ["protocol", "extension/messages", "extension/popup"],
    packages: [
      "react",
      "react-dom",
      "wagmi",
      "@wagmi/*",
      "@tanstack/*",
      "viem",
      "zod",
      "webextension-polyfill",
    ],
  },
  { path: "extension/background", rooms: backgroundRooms, packages: background },
  {
    path: "extension/background/index.ts",
    rooms: backgroundRooms,
    packages: [...background, "webextension-polyfill", "virtual:open-contracts-trust"],
  },
  {
    path: "extension/background/platform",
    rooms: backgroundRooms,
    packages: [...background, "webextension-polyfill"],
  },
  {
    path: "extension/background/tls",
    rooms: ["protocol", "extension/background/tls"],
    except: ["protocol/attestation", "protocol/trust", "protocol/wire"],
    packages: pure,
  },

  { path: "enclave/common", rooms: ["protocol", "enclave/common"], packages: service },
  { path: "enclave/nsm", rooms: serviceRooms, packages: service },
  { path: "enclave/nsm/simulated", rooms: [...serviceRooms, "enclave/nsm/simulated"], packages: service },
  { path: "enclave/oracle", rooms: [...serviceRooms, "enclave/oracle"], packages: service },
  { path: "enclave/registry", rooms: [...serviceRooms, "enclave/registry"], packages: service },
  {
    path: "enclave/host",
    rooms: [
      ...hostRooms,
      "protocol/byteStream.ts",
      "protocol/folder/domains.ts",
      "enclave/common",
      "enclave/host",
    ],
    packages: ["node:*", "ws", "zod"],
  },
  { path: "enclave/dev", rooms: ["protocol", "enclave", "enclave/nsm/simulated"], packages: service },

  { path: "contracts", rooms: ["protocol", "contracts"], packages: ["*"] },
  { path: "examples", rooms: ["protocol", "extension/messages", "examples"], packages: ["*"] },
  { path: "scripts", rooms: ["protocol", "contracts", "scripts", "."], packages: ["*"] },
  { path: "demo", rooms: [...shipped, "enclave/nsm/simulated", "demo", "."], packages: ["*"] },
  { path: "e2e", rooms: [...shipped, "enclave/nsm/simulated", "demo", "e2e", "."], packages: ["*"] },
];

/** Rooms that only those who list them by this very name may import: naming the folder above is not enough. */
export const guarded = ["enclave/nsm/simulated"];

/** Tests stand apart in each room, may import anything but the end-to-end world, and nothing imports them. */
export const testFolder = /(^|\/)tests?\//;
const tests = {
  path: "test",
  rooms: [...shipped, "enclave/nsm/simulated", "demo", "."],
  packages: ["*"],
};

/**
 * @param {string} file path inside the checkout, with forward slashes
 * @returns {Room | undefined}
 */
export function roomOf(file) {
  if (testFolder.test(file))
    return file.startsWith("e2e/") ? rooms.find(({ path }) => path === "e2e") : tests;
  return rooms.filter(({ path }) => isInside(file, path)).sort((a, b) => b.path.length - a.path.length)[0];
}

/**
 * True when `file` is `folder` or lies below it; `.` holds the files of the root only.
 * @param {string} file
 * @param {string} folder
 */
export function isInside(file, folder) {
  if (folder === ".") return !file.includes("/");
  return file === folder || file.startsWith(`${folder}/`);
}
