import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Address } from "#protocol/bytes.ts";

const script = fileURLToPath(new URL("../readback.py", import.meta.url));

/** Reads an ERC-20 balance by a client that shares no code with the submitter: a Python script of its own. */
export async function readBalance(rpcUrl: string, token: Address, account: Address): Promise<bigint> {
  const { stdout } = await promisify(execFile)("/usr/bin/python3", [script, rpcUrl, token, account]);
  return BigInt(stdout.trim());
}
