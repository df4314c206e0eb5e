import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import typescript from "typescript";

const source = fileURLToPath(new URL("../wallet/", import.meta.url));
const scripts = ["page", "bridge", "worker"];

/** What the demo wallet sends from, and where to. */
export interface WalletConfig {
  readonly rpcUrl: string;
  /** An account that the local chain has unlocked. */
  readonly account: string;
  /** Chain id in hex, as EIP-695 writes it. */
  readonly chainId: string;
}

/** Writes the demo wallet as an unpacked extension into `folder`. */
export async function writeWallet(folder: string, config: WalletConfig): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of scripts) {
    const { outputText } = typescript.transpileModule(await readFile(join(source, `${name}.ts`), "utf8"), {
      compilerOptions: { target: typescript.ScriptTarget.ES2022, module: typescript.ModuleKind.ESNext },
    });
    await writeFile(join(folder, `${name}.js`), outputText);
  }
  await writeFile(join(folder, "manifest.json"), await readFile(join(source, "manifest.json")));
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
}
