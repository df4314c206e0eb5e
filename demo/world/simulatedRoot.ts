import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createSimulatedRoot, type SimulatedRoot } from "../../enclave/nsm/simulated/root.ts";
import { decodeSimulatedRoot, encodeSimulatedRoot } from "../../enclave/dev/simulatedRootFile.ts";

/** This machine's simulated root and the file that keeps it. */
export interface StoredRoot {
  readonly root: SimulatedRoot;
  readonly path: string;
}

/** Reads the simulated root of `home`, or makes it at the first start. The folder is one that git ignores. */
export async function openSimulatedRoot(home: string): Promise<StoredRoot> {
  const path = join(home, "simulated-root.json");
  const stored = await readFile(path, "utf8").catch(() => undefined);
  if (stored !== undefined) return { root: decodeSimulatedRoot(stored), path };
  const root = await createSimulatedRoot({ clock: Date.now, random: randomBytes });
  await writeFile(path, encodeSimulatedRoot(root), { mode: 0o600 });
  return { root, path };
}
