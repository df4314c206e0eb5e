import { describe, expect, it } from "vitest";
import { concatBytes, utf8 } from "#protocol/bytes.ts";
import { encodeExtension, extensionType } from "../../background/tls/extensions.ts";
import { handshakeType } from "../../background/tls/handshakeMessage.ts";
import { encodeUint, encodeVector } from "../../background/tls/wire.ts";
import { der, derInteger } from "./der.ts";
import type { Refusal } from "./refusal.ts";
import { expectRefusal } from "./refusal.ts";
import type { ScriptedServer } from "./scriptedServer.ts";
import { alpnExtension, block, clearRecord, startScripted } from "./scriptedServer.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");
const stranger = await createTestIdentity("P-256");
const strong = await createTestIdentity("P-384");

/** Order of the P-256 group. */
const order = Uint8Array.from(
  Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex"),
);
const one = Uint8Array.of(1);
const empty = new Uint8Array(0);
const unknownExtension = encodeExtension(0xfafa, empty);
const certificateRequest = (...extensions: readonly Uint8Array[]): Uint8Array =>
  concatBytes(Uint8Array.of(0), block(...extensions));
const signatureAlgorithms = encodeExtension(
  extensionType.signatureAlgorithms,
  encodeVector(2, encodeUint(0x0403, 2)),
);

type Flight = (server: ScriptedServer) => Uint8Array | Promise<Uint8Array>;

/** An honest flight in which CertificateVerify is bent. */
function verifyBent(bend: Parameters<ScriptedServer["certificateVerify"]>[0]): Flight {
  return async (server) =>
    concatBytes(
      server.encryptedExtensions(alpnExtension),
      server.certificate(),
      await server.certificateVerify(bend),
      server.finished(),
    );
}

function certificateBent(bend: (server: ScriptedServer) => Uint8Array): Flight {
  return (server) => concatBytes(server.encryptedExtensions(alpnExtension), bend(server));
}

