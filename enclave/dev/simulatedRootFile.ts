import { readFile } from "node:fs/promises";
import { z } from "zod";
import { bytesFromHex, hexFromBytes } from "#protocol/bytes.ts";
import { UsageError } from "#protocol/errors.ts";
import type { SimulatedRoot } from "../nsm/simulated/root.ts";

const hex = z
  .string()
  .regex(/^([0-9a-f]{2})+$/)
  .transform((text) => bytesFromHex(text) ?? new Uint8Array());
const fileSchema = z.strictObject({ rootDer: hex, privateKeyPkcs8: hex });

/** The text of a root file, JSON; to be written readable by its owner only, and never committed. */
export function encodeSimulatedRoot({ rootDer, privateKeyPkcs8 }: SimulatedRoot): string {
  return JSON.stringify({ rootDer: hexFromBytes(rootDer), privateKeyPkcs8: hexFromBytes(privateKeyPkcs8) });
}

/** Decodes {@link encodeSimulatedRoot}. @throws UsageError SERVICE_ARGUMENTS_INVALID */
export function decodeSimulatedRoot(text: string): SimulatedRoot {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    // No cause: it would quote the key.
    throw new UsageError("SERVICE_ARGUMENTS_INVALID", { expected: "a file of a simulated root" });
  }
}

/** Reads the root file at `path`. @throws UsageError SERVICE_ARGUMENTS_INVALID */
export async function openSimulatedRoot(path: string): Promise<SimulatedRoot> {
  return decodeSimulatedRoot(await readFile(path, "utf8"));
}
