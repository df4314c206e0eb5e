import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Address } from "#protocol/bytes.ts";
import type { HostMessageWire } from "../../enclave/common/hostMessage.ts";
import { enclaveNodeArguments } from "../../enclave/common/nodeArguments.ts";
import { openControlClient, type ControlClient } from "../../enclave/host/controlClient.ts";
import { startProcess, type WorldProcess } from "./processes.ts";

const entry = (path: string): string => fileURLToPath(new URL(`../../enclave/${path}`, import.meta.url));

/** Where the files of the demo world lie. */
export interface WorldFiles {
  /** Sockets and session folders of this run. */
  readonly run: string;
  /** The simulated security module's root, with its key. */
  readonly simulatedRoot: string;
  /** The development build's trust. */
  readonly trust: string;
  /** PEM bundle of the authorities that the oracle believes web sites by. */
  readonly siteRoots: string;
}

/** An enclave with its relay. */
export interface DemoEnclave {
  /** WebSocket URL of its relay. */
  readonly endpoint: string;
  readonly control: ControlClient;
}

/** Starts the processes of enclaves and host, and remembers them. */
export interface EnclaveStarter {
  egress(map: readonly string[]): Promise<string>;
  registry(options: HubPrice & { readonly port: number }): Promise<DemoEnclave>;
  oracle(options: OracleOptions): Promise<DemoEnclave>;
  /** Everything started so far, oldest first. */
  readonly started: WorldProcess[];
}

interface HubPrice {
  readonly provider: Address;
  readonly hub: Address;
  readonly chainId: number;
  readonly priceWei: bigint;
}

interface OracleOptions extends HubPrice {
  readonly port: number;
  /** The registry's URL as the egress maps it. */
  readonly registryUrl: string;
  readonly egressSocket: string;
  /** Which URL to tell clients, given the relay's; tests put a relay of their own in front. */
  readonly advertise: (relayUrl: string) => Promise<string>;
}

type Start = (name: string, path: string, args: readonly string[]) => Promise<void>;

/** Starts entry points of `enclave/` and adds them to `started`. */
function createStart(started: WorldProcess[], log: (line: string) => void): Start {
  return async (name, path, args) => {
    const nodeArguments = path.startsWith("dev/") ? enclaveNodeArguments : [];
    const process = await startProcess({
      name,
      command: globalThis.process.execPath,
      args: [...nodeArguments, entry(path), ...args],
      log,
    });
    started.push(process);
  };
}

/** Makes a starter. `log` gets every line of every process. */
export function createEnclaveStarter(files: WorldFiles, log: (line: string) => void): EnclaveStarter {
  const started: WorldProcess[] = [];
  const start = createStart(started, log);
  const socket = (name: string): string => join(files.run, `${name}.sock`);

  async function relay(name: string, port: number): Promise<string> {
    const listen = `127.0.0.1:${String(port)}`;
    await start(`${name}-relay`, "host/relayMain.ts", ["--listen", listen, "--enclave", socket(name)]);
    return `ws://${listen}`;
  }

  return {
    started,
    async egress(map) {
      const maps = map.flatMap((rule) => ["--map", rule]);
      await start("egress", "host/egressMain.ts", ["--listen", socket("egress"), ...maps]);
      return socket("egress");
    },
    async registry({ port, ...price }) {
      const sockets = ["--listen", socket("registry"), "--control", socket("registry-control")];
      const secrets = ["--simulated-root", files.simulatedRoot, "--trust", files.trust];
      await start("registry", "dev/registry.ts", [...sockets, ...secrets]);
      const control = openControlClient(socket("registry-control"), registryMessage(price));
      await control.status("listening");
      return { control, endpoint: await relay("registry", port) };
    },
    async oracle(options) {
      const sockets = ["--listen", socket("oracle"), "--control", socket("oracle-control")];
      const roots = ["--simulated-root", files.simulatedRoot, "--site-roots", files.siteRoots];
      const paths = ["--egress", options.egressSocket, "--work", join(files.run, "sessions")];
      await start("oracle", "dev/oracle.ts", [...sockets, ...roots, ...paths]);
      const endpoint = await options.advertise(await relay("oracle", options.port));
      const control = openControlClient(socket("oracle-control"), oracleMessage(options, endpoint));
      await control.status("enrolled");
      return { control, endpoint };
    },
  };
}

function registryMessage({ provider, chainId, hub, priceWei }: HubPrice): HostMessageWire {
  return { type: "registry", provider, hubs: [{ chainId, hub, registryPrice: priceWei.toString() }] };
}

function oracleMessage(options: OracleOptions, endpoint: string): HostMessageWire {
  const { provider, chainId, hub, priceWei, registryUrl } = options;
  return {
    type: "oracle",
    provider,
    registries: [{ url: registryUrl, endpoint }],
    hubs: [{ chainId, hub, oraclePrice: priceWei.toString() }],
  };
}
