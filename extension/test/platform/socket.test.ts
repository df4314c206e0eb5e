import { describe, expect, it } from "vitest";
import { openSocket, type SocketLike } from "../../background/platform/socket.ts";
import { expectRefusal } from "../session/refusal.ts";

type Listener = (event: { readonly data: unknown }) => void;

interface FakeSocket extends SocketLike {
  bufferedAmount: number;
  readonly sent: number[];
  isClosed: boolean;
  emit(type: string, data?: unknown): void;
}

function createSocket(): FakeSocket {
  const listeners = new Map<string, Listener[]>();
  const socket: FakeSocket = {
    binaryType: "blob",
    bufferedAmount: 0,
    sent: [],
    isClosed: false,
    send: (bytes) => void socket.sent.push(...bytes),
    close: () => {
      socket.isClosed = true;
    },
    addEventListener: (type: string, listener: Listener) => {
      listeners.set(type, [...(listeners.get(type) ?? []), listener]);
    },
    emit: (type, data) => {
      for (const listener of listeners.get(type) ?? []) listener({ data });
    },
  };
  return socket;
}

async function open(): Promise<{ socket: FakeSocket; stream: Awaited<ReturnType<typeof openSocket>> }> {
  const socket = createSocket();
  const opening = openSocket("wss://relay.example", { timeoutMs: 10_000, create: () => socket });
  socket.emit("open");
  return { socket, stream: await opening };
}
const bytes = (...values: number[]): ArrayBuffer => Uint8Array.from(values).buffer;

describe("a WebSocket as a stream", () => {
  it("reads bytes in order, then its end", async () => {
    const { socket, stream } = await open();
    socket.emit("message", bytes(1, 2));
    socket.emit("message", bytes());
    socket.emit("message", bytes(3));
    socket.emit("close");
    expect([await stream.read(), await stream.read(), await stream.read()]).toEqual([
      Uint8Array.of(1, 2),
      Uint8Array.of(3),
      null,
    ]);
  });

  it("hands over bytes that come while it is read", async () => {
    const { socket, stream } = await open();
    const read = stream.read();
    socket.emit("message", bytes(7));
    expect(await read).toEqual(Uint8Array.of(7));
  });

  it("lets a writer wait until the browser has sent enough", async () => {
    const { socket, stream } = await open();
    socket.bufferedAmount = 2_000_000;
    let isDone = false;
    const written = stream.write(Uint8Array.of(1)).then(() => (isDone = true));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(isDone).toBe(false);
    socket.bufferedAmount = 0;
    await written;
    expect(socket.sent).toEqual([1]);
  });

  it.each(["error", "close"])("does not open where the first event is %s", async (type) => {
    const socket = createSocket();
    const opening = openSocket("wss://relay.example", { timeoutMs: 10_000, create: () => socket });
    socket.emit(type);
    await expectRefusal(opening, "SOCKET_FAILED");
    expect(socket.isClosed).toBe(true);
  });

  it("does not wait for ever to open", async () => {
    const opening = openSocket("wss://relay.example", { timeoutMs: 5, create: createSocket });
    await expectRefusal(opening, "SOCKET_FAILED");
  });

  it("breaks on text: the protocol has none", async () => {
    const { socket, stream } = await open();
    socket.emit("message", "text");
    await expectRefusal(stream.read(), "SOCKET_FAILED");
  });

  it("gives up a relay that sends faster than is read", async () => {
    const { socket, stream } = await open();
    for (let count = 0; count < 9; count++) socket.emit("message", new ArrayBuffer(1_048_576));
    await expectRefusal(stream.read(), "SOCKET_OVERFLOW");
    expect(socket.isClosed).toBe(true);
  });

  it("does not write once it is closed", async () => {
    const { socket, stream } = await open();
    socket.emit("close");
    await expectRefusal(stream.write(Uint8Array.of(1)), "SOCKET_FAILED");
  });
});
