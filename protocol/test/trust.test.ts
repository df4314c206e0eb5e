import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, it } from "vitest";
import { hexFromBytes } from "../bytes.ts";
import {
  canonicalAllowlist,
  emptyAllowlist,
  encodeAllowlist,
  hashAllowlist,
  parseAllowlist,
  type AllowlistEntry,
} from "../trust/allowlist.ts";
import { awsNitroRootDer } from "../trust/awsNitroRoot.ts";
import { decodeTrustConfig, encodeTrustConfig, type TrustConfig } from "../trust/config.ts";
import { isLoopbackUrl, isPublicUrl } from "../trust/endpoints.ts";
import { releaseMaintainers, type Maintainers } from "../trust/maintainers.ts";
import { releaseTrust } from "../trust/release.ts";
import { verifySignedAllowlist } from "../trust/signedAllowlist.ts";

const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;
const entry: AllowlistEntry = {
  role: "oracle",
  pcr0: "a0".repeat(48),
  pcr1: "a1".repeat(48),
  pcr2: "a2".repeat(48),
  status: "active",
  validFrom: "2026-01-01T00:00:00Z",
  validUntil: "2027-01-01T00:00:00Z",
  release: "1.0.0",
  sourceCommit: "0123456789abcdef0123456789abcdef01234567",
};
const second: AllowlistEntry = { ...entry, role: "registry", pcr0: "00".repeat(47) + "01" };
const list = (...entries: readonly unknown[]): unknown => ({
  format: "open-contracts allowlist v1",
  entries,
});
const changed = (change: Readonly<Record<string, unknown>>): unknown => list({ ...entry, ...change });

describe("allowlist", () => {
  it("is read as it was written, in one order", () => {
    const allowlist = parseAllowlist(list(entry, second));
    expect(parseAllowlist(encodeAllowlist(allowlist)).entries).toEqual([second, entry]);
    const reversed = parseAllowlist(list(second, entry));
    expect(canonicalAllowlist(reversed)).toEqual(canonicalAllowlist(allowlist));
  });

  it("has one canonical form, whatever the order of keys in the file", async () => {
    const shuffled = Object.fromEntries(Object.entries(entry).reverse());
    expect(await hashAllowlist(parseAllowlist(list(shuffled)))).toBe(
      await hashAllowlist(parseAllowlist(list(entry))),
    );
    expect(await hashAllowlist(emptyAllowlist)).toBe(
      "d388baeb2a3c1dd8a10403cd4305bc71d7a73e740ecc7bd6d5835fea362d7a9d",
    );
  });

  it.each([
    ["64 a zero PCR", changed({ pcr1: "00".repeat(48) })],
    ["66 upper-case digits", changed({ pcr0: "A0".repeat(48) })],
    ["66 a prefix", changed({ pcr0: `0x${"a0".repeat(48)}` })],
    ["66 a blank", changed({ pcr0: `${"a0".repeat(48)} ` })],
    ["66 a newline", changed({ pcr0: `${"a0".repeat(48)}\n` })],
    ["a short PCR", changed({ pcr2: "a2".repeat(47) })],
    ["an unknown role", changed({ role: "relay" })],
    ["an unknown status", changed({ status: "trusted" })],
    ["an unknown key", changed({ note: "fine" })],
    ["a missing date", changed({ validUntil: undefined })],
    ["a date that is none", changed({ validFrom: "2026-02-30T00:00:00Z" })],
    ["a local date", changed({ validFrom: "2026-01-01T00:00:00+02:00" })],
    ["a short commit", changed({ sourceCommit: "0123456" })],
    ["another format", { format: "open-contracts allowlist v2", entries: [] }],
    ["no object", []],
  ])("refuses %s", (_name, json) => {
    expect(() => parseAllowlist(json)).toThrow(code("ALLOWLIST_INVALID"));
  });

  it.each([
    ["twice in one role", list(entry, entry)],
    ["in two roles", list(entry, { ...entry, role: "registry" })],
  ])("refuses a measurement %s", (_name, json) => {
    expect(() => parseAllowlist(json)).toThrow(code("ALLOWLIST_DUPLICATE"));
  });
});

