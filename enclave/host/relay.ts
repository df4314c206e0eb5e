import { createConnection, type Socket } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import type { Log } from "../common/log.ts";
import type { Service } from "../common/process.ts";

/** How many connections, and how long they may be silent. */
export interface RelayLimits {
  readonly connections: number;
  /** From the WebSocket's opening to its first bytes. */
  readonly firstBytesMs: number;
  /** Silence both ways. */
  readonly idleMs: number;
  /** Largest WebSocket message, bytes. */
  readonly messageBytes: number;
  /** Bytes held for a slow reader before the other side has to wait. */
  readonly bufferBytes: number;
}

/** What a relay runs with. */
export const defaultRelayLimits: RelayLimits = {
  connections: 1_024,
  firstBytesMs: 15_000,
  idleMs: 90_000,
  messageBytes: 1_048_576,
  bufferBytes: 1_048_576,
};

/** How to run a relay. */
export interface RelayOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Unix socket of the enclave's inner TLS server. */
  readonly enclavePath: string;
  readonly limits: RelayLimits;
  readonly log: Log;
}

/** A relay that listens. */
export interface Relay extends Service {
  readonly port: number;
}

const closeCode = { normal: 1000, unsupported: 1003, tryAgain: 1013, failed: 1011 } as const;

/**
 * Opens the relay: one WebSocket, one connection to the enclave, bytes both ways. It is outside the enclave, has no key
 * and reads nothing; what it carries is TLS between client and enclave.
 */
export async function openRelay(options: RelayOptions): Promise<Relay> {
  const { host, port, limits, log } = options;
  const server = new WebSocketServer({
    host,
    port,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    clientTracking: true,
  });
  server.on("connection", (client) => {
    client.on("error", () => client.terminate());
    if (server.clients.size > limits.connections) return client.close(closeCode.tryAgain);
    log("connected", { connections: server.clients.size });
    bridge(client, options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.clients.forEach((client) => client.terminate());
      await closed;
    },
  };
}

/** Joins one WebSocket and one enclave connection for as long as both live. */
function bridge(client: WebSocket, { enclavePath, limits, log }: RelayOptions): void {
  const enclave = createConnection(enclavePath);
  const idle = setTimeout(() => client.close(closeCode.normal), limits.firstBytesMs);
  client.once("message", () => {
    clearTimeout(idle);
    enclave.setTimeout(limits.idleMs, () => enclave.destroy());
  });
  toEnclave(client, enclave);
  toClient(enclave, client, limits.bufferBytes);
  enclave.on("error", () => log("enclave unreachable"));
  enclave.once("close", (hadError) => client.close(hadError ? closeCode.failed : closeCode.normal));
  client.once("close", () => {
    clearTimeout(idle);
    enclave.destroySoon();
  });
}

function toEnclave(client: WebSocket, enclave: Socket): void {
  enclave.on("drain", () => client.resume());
  client.on("message", (bytes, isBinary) => {
    if (!isBinary || !Buffer.isBuffer(bytes)) return client.close(closeCode.unsupported);
    if (enclave.writable && !enclave.write(bytes)) client.pause();
  });
}

function toClient(enclave: Socket, client: WebSocket, bufferBytes: number): void {
  enclave.on("data", (bytes) => {
    if (client.readyState !== client.OPEN) return;
    client.send(bytes, () => {
      if (client.bufferedAmount <= bufferBytes) enclave.resume();
    });
    if (client.bufferedAmount > bufferBytes) enclave.pause();
  });
}
