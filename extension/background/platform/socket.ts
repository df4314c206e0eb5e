import type { ByteStream } from "#protocol/byteStream.ts";
import { TransportError } from "#protocol/errors.ts";

/** Unsent bytes above which a writer waits. */
const highWaterBytes = 1_048_576;
/** How often a waiting writer looks again, ms: a WebSocket has no event for it. */
const drainPollMs = 5;
/** Unread bytes above which the connection is given up: a WebSocket cannot be told to pause. */
const maxUnreadBytes = 8_388_608;

/** The part of a WebSocket that is used, so that tests can stand in for it. */
export interface SocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(type: "open" | "close" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

/** What a connection attempt may take, and what may end it early. */
export interface SocketOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly create?: (url: string) => SocketLike;
}

/**
 * Opens a WebSocket as a stream of bytes.
 * @throws TransportError SOCKET_FAILED where it does not open in time or breaks; SOCKET_OVERFLOW (from `read`)
 */
export async function openSocket(url: string, options: SocketOptions): Promise<ByteStream> {
  const { timeoutMs, signal, create = (target: string): SocketLike => new WebSocket(target) } = options;
  signal?.throwIfAborted();
  const socket = create(url);
  socket.binaryType = "arraybuffer";
  const state = createState(socket);
  await opened(socket, { timeoutMs, signal });
  signal?.addEventListener("abort", () => {
    socket.close();
  });
  return createStream(socket, state);
}

function opened(
  socket: SocketLike,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal | undefined },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      socket.close();
      clearTimeout(timer);
      reject(new TransportError("SOCKET_FAILED"));
    };
    const timer = setTimeout(fail, timeoutMs);
    signal?.addEventListener("abort", fail);
    socket.addEventListener("error", fail);
    socket.addEventListener("close", fail);
    socket.addEventListener("open", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function isOpen({ end }: SocketState): boolean {
  return end === "open";
}

/** What has arrived and not been read. */
interface SocketState {
  readonly unread: Uint8Array[];
  unreadBytes: number;
  end: "open" | "ended" | TransportError;
  wake: () => void;
}

function createState(socket: SocketLike): SocketState {
  const state: SocketState = { unread: [], unreadBytes: 0, end: "open", wake: () => undefined };
  const finish = (end: "ended" | TransportError): void => {
    if (state.end === "open") state.end = end;
    state.wake();
  };
  socket.addEventListener("message", ({ data }) => {
    if (!(data instanceof ArrayBuffer)) {
      finish(new TransportError("SOCKET_FAILED", { expected: "binary messages" }));
      socket.close();
    } else if (data.byteLength > 0 && state.end === "open") {
      state.unread.push(new Uint8Array(data));
      state.unreadBytes += data.byteLength;
      if (state.unreadBytes > maxUnreadBytes) {
        finish(new TransportError("SOCKET_OVERFLOW"));
        socket.close();
      }
      state.wake();
    }
  });
  socket.addEventListener("error", () => {
    finish(new TransportError("SOCKET_FAILED"));
  });
  socket.addEventListener("close", () => {
    finish("ended");
  });
  return state;
}

function createStream(socket: SocketLike, state: SocketState): ByteStream {
  return {
    async read() {
      for (;;) {
        if (state.end instanceof TransportError) throw state.end;
        const next = state.unread.shift();
        if (next !== undefined) {
          state.unreadBytes -= next.length;
          return next;
        }
        if (state.end === "ended") return null;
        await new Promise<void>((resolve) => {
          state.wake = resolve;
        });
      }
    },
    async write(bytes) {
      if (state.end !== "open") throw new TransportError("SOCKET_FAILED");
      socket.send(new Uint8Array(bytes));
      while (socket.bufferedAmount > highWaterBytes && isOpen(state)) {
        await new Promise((resolve) => setTimeout(resolve, drainPollMs));
      }
    },
    close: () => {
      socket.close();
      return Promise.resolve();
    },
  };
}
