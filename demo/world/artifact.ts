import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Abi, Hex } from "viem";

/** A compiled contract. */
export interface Artifact {
  readonly abi: Abi;
  readonly bytecode: Hex;
}

/** Reads what the compiler made of `contract` in `source` (path from the project's root). */
export async function readArtifact(source: string, contract: string): Promise<Artifact> {
  const url = new URL(`../../build/artifacts/${source}/${contract}.json`, import.meta.url);
  return JSON.parse(await readFile(fileURLToPath(url), "utf8")) as Artifact;
}
