import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { defaultRelayLimits, openRelay, type Relay, type RelayLimits } from "../host/relay.ts";
import { noLog } from "./oracleWorld.ts";

let folder: string;
let enclavePath: string;
let enclave: Server;
let relay: Relay | undefined;
const joined: Socket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "relay-"));
  enclavePath = join(folder, "enclave.sock");
  enclave = createServer((socket) => {
    joined.push(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => enclave.listen(enclavePath, resolve));
});
afterEach(async () => {
  await relay?.close();
  joined.splice(0).forEach((socket) => socket.destroy());
  enclave.close();
  await rm(folder, { recursive: true });
});

async function open(limits: Partial<RelayLimits> = {}): Promise<Relay> {
  relay = await openRelay({
    ...{ host: "127.0.0.1", port: 0, enclavePath, log: noLog },
    limits: { ...defaultRelayLimits, ...limits },
  });
  return relay;
}

async function connect({ port }: Relay): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${String(port)}`);
  client.on("error", () => undefined);
  await once(client, "open");
  return client;
}

async function nextEnclaveConnection(): Promise<Socket> {
  const [socket] = (await once(enclave, "connection")) as [Socket];
  return socket;
}

async function closeCode(client: WebSocket): Promise<number> {
  const [code] = (await once(client, "close")) as [number];
  return code;
}

describe("the relay", () => {
  it("joins one WebSocket with one connection, and carries bytes both ways", async () => {
    const arriving = nextEnclaveConnection();
    const client = await connect(await open());
    const inside = await arriving;
    client.send(Buffer.from([1, 2, 3]));
    expect((await once(inside, "data"))[0]).toEqual(Buffer.from([1, 2, 3]));
    inside.write(Buffer.from([4, 5]));
    expect((await once(client, "message"))[0]).toEqual(Buffer.from([4, 5]));
    client.close();
    await once(inside, "close");
  });

  it("carries more than it buffers, unharmed", async () => {
    const arriving = nextEnclaveConnection();
    const client = await connect(await open({ bufferBytes: 4_096 }));
    const inside = await arriving;
    const bytes = Buffer.alloc(3_000_000, "open contracts ");
    let echoed = Buffer.alloc(0);
    const complete = new Promise<void>((resolve) => {
      client.on("message", (more: Buffer) => {
        echoed = Buffer.concat([echoed, more]);
        if (echoed.length >= bytes.length) resolve();
      });
    });
    inside.pipe(inside);
    for (let start = 0; start < bytes.length; start += 100_000)
      client.send(bytes.subarray(start, start + 100_000));
    await complete;
    expect(echoed.equals(bytes)).toBe(true);
  });

  it("ends the WebSocket after the enclave's last bytes", async () => {
    const arriving = nextEnclaveConnection();
    const client = await connect(await open());
    const last = once(client, "message");
    (await arriving).end("bye");
    expect(String((await last)[0])).toBe("bye");
    expect(await closeCode(client)).toBe(1000);
  });

  it("refuses text", async () => {
    const client = await connect(await open());
    client.send("text");
    expect(await closeCode(client)).toBe(1003);
  });

  it("refuses a message that is too large", async () => {
    const client = await connect(await open());
    client.send(Buffer.alloc(defaultRelayLimits.messageBytes + 1));
    expect(await closeCode(client)).toBe(1009);
  });

  it("closes a client that never speaks", async () => {
    const client = await connect(await open({ firstBytesMs: 200 }));
    expect(await closeCode(client)).toBe(1000);
  });

  it("closes a pair that has fallen silent", async () => {
    const client = await connect(await open({ idleMs: 200 }));
    client.send(Buffer.from([1]));
    expect(await closeCode(client)).toBe(1000);
  });

  it("has a bounded number of clients", async () => {
    const opened = await open({ connections: 1 });
    const first = await connect(opened);
    const second = await connect(opened);
    expect(await closeCode(second)).toBe(1013);
    expect(first.readyState).toBe(WebSocket.OPEN);
  });

  it("says so when the enclave is not there", async () => {
    const opened = await open();
    enclave.close();
    await rm(enclavePath, { force: true });
    const client = new WebSocket(`ws://127.0.0.1:${String(opened.port)}`);
    expect(await closeCode(client)).toBe(1011);
  });

  it("ends with everything that it holds", async () => {
    const arriving = nextEnclaveConnection();
    const opened = await open();
    const client = await connect(opened);
    const inside = await arriving;
    const gone = [once(inside, "close"), once(client, "close")];
    inside.resume();
    await opened.close();
    await Promise.all(gone);
  });
});
