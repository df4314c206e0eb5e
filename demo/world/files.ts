import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { encodeTrustConfig, type TrustConfig } from "#protocol/trust/config.ts";
import type { WorldFiles } from "./enclaves.ts";
import type { Ends } from "./ends.ts";

/** Makes the folder of this run, and `home` where it is missing. */
export async function openRunFolder(home: string, ends: Ends): Promise<string> {
  await mkdir(home, { recursive: true });
  // Socket paths end at about 100 bytes, so they live in the system's short temporary folder.
  const run = await mkdtemp(join(tmpdir(), "oc-"));
  ends.add(() => rm(run, { recursive: true, force: true }));
  // Each session of the oracle runs as a user of its own, who must pass through here to the egress.
  await chmod(run, 0o711);
  return run;
}

/** What the files are written from. */
export interface FileContents {
  readonly trust: TrustConfig;
  /** Path of the simulated root. */
  readonly simulatedRoot: string;
  /** PEM of the authority of the example site. */
  readonly siteCaPem: string;
}

/** Writes what enclaves and build read. */
export async function writeWorldFiles(run: string, contents: FileContents): Promise<WorldFiles> {
  const trust = join(run, "trust.json");
  const siteRoots = join(run, "roots.pem");
  await mkdir(join(run, "sessions"), { mode: 0o711 });
  await writeFile(trust, JSON.stringify(encodeTrustConfig(contents.trust)));
  // The public authorities as Node ships them (Mozilla's), and the demo's own for its example site.
  await writeFile(siteRoots, [...rootCertificates, contents.siteCaPem].join("\n"));
  return { run, simulatedRoot: contents.simulatedRoot, trust, siteRoots };
}
