import { once } from "node:events";
import { WebSocket, WebSocketServer, type RawData } from "ws";

/** How a front relay treats its connections: what it makes of the oracle's bytes, or the whole answer itself. */
export type RelayBehaviour =
  | { readonly kind: "honest" }
  /**
   * Changes one bit of what the oracle says, in its byte number `byte` of the answer number `answer`, from 0. Answer 0
   * is its part of the TLS handshake; answer 1, to the client's hello, is its proof.
   */
  | { readonly kind: "flip"; readonly answer: number; readonly byte: number }
  /** Answers with what the oracle said in the last connection before. */
  | { readonly kind: "replay" }
  /** Takes the connection to `url` instead of the oracle's relay. */
  | { readonly kind: "divert"; readonly url: string };

/** A relay in front of the oracle's own: the hostile host of the flows. */
export interface FrontRelay {
  readonly url: string;
  /** The oracle's own relay. */
  readonly upstream: string;
  behave(behaviour: RelayBehaviour): void;
  /** Connections, and bytes that came over them, since the behaviour was set. */
  readonly seen: () => { readonly connections: number; readonly bytes: number };
  stop(): Promise<void>;
}

/** What the oracle said after each message of the client: entry 0 follows the first. */
type Recording = Buffer[][];

/** Opens a front relay on a free port of 127.0.0.1; `upstream` is the honest relay's URL. */
export async function openFrontRelay(upstream: string): Promise<FrontRelay> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  let behaviour: RelayBehaviour = { kind: "honest" };
  let seen = { connections: 0, bytes: 0 };
  let recording: Recording = [];
  server.on("connection", (client) => {
    const counted = seen;
    counted.connections += 1;
    client.on("message", (bytes) => (counted.bytes += toBuffer(bytes).length));
    if (behaviour.kind === "replay") replay(client, recording);
    else recording = pass(client, behaviour.kind === "divert" ? behaviour.url : upstream, behaviour);
  });
  return {
    url: `ws://127.0.0.1:${String(portOf(server))}`,
    upstream,
    behave(next) {
      behaviour = next;
      seen = { connections: 0, bytes: 0 };
    },
    seen: () => ({ ...seen }),
    stop: () => stop(server),
  };
}

/** The port that a server on 127.0.0.1 was given. */
export function portOf(server: WebSocketServer): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Closes a server and what is still connected to it. */
export function stop(server: WebSocketServer): Promise<void> {
  return new Promise((resolve) => {
    for (const client of server.clients) client.terminate();
    server.close(() => {
      resolve();
    });
  });
}

/** The bytes of a WebSocket message. */
export function toBuffer(bytes: RawData): Buffer {
  if (Array.isArray(bytes)) return Buffer.concat(bytes);
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes);
}

/** Passes both directions and returns what the oracle's words are recorded in. */
function pass(client: WebSocket, url: string, behaviour: RelayBehaviour): Recording {
  const recording: Recording = [];
  const oracle = new WebSocket(url);
  const early: RawData[] = [];
  let answer = -1;
  let isAsked = false;
  let passed = 0;
  client.on("message", (bytes) => {
    recording.push([]);
    isAsked = true;
    if (oracle.readyState === WebSocket.OPEN) oracle.send(bytes, { binary: true });
    else early.push(bytes);
  });
  oracle.on("open", () => {
    for (const bytes of early.splice(0)) oracle.send(bytes, { binary: true });
  });
  oracle.on("message", (raw) => {
    const bytes = toBuffer(raw);
    recording.at(-1)?.push(Buffer.from(bytes));
    if (isAsked) [answer, isAsked, passed] = [answer + 1, false, 0];
    if (behaviour.kind === "flip" && behaviour.answer === answer) flipBit(bytes, behaviour.byte - passed);
    passed += bytes.length;
    client.send(bytes, { binary: true });
  });
  client.on("close", () => {
    oracle.close();
  });
  for (const event of ["close", "error"]) oracle.on(event, () => client.close());
  return recording;
}

function flipBit(bytes: Buffer, index: number): void {
  const byte = bytes[index];
  if (byte !== undefined) bytes[index] = byte ^ 1;
}

/** Says after each message of the client what the oracle said then. */
function replay(client: WebSocket, recording: Recording): void {
  let next = 0;
  client.on("message", () => {
    for (const bytes of recording[next++] ?? []) client.send(bytes, { binary: true });
  });
}
