import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { startProcess, type WorldProcess } from "./processes.ts";

/** The development chain: a real EVM on this machine, chain id 31337. */
export interface DemoChain {
  readonly chainId: 31337;
  readonly url: string;
  readonly process: WorldProcess;
}

const hardhatCli = join(
  dirname(createRequire(import.meta.url).resolve("hardhat/package.json")),
  "dist/src/cli.js",
);

/** Starts `hardhat node` on 127.0.0.1:`port`. @throws TransportError DEMO_PROCESS_FAILED */
export async function startChain(port: number, log: (line: string) => void): Promise<DemoChain> {
  const process = await startProcess({
    name: "chain",
    command: globalThis.process.execPath,
    args: [hardhatCli, "node", "--hostname", "127.0.0.1", "--port", String(port)],
    log,
    readReady: (line) => (line.includes("JSON-RPC server at") ? {} : undefined),
  });
  return { chainId: 31337, url: `http://127.0.0.1:${String(port)}`, process };
}