const mutations: readonly (readonly [string, Flight, Refusal])[] = [
  [
    "1 CertificateVerify missing",
    (server) =>
      concatBytes(server.encryptedExtensions(alpnExtension), server.certificate(), server.finished()),
    ["TLS_UNEXPECTED_MESSAGE", 10],
  ],
  [
    "1 Certificate and CertificateVerify missing",
    (server) => concatBytes(server.encryptedExtensions(alpnExtension), server.finished()),
    ["TLS_UNEXPECTED_MESSAGE", 10],
  ],
  ["2 CertificateVerify by another key", verifyBent({ signer: stranger }), ["TLS_SIGNATURE_INVALID", 51]],
  [
    "3 client's context string",
    verifyBent({
      content: (hash) =>
        concatBytes(
          new Uint8Array(64).fill(0x20),
          utf8("TLS 1.3, client CertificateVerify"),
          Uint8Array.of(0),
          hash,
        ),
    }),
    ["TLS_SIGNATURE_INVALID", 51],
  ],
  [
    "3 signature over the bare transcript hash",
    verifyBent({ content: (hash) => hash }),
    ["TLS_SIGNATURE_INVALID", 51],
  ],
  ["4 scheme not offered", verifyBent({ schemeId: 0x0804 }), ["TLS_SIGNATURE_SCHEME", 47]],
  ["4 scheme of TLS 1.2", verifyBent({ schemeId: 0x0203 }), ["TLS_SIGNATURE_SCHEME", 47]],
  ["5 P-384 scheme with a P-256 key", verifyBent({ schemeId: 0x0503 }), ["TLS_SIGNATURE_KEY", 47]],
  [
    "6 r = 0",
    verifyBent({ signature: () => der(0x30, derInteger(empty), derInteger(one)) }),
    ["TLS_SIGNATURE_INVALID", 51],
  ],
  [
    "6 s = 0",
    verifyBent({ signature: () => der(0x30, derInteger(one), derInteger(empty)) }),
    ["TLS_SIGNATURE_INVALID", 51],
  ],
  [
    "6 r = order",
    verifyBent({ signature: () => der(0x30, derInteger(order), derInteger(one)) }),
    ["TLS_SIGNATURE_INVALID", 51],
  ],
  [
    "6 s = order",
    verifyBent({ signature: () => der(0x30, derInteger(one), derInteger(order)) }),
    ["TLS_SIGNATURE_INVALID", 51],
  ],
  [
    "6 trailing byte after the DER",
    verifyBent({ signature: (signature) => concatBytes(signature, Uint8Array.of(0)) }),
    ["TLS_SIGNATURE_INVALID", 51],
  ],
  ["6 empty signature", verifyBent({ signature: () => empty }), ["TLS_SIGNATURE_INVALID", 51]],
  [
    "6 fixed-width signature",
    verifyBent({ signature: () => new Uint8Array(64) }),
    ["TLS_SIGNATURE_INVALID", 51],
  ],
  [
    "7 CertificateVerify before Certificate",
    async (server) =>
      concatBytes(server.encryptedExtensions(alpnExtension), await server.certificateVerify()),
    ["TLS_UNEXPECTED_MESSAGE", 10],
  ],
  [
    "7 CertificateVerify twice",
    async (server) =>
      concatBytes(
        server.encryptedExtensions(alpnExtension),
        server.certificate(),
        await server.certificateVerify(),
        await server.certificateVerify(),
      ),
    ["TLS_UNEXPECTED_MESSAGE", 10],
  ],
  [
    "7 Certificate twice",
    certificateBent((server) => concatBytes(server.certificate(), server.certificate())),
    ["TLS_UNEXPECTED_MESSAGE", 10],
  ],
  ["8 empty list", certificateBent((server) => server.certificate([])), ["TLS_CERTIFICATE_EMPTY", 50]],
  [
    "8 two certificates",
    certificateBent((server) => server.certificate([identity.certificate, stranger.certificate])),
    ["TLS_CERTIFICATE_COUNT", 42],
  ],
  ["8 empty entry", certificateBent((server) => server.certificate([empty])), ["TLS_DECODE", 50]],
  [
    "8 entry with an extension not offered",
    certificateBent((server) =>
      server.certificate(undefined, block(encodeExtension(extensionType.statusRequest, empty))),
    ),
    ["TLS_EXTENSION_UNSOLICITED", 110],
  ],
  [
    "8 entry with a forbidden extension",
    certificateBent((server) => server.certificate(undefined, block(alpnExtension))),
    ["TLS_EXTENSION_FORBIDDEN", 47],
  ],
  [
    "8 entry with a duplicate extension",
    certificateBent((server) => server.certificate(undefined, block(unknownExtension, unknownExtension))),
    ["TLS_EXTENSION_DUPLICATE", 50],
  ],
  [
    "8 request context",
    certificateBent((server) =>
      server.message(handshakeType.certificate, concatBytes(Uint8Array.of(1, 9), encodeVector(3, empty))),
    ),
    ["TLS_CERTIFICATE_CONTEXT", 47],
  ],
  [
    "18 Certificate with a trailing byte",
    certificateBent((server) => server.message(handshakeType.certificate, Uint8Array.of(0, 0, 0, 0, 0))),
    ["TLS_DECODE", 50],
  ],
  ["9 EncryptedExtensions missing", (server) => server.certificate(), ["TLS_UNEXPECTED_MESSAGE", 10]],
  [
    "9 EncryptedExtensions twice",
    (server) =>
      concatBytes(server.encryptedExtensions(alpnExtension), server.encryptedExtensions(alpnExtension)),
    ["TLS_UNEXPECTED_MESSAGE", 10],
  ],
  [
    "9 EncryptedExtensions after Certificate",
    certificateBent((server) => concatBytes(server.certificate(), server.encryptedExtensions(alpnExtension))),
    ["TLS_UNEXPECTED_MESSAGE", 10],
  ],
  [
    "35 CertificateRequest after Certificate",
    certificateBent((server) =>
      concatBytes(
        server.certificate(),
        server.message(handshakeType.certificateRequest, certificateRequest(signatureAlgorithms)),
      ),
    ),
    ["TLS_UNEXPECTED_MESSAGE", 10],
  ],
  [
    "35 KeyUpdate during the handshake",
    certificateBent((server) => server.message(handshakeType.keyUpdate, Uint8Array.of(0))),
    ["TLS_UNEXPECTED_MESSAGE", 10],
  ],
  [
    "24 message that claims 2^24-1 bytes",
    () => Uint8Array.of(handshakeType.encryptedExtensions, 0xff, 0xff, 0xff),
    ["TLS_MESSAGE_TOO_LARGE", 47],
  ],
  [
    "24 certificate bomb",
    certificateBent(() => Uint8Array.of(handshakeType.certificate, 1, 0x90, 1)),
    ["TLS_MESSAGE_TOO_LARGE", 47],
  ],
];

