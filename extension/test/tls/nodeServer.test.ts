import { describe, expect, it } from "vitest";
import { concatBytes, utf8 } from "#protocol/bytes.ts";
import type { TlsConnection } from "../../background/tls/connection.ts";
import { openTls } from "../../background/tls/connection.ts";
import { TlsClient } from "../../background/tls/client.ts";
import { p256, p384, x25519 } from "../../background/tls/groups.ts";
import { gcmLimits } from "../../background/tls/limits.ts";
import { sessionOffer } from "../../background/tls/suites.ts";
import type { NodeServerOptions } from "./nodeServer.ts";
import { clientOptions, startNodeServer, startNodeServerOnLoopback } from "./nodeServer.ts";
import { errorOf } from "./refusal.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");
const strong = await createTestIdentity("P-384");

async function readBytes(connection: TlsConnection, length: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let received = 0; received < length; received += parts.at(-1)?.length ?? 0) {
    const part = await connection.read();
    if (part === null) throw new Error("the stream ended early");
    parts.push(part);
  }
  return concatBytes(...parts);
}

/** Bytes that are different at every place a mistake could confuse. */
function patterned(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
}

describe("against node's tls server", () => {
  const choices: readonly (readonly [string, NodeServerOptions])[] = [
    ["AES-128, X25519", { ciphers: "TLS_AES_128_GCM_SHA256", ecdhCurve: "X25519" }],
    ["AES-128, P-256", { ciphers: "TLS_AES_128_GCM_SHA256", ecdhCurve: "P-256" }],
    ["AES-128, P-384 after HelloRetryRequest", { ciphers: "TLS_AES_128_GCM_SHA256", ecdhCurve: "P-384" }],
    ["AES-256, X25519", { ciphers: "TLS_AES_256_GCM_SHA384", ecdhCurve: "X25519" }],
    ["AES-256, P-384 after HelloRetryRequest", { ciphers: "TLS_AES_256_GCM_SHA384", ecdhCurve: "P-384" }],
    ["a request for a client certificate", { requestCert: true }],
  ];
  it.each(choices)("%s: data both ways, equal exporters, a clean end", async (_name, options) => {
    const { server, stream } = startNodeServer(identity, options);
    server.on("data", (received: Buffer) => server.write(received));
    server.on("end", () => server.end());
    const connection = await openTls(stream, clientOptions(identity));
    await connection.write(utf8("hello"));
    expect(await readBytes(connection, 5)).toEqual(utf8("hello"));
    expect(connection.leaf).toEqual(identity.certificate);
    const context = patterned(32);
    const label = "EXPORTER-open-contracts-attest-v1";
    const ours = await connection.exporter(label, context, 32);
    expect(ours).toEqual(new Uint8Array(server.exportKeyingMaterial(32, label, Buffer.from(context))));
    expect(server.alpnProtocol).toBe("open-contracts/1");
    const ended = new Promise((resolve) => server.once("end", resolve));
    await connection.close();
    await ended;
    expect((await errorOf(connection.write(utf8("late")))).code).toBe("TLS_CLOSED");
    expect((await errorOf(connection.exporter(label, context, 32))).code).toBe("TLS_CLOSED");
  });

  it("signed by a P-384 key", async () => {
    const { stream } = startNodeServer(strong);
    const connection = await openTls(stream, clientOptions(strong));
    expect(connection.leaf).toEqual(strong.certificate);
    await connection.close();
  });

  it.each([x25519, p256, p384])("with a single group, $name, and no share at first", async (group) => {
    const offer = { ...sessionOffer, groups: [group], keyShares: [] };
    const { server, stream } = startNodeServer(identity, { ecdhCurve: "X25519:P-256:P-384" });
    server.on("data", (received: Buffer) => server.write(received));
    const connection = await openTls(stream, clientOptions(identity, { offer }));
    await connection.write(utf8("x"));
    expect(await readBytes(connection, 1)).toEqual(utf8("x"));
    await connection.close();
  });

  it("4 MiB each way at once", async () => {
    const { server, stream } = startNodeServer(identity);
    const size = 4 * 1024 * 1024;
    const received: Buffer[] = [];
    const isWhole = new Promise((resolve) => {
      server.on("data", (part: Buffer) => {
        received.push(part);
        if (received.reduce((total, one) => total + one.length, 0) === size) resolve(undefined);
      });
    });
    const connection = await openTls(stream, clientOptions(identity));
    const sample = patterned(size);
    server.write(sample);
    const [back] = await Promise.all([readBytes(connection, size), connection.write(sample), isWhole]);
    expect(Buffer.from(back).equals(sample)).toBe(true);
    expect(Buffer.concat(received).equals(sample)).toBe(true);
    await connection.close();
  });

  it("KeyUpdate both ways: ours, and the server's in answer", async () => {
    const { server, stream } = startNodeServer(identity);
    server.on("data", (received: Buffer) => server.write(received));
    const client = await TlsClient.create({
      ...clientOptions(identity),
      paddingBuckets: [],
      keyLimits: { ...gcmLimits, sealRecords: 2, askRecords: 2 },
    });
    const received: Uint8Array[] = [];
    const exchange = async (isDone: () => boolean): Promise<void> => {
      for (;;) {
        const output = client.takeOutput();
        if (output.length > 0) await stream.write(output);
        if (isDone()) return;
        await client.receive((await stream.read()) ?? new Uint8Array(0));
        for (const event of client.takeEvents()) {
          if (event.type === "connected") isConnected = true;
          if (event.type === "data") received.push(event.bytes);
        }
      }
    };
    let isConnected = false;
    await exchange(() => isConnected);
    for (let count = 1; count <= 12; count += 1) {
      await client.send(Uint8Array.of(count));
      await exchange(() => received.length === count);
    }
    expect(concatBytes(...received)).toEqual(Uint8Array.from({ length: 12 }, (_, index) => index + 1));
    client.destroy();
    await stream.close();
  });

  it("a server of another protocol refuses us", async () => {
    const { stream, stop } = await startNodeServerOnLoopback(identity, { alpn: ["http/1.1"] });
    const error = await errorOf(openTls(stream, clientOptions(identity)));
    await stop();
    expect(error.code).toBe("TLS_PEER_ALERT");
    expect(error.actual).toBe("alert 120");
  });

  it("a server without ALPN is refused", async () => {
    const { stream } = startNodeServer(identity, { alpn: [] });
    expect((await errorOf(openTls(stream, clientOptions(identity)))).code).toBe("TLS_ALPN_MISSING");
  });

  it("no suite in common", async () => {
    const options = { ciphers: "TLS_CHACHA20_POLY1305_SHA256" };
    const { stream, stop } = await startNodeServerOnLoopback(identity, options);
    const error = await errorOf(openTls(stream, clientOptions(identity)));
    await stop();
    expect([error.code, error.actual]).toEqual(["TLS_PEER_ALERT", "alert 40"]);
  });

  it("a certificate for another key than the server's", async () => {
    const { stream } = startNodeServer(identity);
    const other = await createTestIdentity("P-256");
    const error = await errorOf(openTls(stream, clientOptions(other)));
    expect(error.code).toBe("TLS_SIGNATURE_INVALID");
  });

  it("the server's close_notify ends the data", async () => {
    const { server, stream } = startNodeServer(identity);
    server.end("last words");
    const connection = await openTls(stream, clientOptions(identity));
    expect(await connection.read()).toEqual(utf8("last words"));
    expect(await connection.read()).toBeNull();
    expect(await connection.read()).toBeNull();
    await connection.close();
  });

  it("a bare FIN is an error, after the data that came before it", async () => {
    const { server, stream, wire } = startNodeServer(identity);
    const connection = await openTls(stream, clientOptions(identity));
    await new Promise((resolve) => server.write("so far", resolve));
    wire[0].end();
    expect(await connection.read()).toEqual(utf8("so far"));
    expect((await errorOf(connection.read())).code).toBe("TLS_TRUNCATED");
    expect((await errorOf(connection.read())).code).toBe("TLS_TRUNCATED");
    expect((await errorOf(connection.write(utf8("x")))).code).toBe("TLS_TRUNCATED");
    await connection.close();
  });
});
