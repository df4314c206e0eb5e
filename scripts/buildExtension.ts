import "./extension/quietBundler.ts";
import { readFile, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { crx } from "@crxjs/vite-plugin";
import react from "@vitejs/plugin-react";
import { build } from "vite";
import { decodeTrustConfig, type TrustConfig } from "#protocol/trust/config.ts";
import { releaseTrust } from "#protocol/trust/release.ts";
import { createManifest } from "./extension/manifestVariant.ts";
import { createPublicEndpointsPlugin } from "./extension/publicEndpoints.ts";
import { createTrustPlugin } from "./extension/trustModule.ts";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));

/** Which build to make, and what it trusts. */
export interface ExtensionBuild {
  readonly kind: "development" | "release";
  /** Folder to write; emptied first. */
  readonly outDir: string;
  /** Development only: JSON as `encodeTrustConfig` writes it. */
  readonly trustFile?: string;
  /** For tests: trust compiled into a release in place of `protocol/trust/release.ts`. */
  readonly releaseVariant?: TrustConfig;
}

/**
 * Builds the extension unpacked into `outDir`.
 * @throws UsageError TRUST_CONFIG_INVALID, ALLOWLIST_INVALID, ALLOWLIST_DUPLICATE for a wrong trust file
 */
export async function buildExtension(options: ExtensionBuild): Promise<void> {
  const trust = await readTrust(options);
  const source: unknown = JSON.parse(await readFile(resolve(root, "manifest.json"), "utf8"));
  const manifest = createManifest(source, trust) as unknown as Parameters<typeof crx>[0]["manifest"];
  await rm(options.outDir, { recursive: true, force: true });
  const isPublic = trust.endpointPolicy === "public";
  await withQuietOutput(() =>
    build({
      root,
      configFile: false,
      logLevel: "error",
      publicDir: false,
      plugins: [
        ...(trust === releaseTrust ? [] : [createTrustPlugin(trust)]),
        ...(isPublic ? [createPublicEndpointsPlugin()] : []),
        react(),
        crx({ manifest }),
      ],
      build: {
        outDir: resolve(options.outDir),
        emptyOutDir: true,
        target: "chrome120",
        modulePreload: false,
        assetsInlineLimit: 0,
        reportCompressedSize: false,
        chunkSizeWarningLimit: 2_000,
        rolldownOptions: { input: { app: resolve(root, "extension/popup/app.html") } },
      },
    }),
  );
}

/** The bundler's plugin prints on stdout, which belongs to the command that asked for the build. */
async function withQuietOutput(work: () => Promise<unknown>): Promise<void> {
  const { log } = console;
  console.log = () => undefined;
  try {
    await work();
  } finally {
    console.log = log;
  }
}

async function readTrust({ kind, trustFile, releaseVariant }: ExtensionBuild): Promise<TrustConfig> {
  if (kind === "release") return releaseVariant ?? releaseTrust;
  if (trustFile === undefined) throw new TypeError("a development build needs a trust file");
  const trust = decodeTrustConfig(JSON.parse(await readFile(trustFile, "utf8")));
  if (trust.kind !== "development") throw new TypeError("the trust file is not for development");
  return trust;
}

const helpText = `npm run build -- [options]

Builds the extension, unpacked.

  --out <folder>   where to, instead of dist/<kind>
  --trust <file>   a development build that trusts what this file says; npm start makes one for its world
  --help           this text

Without --trust it is the release build.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { trust: { type: "string" }, out: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help === true) {
    process.stdout.write(helpText);
    return;
  }
  const { trust } = values;
  const kind = trust === undefined ? "release" : "development";
  const outDir = values.out ?? resolve(root, "dist", kind);
  await buildExtension({ kind, outDir, ...(trust === undefined ? {} : { trustFile: trust }) });
  process.stderr.write(`built ${kind} extension in ${outDir}\n`);
}

if (import.meta.main) await main();