describe("the server's flight is refused:", () => {
  it.each(mutations)("%s", async (_name, flight, refusal) => {
    const pair = await startScripted(identity);
    await pair.client.receive(await pair.server.serverHello());
    await expectRefusal(pair, await pair.server.handshakeRecord(await flight(pair.server)), refusal);
    expect(pair.client.takeEvents()).toEqual([]);
  });

  const finishedBends: readonly (readonly [string, (mac: Uint8Array) => Uint8Array, Refusal])[] = [
    [
      "wrong",
      (mac) => mac.map((byte, index) => (index === 31 ? byte ^ 1 : byte)),
      ["TLS_FINISHED_INVALID", 51],
    ],
    ["of zeros", (mac) => new Uint8Array(mac.length), ["TLS_FINISHED_INVALID", 51]],
    ["short", (mac) => mac.slice(1), ["TLS_DECODE", 50]],
    ["long", (mac) => concatBytes(mac, one), ["TLS_DECODE", 50]],
    ["empty", () => empty, ["TLS_DECODE", 50]],
  ];
  it.each(finishedBends)("10 Finished %s", async (_name, bend, refusal) => {
    const pair = await startScripted(identity);
    const { client, server } = pair;
    await client.receive(await server.serverHello());
    const start = [server.encryptedExtensions(alpnExtension), server.certificate()];
    const messages = concatBytes(...start, await server.certificateVerify(), server.finished(bend));
    await expectRefusal(pair, await server.handshakeRecord(messages), refusal);
  });

  it("10 Finished and CertificateVerify replayed from another session", async () => {
    const other = await startScripted(identity);
    await other.client.receive(await other.server.serverHello());
    const recorded = await other.server.honestFlight();
    const pair = await startScripted(identity);
    await pair.client.receive(await pair.server.serverHello());
    await expectRefusal(pair, await pair.server.handshakeRecord(recorded), ["TLS_SIGNATURE_INVALID", 51]);
  });

  it("11 in plaintext records", async () => {
    const pair = await startScripted(identity);
    await pair.client.receive(await pair.server.serverHello());
    const flight = await pair.server.honestFlight();
    await expectRefusal(pair, clearRecord(22, flight), ["TLS_RECORD_TYPE", 10]);
  });

  it("5 P-256 scheme with a P-384 key", async () => {
    const pair = await startScripted(strong);
    await pair.client.receive(await pair.server.serverHello());
    const flight = await verifyBent({ schemeId: 0x0403 })(pair.server);
    await expectRefusal(pair, await pair.server.handshakeRecord(flight), ["TLS_SIGNATURE_KEY", 47]);
  });

  it.each([
    ["of no known kind", () => new Uint8Array(294)],
    ["empty", () => empty],
    [
      "with a point off its curve",
      () => identity.spki.map((byte, index) => (index === 90 ? byte ^ 1 : byte)),
    ],
    ["with trailing bytes", () => concatBytes(identity.spki, one)],
  ])("a certified key %s", async (_name, spki) => {
    const pair = await startScripted(identity, { verifyPeer: () => Promise.resolve({ spki: spki() }) });
    await pair.client.receive(await pair.server.serverHello());
    const record = await pair.server.handshakeRecord(await pair.server.honestFlight());
    await expectRefusal(pair, record, ["TLS_PEER_KEY", 43]);
  });
});
