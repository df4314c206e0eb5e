import { createServer, type Server, type Socket } from "node:net";
import { rm } from "node:fs/promises";
import type { z } from "zod";
import { encodeError, UsageError } from "#protocol/errors.ts";
import type { ControlStatus } from "./controlStatus.ts";
import { parseHostMessage } from "./hostMessage.ts";
import { createLineReader } from "./lineReader.ts";

/** Longest host message, bytes. */
const maxHostMessageBytes = 65_536;

/**
 * The enclave's side of the control socket. The first line of the first connection is the host's one message; after it
 * nothing is read from anyone. Whoever connects gets the state as it is, then every change, as JSON lines.
 */
export interface Control<M> {
  /** The host's message; rejects with UsageError SERVICE_HOST_MESSAGE_INVALID. */
  readonly message: Promise<M>;
  /** Says what a connection gets first, and gives it to those that are open. */
  serve(state: State): Promise<void>;
  /** Tells every open connection. */
  report(status: ControlStatus): void;
  close(): Promise<void>;
}

/** Opens the control socket at `path`; the message must pass `schema`. */
export async function openControl<S extends z.ZodType>(
  path: string,
  schema: S,
): Promise<Control<z.output<S>>> {
  const hosts = new Set<Socket>();
  const message = Promise.withResolvers<z.output<S>>();
  message.promise.catch(() => undefined);
  let state: State | undefined;
  let isAwaited = true;
  const server = createServer((socket) => {
    hosts.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => hosts.delete(socket));
    if (isAwaited) takeMessage(socket, schema).then(message.resolve, message.reject);
    else socket.resume();
    isAwaited = false;
    if (state !== undefined) void sendAll(state, [socket]);
  });
  await listen(server, path);
  return {
    message: message.promise,
    async serve(given) {
      await sendAll(given, [...hosts]);
      state = given;
    },
    report(status) {
      for (const host of hosts) send(host, status);
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const host of hosts) host.destroySoon();
      await closed;
    },
  };
}

/** What is true now. */
type State = () => Promise<readonly ControlStatus[]>;

async function listen(server: Server, path: string): Promise<void> {
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
}

/** Reads the host's message, and tells the host where it is refused. */
async function takeMessage<S extends z.ZodType>(socket: Socket, schema: S): Promise<z.output<S>> {
  try {
    return parseHostMessage(await readLine(socket), schema);
  } catch (error) {
    send(socket, { type: "refused", code: encodeError(error).code });
    throw error;
  }
}

async function sendAll(state: State, sockets: readonly Socket[]): Promise<void> {
  const statuses = await state();
  for (const socket of sockets) for (const status of statuses) send(socket, status);
}

function send(socket: Socket, status: ControlStatus): void {
  if (socket.writable) socket.write(`${JSON.stringify(status)}\n`);
}

/** The first line of a connection; what follows is thrown away unread. */
function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (actual: string) => reject(new UsageError("SERVICE_HOST_MESSAGE_INVALID", { actual }));
    const lines = createLineReader(maxHostMessageBytes, (line) => {
      resolve(line);
      return false;
    });
    socket.on("data", (bytes) => {
      if (lines.push(bytes)) return;
      fail(`not a line of UTF-8 of at most ${String(maxHostMessageBytes)} bytes`);
      socket.removeAllListeners("data").resume();
    });
    socket.once("close", () => fail("no message"));
  });
}
