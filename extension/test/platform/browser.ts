import { execFile } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium, type BrowserContext } from "playwright";
import { encodeTrustConfig, type TrustConfig } from "#protocol/trust/config.ts";
import { fakeHubCodeHash } from "./fakeChain.ts";

/** Trust of a development world that has a chain and no enclave. */
export function fakeTrust(endpoints: readonly string[]): TrustConfig {
  const entry = {
    role: "oracle",
    pcr0: "1".repeat(96),
    pcr1: "2".repeat(96),
    pcr2: "3".repeat(96),
    status: "active",
    validFrom: "2026-01-01T00:00:00Z",
    validUntil: "2036-01-01T00:00:00Z",
    release: "test",
    sourceCommit: "0".repeat(40),
  } as const;
  return {
    kind: "development",
    rootDer: Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05),
    allowlist: { entries: [entry] },
    revokedCertificates: [],
    chains: [
      {
        chainId: 31337,
        name: "Test chain",
        hub: `0x${"5f".repeat(20)}`,
        hubCodeHash: fakeHubCodeHash,
        endpoints,
      },
    ],
    endpointPolicy: "loopback",
  };
}

/** A fresh folder. */
export function makeFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `open-contracts-${name}-`));
}

/** Writes the trust file of a development build. */
export async function writeTrust(folder: string, trust: TrustConfig): Promise<string> {
  const path = join(folder, "trust.json");
  await writeFile(path, JSON.stringify(encodeTrustConfig(trust)));
  return path;
}

const buildScript = fileURLToPath(new URL("../../../scripts/buildExtension.ts", import.meta.url));

/** The id that the fixed key gives the development build. */
export const developmentExtensionId = "iobgfbkifojndlalnmnoglahffmpnhpj";

/** Builds the extension by the command that people use; rejects with what it wrote where it fails. */
export async function buildExtension(outDir: string, trustFile?: string): Promise<void> {
  const kind = trustFile === undefined ? [] : ["--trust", trustFile];
  await promisify(execFile)(process.execPath, [buildScript, ...kind, "--out", outDir]);
}

/** Starts Chromium with one unpacked extension. */
export function openBrowser(extension: string, profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