const secrets = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
const publicKeys = secrets.map((secret) => hexFromBytes(ed25519.getPublicKey(secret)));
const maintainers: Maintainers = {
  threshold: 2,
  members: publicKeys.map((publicKey, index) => ({ name: `test ${index}`, publicKey })),
};
const sign = (index: number, json: unknown) => ({
  publicKey: publicKeys[index] ?? "",
  signature: hexFromBytes(
    ed25519.sign(canonicalAllowlist(parseAllowlist(json)), secrets[index] ?? new Uint8Array(32)),
  ),
});

describe("maintainers' signatures", () => {
  const json = list(entry);

  it("accepts a list that enough maintainers signed", () => {
    const allowlist = verifySignedAllowlist(json, [sign(0, json), sign(2, json)], maintainers);
    expect(allowlist.entries).toEqual([entry]);
  });

  const other = list(second);
  it.each([
    ["no signature", []],
    ["one signature", [sign(0, json)]],
    ["one maintainer twice", [sign(0, json), sign(0, json)]],
    ["a signature over another list", [sign(0, json), sign(1, other)]],
    [
      "a signature under another's name",
      [sign(0, json), { ...sign(1, json), publicKey: publicKeys[2] ?? "" }],
    ],
    ["a cut signature", [sign(0, json), { ...sign(1, json), signature: sign(1, json).signature.slice(2) }]],
  ])("62 (policy) refuses %s", (_name, signatures) => {
    expect(() => verifySignedAllowlist(json, signatures, maintainers)).toThrow(
      code("ALLOWLIST_SIGNATURES_MISSING"),
    );
  });

  it("refuses a stranger's signatures, and everything as long as nobody is pinned", () => {
    const signatures = [sign(0, json), sign(1, json)];
    const strangers = { threshold: 2, members: maintainers.members.slice(2) };
    expect(() => verifySignedAllowlist(json, signatures, strangers)).toThrow(
      code("ALLOWLIST_SIGNATURES_MISSING"),
    );
    expect(releaseMaintainers.members).toEqual([]);
    expect(() => verifySignedAllowlist(json, signatures, releaseMaintainers)).toThrow(
      code("ALLOWLIST_SIGNATURES_MISSING"),
    );
  });

  it("counts a maintainer listed twice once", () => {
    const [member] = maintainers.members;
    const doubled = {
      threshold: 2,
      members: member === undefined ? [] : [member, { ...member, name: "again" }],
    };
    expect(() => verifySignedAllowlist(json, [sign(0, json), sign(0, json)], doubled)).toThrow(
      code("ALLOWLIST_SIGNATURES_MISSING"),
    );
  });

  it.each([1, 0, -1, Number.NaN])("refuses a threshold of %d", (threshold) => {
    expect(() => verifySignedAllowlist(json, [], { ...maintainers, threshold })).toThrow(
      code("ALLOWLIST_THRESHOLD_TOO_LOW"),
    );
  });
});

const development: TrustConfig = {
  kind: "development",
  rootDer: Uint8Array.of(0x30, 0x01, 0x00),
  allowlist: { entries: [second, entry] },
  revokedCertificates: [{ issuer: "3000", serial: "01" }],
  chains: [
    {
      chainId: 31337,
      name: "local",
      hub: `0x${"12".repeat(20)}`,
      hubCodeHash: `0x${"34".repeat(32)}`,
      endpoints: ["http://127.0.0.1:8545", "http://localhost:8546/"],
    },
  ],
  endpointPolicy: "loopback",
};
const [chain] = development.chains;
const onChain = (change: object): TrustConfig => ({
  ...development,
  chains: [Object.assign({}, chain, change)],
});
const release = (change: object): TrustConfig => ({ ...releaseTrust, ...change });
const publicChain = {
  ...chain,
  chainId: 1,
  endpoints: ["https://one.opencontracts.io", "https://two.opencontracts.io/x"],
};

