import { describe, expect, it } from "vitest";
import { utf8 } from "#protocol/bytes.ts";
import type { ByteStream } from "#protocol/byteStream.ts";
import { codes } from "#protocol/codes/index.ts";
import { tlsCodes } from "#protocol/codes/tls.ts";
import { TransportError } from "#protocol/errors.ts";
import { alertByCode } from "../../background/tls/alert.ts";
import type { TlsOptions } from "../../background/tls/connection.ts";
import { closeTimeoutMs, handshakeTimeoutMs, openTls } from "../../background/tls/connection.ts";
import { p384 } from "../../background/tls/groups.ts";
import { sessionOffer } from "../../background/tls/suites.ts";
import { clientOptions, startNodeServer } from "./nodeServer.ts";
import { errorOf } from "./refusal.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");

/** A stream on which nothing ever arrives; it says when it was closed. */
function silentStream(
  overrides: Partial<ByteStream> = {},
): ByteStream & { readonly isClosed: () => boolean } {
  let isClosed = false;
  let end: () => void = () => undefined;
  const ended = new Promise<null>((resolve) => {
    end = () => {
      resolve(null);
    };
  });
  return {
    read: () => ended,
    write: () => Promise.resolve(),
    close: () => {
      isClosed = true;
      end();
      return Promise.resolve();
    },
    isClosed: () => isClosed,
    ...overrides,
  };
}

