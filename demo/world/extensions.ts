import { join } from "node:path";
import { buildExtension } from "../../scripts/buildExtension.ts";
import type { World } from "./world.ts";
import { writeWallet } from "./wallet.ts";

/** Folders of the two extensions that the demo's browser loads. */
export interface DemoExtensions {
  readonly openContracts: string;
  readonly wallet: string;
}

/** Builds the development extension for this world, and its test wallet with the buyer's account. */
export async function buildDemoExtensions(world: World, folder: string): Promise<DemoExtensions> {
  const openContracts = join(folder, "extension");
  const wallet = join(folder, "wallet");
  await buildExtension({ kind: "development", outDir: openContracts, trustFile: world.files.trust });
  await writeWallet(wallet, {
    rpcUrl: world.chain.url,
    account: world.accounts.buyer,
    chainId: `0x${world.chain.chainId.toString(16)}`,
  });
  return { openContracts, wallet };
}