describe("trust configuration", () => {
  it("is read from JSON text as it was written", () => {
    for (const config of [development, releaseTrust, release({ chains: [publicChain] })]) {
      expect(decodeTrustConfig(JSON.parse(JSON.stringify(encodeTrustConfig(config))))).toEqual(config);
    }
  });

  it("release: the vendor's root, no image and no chain yet", () => {
    expect(releaseTrust.rootDer).toBe(awsNitroRootDer);
    expect(releaseTrust.allowlist.entries).toEqual([]);
    expect(releaseTrust.chains).toEqual([]);
  });

  it.each([
    ["a development build with the vendor's root", { ...development, rootDer: awsNitroRootDer }],
    ["a development build with public endpoints", { ...development, endpointPolicy: "public" as const }],
    ["a development build on another chain", onChain({ chainId: 1 })],
    [
      "a development build with a far endpoint",
      onChain({ endpoints: ["http://127.0.0.1:1", "https://a.example.com"] }),
    ],
    ["a single endpoint", onChain({ endpoints: ["http://127.0.0.1:8545"] })],
    ["the same endpoint twice", onChain({ endpoints: ["http://127.0.0.1:8545", "http://127.0.0.1:8545"] })],
    ["the same chain twice", { ...development, chains: [...development.chains, ...development.chains] }],
    ["a Hub that is no address", onChain({ hub: "0x12" })],
    ["an unknown key", onChain({ override: true })],
    ["a release with a simulated root", release({ rootDer: development.rootDer })],
    ["a release on loopback", release({ endpointPolicy: "loopback" })],
    ["a release on the development chain", release({ chains: [{ ...publicChain, chainId: 31337 }] })],
    [
      "a release with a local endpoint",
      release({ chains: [{ ...publicChain, endpoints: chain?.endpoints }] }),
    ],
  ])("refuses %s", (_name, config) => {
    expect(() => decodeTrustConfig(encodeTrustConfig(config))).toThrow(code("TRUST_CONFIG_INVALID"));
  });

  it("refuses what is no configuration", () => {
    expect(() => decodeTrustConfig(null)).toThrow(code("TRUST_CONFIG_INVALID"));
    expect(() => decodeTrustConfig({ ...(encodeTrustConfig(development) as object), allowlist: {} })).toThrow(
      code("ALLOWLIST_INVALID"),
    );
  });
});

describe("endpoints", () => {
  it.each(["http://127.0.0.1:8545", "ws://localhost:1/a", "http://[::1]:9"])(
    "%s is on this machine",
    (url) => {
      expect(isLoopbackUrl(url)).toBe(true);
      expect(isPublicUrl(url)).toBe(false);
    },
  );

  it.each(["https://rpc.opencontracts.io", "wss://a.b-c.org:8443/path?key=x"])("%s is public", (url) => {
    expect(isPublicUrl(url)).toBe(true);
    expect(isLoopbackUrl(url)).toBe(false);
  });

  it.each([
    "http://rpc.opencontracts.io",
    "https://10.0.0.1",
    "https://93.184.216.34",
    "https://0x7f.1",
    "https://[2001:db8::1]",
    "https://printer.local",
    "https://metadata.google.internal",
    "https://intranet",
    "https://user@rpc.opencontracts.io",
    "https://127.0.0.1@evil.org",
    "https://rpc.opencontracts.io.",
    "https://xn--.org/ space",
    "http://127.0.0.1.evil.org",
    "http://localhost.evil.org",
    "javascript:alert(1)",
    "",
  ])("%s is neither", (url) => {
    expect(isPublicUrl(url)).toBe(false);
    expect(isLoopbackUrl(url)).toBe(false);
  });
});