/** Deadlines that the test lets expire, by their length. */
function manualDeadlines(): { deadline: TlsOptions["deadline"]; expire: (timeoutMs: number) => void } {
  const controllers = new Map<number, AbortController>();
  return {
    deadline: (timeoutMs) => {
      const controller = new AbortController();
      controllers.set(timeoutMs, controller);
      return controller.signal;
    },
    expire: (timeoutMs) => controllers.get(timeoutMs)?.abort(),
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe("a deadline", () => {
  it("ends a handshake that nobody answers, and closes the stream", async () => {
    const { deadline, expire } = manualDeadlines();
    const stream = silentStream();
    const opening = errorOf(openTls(stream, clientOptions(identity, { deadline })));
    await settle();
    expire(handshakeTimeoutMs);
    expect((await opening).code).toBe("TLS_TIMEOUT");
    expect(stream.isClosed()).toBe(true);
  });

  it("already over ends it at once", async () => {
    const options = clientOptions(identity, { deadline: () => AbortSignal.abort() });
    expect((await errorOf(openTls(silentStream(), options))).code).toBe("TLS_TIMEOUT");
  });

  it("ends a profile that never decides", async () => {
    const { deadline, expire } = manualDeadlines();
    const { stream } = startNodeServer(identity);
    const verifyPeer = (): Promise<never> => {
      setImmediate(() => {
        expire(handshakeTimeoutMs);
      });
      return new Promise(() => undefined);
    };
    const opening = errorOf(openTls(stream, clientOptions(identity, { deadline, verifyPeer })));
    await settle();
    expire(closeTimeoutMs);
    expect((await opening).code).toBe("TLS_TIMEOUT");
  });

  it("ends a close whose last bytes cannot leave", async () => {
    const { deadline, expire } = manualDeadlines();
    const { stream } = startNodeServer(identity);
    let isStuck = false;
    const sticky: ByteStream = {
      ...stream,
      write: (bytes) => (isStuck ? new Promise(() => undefined) : stream.write(bytes)),
    };
    const connection = await openTls(sticky, clientOptions(identity, { deadline }));
    isStuck = true;
    const closing = connection.close();
    await settle();
    expire(closeTimeoutMs);
    await closing;
    expect((await errorOf(connection.write(utf8("x")))).code).toBe("TLS_CLOSED");
  });
});

describe("a stream that fails", () => {
  it("in writing the hello fails the opening, with its own error", async () => {
    const failure = new TransportError("TLS_CLOSED");
    const stream = silentStream({ write: () => Promise.reject(failure) });
    expect(await errorOf(openTls(stream, clientOptions(identity)))).toBe(failure);
    expect(stream.isClosed()).toBe(true);
  });

  it("in reading likewise", async () => {
    const failure = new TransportError("TLS_CLOSED");
    const stream = silentStream({ read: () => Promise.reject(failure) });
    expect(await errorOf(openTls(stream, clientOptions(identity)))).toBe(failure);
    expect(stream.isClosed()).toBe(true);
  });

  it("by ending is a truncation", async () => {
    const stream = silentStream({ read: () => Promise.resolve(null) });
    expect((await errorOf(openTls(stream, clientOptions(identity)))).code).toBe("TLS_TRUNCATED");
  });
});

describe("a connection", () => {
  it("reads in order, also for readers that did not wait", async () => {
    const { server, stream } = startNodeServer(identity);
    const connection = await openTls(stream, clientOptions(identity));
    const reads = [connection.read(), connection.read(), connection.read()];
    for (const word of ["one", "two", "three"]) await new Promise((resolve) => server.write(word, resolve));
    expect(await Promise.all(reads)).toEqual([utf8("one"), utf8("two"), utf8("three")]);
    await connection.close();
  });

  it("writes in order, also for writers that did not wait", async () => {
    const { server, stream } = startNodeServer(identity);
    const connection = await openTls(stream, clientOptions(identity));
    const received: Buffer[] = [];
    server.on("data", (part: Buffer) => received.push(part));
    const ended = new Promise((resolve) => server.once("end", resolve));
    const words = Array.from({ length: 50 }, (_, index) => `${String(index)};`);
    await Promise.all(words.map((word) => connection.write(utf8(word))));
    await connection.close();
    await ended;
    expect(Buffer.concat(received).toString()).toBe(words.join(""));
  });

  it("reads from its stream only when it is read", async () => {
    const { server, stream } = startNodeServer(identity);
    let readCount = 0;
    const counting: ByteStream = {
      ...stream,
      read: () => {
        readCount += 1;
        return stream.read();
      },
    };
    const connection = await openTls(counting, clientOptions(identity));
    const afterHandshake = readCount;
    server.write("waiting");
    await settle();
    expect(readCount).toBe(afterHandshake);
    expect(await connection.read()).toEqual(utf8("waiting"));
    await connection.close();
  });

  it("closed by us fails the read that waits, and every later call", async () => {
    const { stream } = startNodeServer(identity);
    const connection = await openTls(stream, clientOptions(identity));
    const reading = errorOf(connection.read());
    await settle();
    await connection.close();
    await connection.close();
    expect((await errorOf(connection.read())).code).toMatch(/^TLS_(CLOSED|TRUNCATED)$/);
    expect((await reading).code).toMatch(/^TLS_(CLOSED|TRUNCATED)$/);
    expect((await errorOf(connection.write(utf8("x")))).code).toBe("TLS_CLOSED");
  });

  it("hands out copies of the leaf", async () => {
    const { stream } = startNodeServer(identity);
    const connection = await openTls(stream, clientOptions(identity));
    connection.leaf.fill(0);
    expect(connection.leaf).toEqual(identity.certificate);
    await connection.close();
  });

  it.each([
    ["empty label", "", 32],
    ["label too long", "x".repeat(250), 32],
    ["length 0", "EXPORTER-test", 0],
    ["fraction", "EXPORTER-test", 1.5],
    ["longer than HKDF gives", "EXPORTER-test", 255 * 48 + 1],
  ])("refuses to export: %s", async (_name, label, length) => {
    const { stream } = startNodeServer(identity);
    const connection = await openTls(stream, clientOptions(identity));
    expect((await errorOf(connection.exporter(label, new Uint8Array(0), length))).code).toBe(
      "TLS_OPTION_INVALID",
    );
    await connection.close();
  });
});

describe("options are refused:", () => {
  const bent: readonly (readonly [string, Partial<TlsOptions>])[] = [
    ["empty serverName", { serverName: "" }],
    ["serverName not ASCII", { serverName: "énclave" }],
    ["empty alpn", { alpn: "" }],
    ["alpn of 256 bytes", { alpn: "x".repeat(256) }],
    ["no certificates", { maxCertificates: 0 }],
    ["half a certificate", { maxCertificates: 1.5 }],
    ["random of another length", { random: () => new Uint8Array(31) }],
    ["share of a group not offered", { offer: { ...sessionOffer, groups: [], keyShares: [p384] } }],
  ];
  it.each(bent)("%s", async (_name, overrides) => {
    const stream = silentStream();
    const error = await errorOf(openTls(stream, clientOptions(identity, overrides)));
    expect(error.code).toBe("TLS_OPTION_INVALID");
    expect(stream.isClosed()).toBe(true);
  });
});

describe("the code table", () => {
  it("has an alert, or a decided silence, for each code and nothing else", () => {
    expect(Object.keys(alertByCode).sort()).toEqual(Object.keys(tlsCodes).sort());
    for (const code of Object.keys(tlsCodes)) expect(Object.hasOwn(codes, code)).toBe(true);
  });
});
