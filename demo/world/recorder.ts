import type { Address, Hex } from "#protocol/bytes.ts";
import { oracleHash } from "#protocol/folder/manifest.ts";
import { parseFunctionSignature } from "#protocol/submission.ts";
import { readArtifact } from "./artifact.ts";
import { readFolder } from "./folder.ts";
import type { Sender } from "./market.ts";

/** A person's own folder, to be tried in the demo world. */
export interface OwnOracle {
  readonly folder: string;
  /** The function that its script submits, in Solidity form. */
  readonly functionSignature: string;
}

/** A contract that takes one function from one script and records the call. */
export interface Recorder {
  readonly address: Address;
  readonly functionSignature: string;
  readonly oracleFolder: string;
  readonly oracleHash: Hex;
}

/**
 * Deploys a recorder for `own`.
 * @throws UsageError FOLDER_* for an unfit folder, SESSION_REQUEST_INVALID for an unfit function
 */
export async function deployRecorder(
  sender: Sender,
  own: OwnOracle,
  { hub, deployer }: { readonly hub: Address; readonly deployer: Address },
): Promise<Recorder> {
  const { selector } = parseFunctionSignature(own.functionSignature);
  const hash = await oracleHash(await readFolder(own.folder));
  const artifact = await readArtifact("examples/recorder/Recorder.sol", "Recorder");
  const address = await sender.deploy(deployer, artifact, [hub, selector, hash]);
  return {
    address,
    functionSignature: own.functionSignature,
    oracleFolder: own.folder,
    oracleHash: hash,
  };
}
