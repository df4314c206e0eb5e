import { once } from "node:events";
import { WebSocket, WebSocketServer, type RawData } from "ws";

/** How a front relay treats one connection: what it makes of the oracle's bytes, or the whole answer itself. */
export type RelayBehaviour =
  | { readonly kind: "honest" }
  /** Changes one bit in the oracle's message number `message` (0 is the first). */
  | { readonly kind: "flip"; readonly message: number }
  /** Answers with what the oracle said in the last honest session. */
  | { readonly kind: "replay" }
  /** Takes the connection to `url` instead of the oracle's relay. */
  | { readonly kind: "divert"; readonly url: string };

/** A relay in front of the oracle's own: the hostile host of the tests. */
export interface FrontRelay {
  readonly url: string;
  behave(behaviour: RelayBehaviour): void;
  /** Bytes that clients have sent in the current behaviour. */
  readonly received: () => number;
  stop(): Promise<void>;
}

/** Opens a front relay on a free port of 127.0.0.1; `upstream` is the honest relay's URL. */
export async function openFrontRelay(upstream: string): Promise<FrontRelay> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  let behaviour: RelayBehaviour = { kind: "honest" };
  let received = 0;
  let recorded: Buffer[] = [];
  server.on("connection", (client) => {
    const now = behaviour;
    client.on("message", (bytes) => (received += toBuffer(bytes).length));
    if (now.kind === "replay") replay(client, recorded);
    else recorded = pass(client, now.kind === "divert" ? now.url : upstream, now);
  });
  return {
    url: `ws://127.0.0.1:${String(port)}`,
    behave(next) {
      behaviour = next;
      received = 0;
    },
    received: () => received,
    stop: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate();
        server.close(() => {
          resolve();
        });
      }),
  };
}

function toBuffer(bytes: RawData): Buffer {
  if (Array.isArray(bytes)) return Buffer.concat(bytes);
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
}

/** Passes both directions and returns the list that the oracle's messages are recorded in. */
function pass(client: WebSocket, url: string, behaviour: RelayBehaviour): Buffer[] {
  const recorded: Buffer[] = [];
  const oracle = new WebSocket(url);
  const early: RawData[] = [];
  client.on("message", (bytes) => {
    if (oracle.readyState === WebSocket.OPEN) oracle.send(bytes, { binary: true });
    else early.push(bytes);
  });
  oracle.on("open", () => {
    for (const bytes of early.splice(0)) oracle.send(bytes, { binary: true });
  });
  oracle.on("message", (raw) => {
    const bytes = toBuffer(raw);
    if (behaviour.kind === "flip" && recorded.length === behaviour.message) flipMiddleBit(bytes);
    recorded.push(bytes);
    client.send(bytes, { binary: true });
  });
  client.on("close", () => {
    oracle.close();
  });
  oracle.on("close", () => {
    client.close();
  });
  oracle.on("error", () => {
    client.close();
  });
  return recorded;
}

function flipMiddleBit(bytes: Buffer): void {
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
}

/** Says after each message of the client what the oracle said then. */
function replay(client: WebSocket, recorded: readonly Buffer[]): void {
  let next = 0;
  client.on("message", () => {
    const bytes = recorded[next++];
    if (bytes !== undefined) client.send(bytes, { binary: true });
  });
}
