import { describe, it } from "vitest";
import { concatBytes, utf8 } from "#protocol/bytes.ts";
import { encodeExtension, extensionType } from "../../background/tls/extensions.ts";
import { handshakeType } from "../../background/tls/handshakeMessage.ts";
import { encodeUint, encodeVector } from "../../background/tls/wire.ts";
import type { Refusal } from "./refusal.ts";
import { expectRefusal } from "./refusal.ts";
import type { ScriptedServer } from "./scriptedServer.ts";
import { alpnExtension, block, startScripted } from "./scriptedServer.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");

const one = Uint8Array.of(1);
const empty = new Uint8Array(0);
const alpn = (...names: readonly string[]): Uint8Array =>
  encodeExtension(
    extensionType.alpn,
    encodeVector(2, concatBytes(...names.map((name) => encodeVector(1, utf8(name))))),
  );
const unknownExtension = encodeExtension(0xfafa, empty);
const certificateRequest = (...extensions: readonly Uint8Array[]): Uint8Array =>
  concatBytes(Uint8Array.of(0), block(...extensions));
const signatureAlgorithms = encodeExtension(
  extensionType.signatureAlgorithms,
  encodeVector(2, encodeUint(0x0403, 2)),
);

type Flight = (server: ScriptedServer) => Uint8Array | Promise<Uint8Array>;

function extensionsBent(...extensions: readonly Uint8Array[]): Flight {
  return (server) => server.encryptedExtensions(...extensions);
}

function certificateBent(bend: (server: ScriptedServer) => Uint8Array): Flight {
  return (server) => concatBytes(server.encryptedExtensions(alpnExtension), bend(server));
}

const mutations: readonly (readonly [string, Flight, Refusal])[] = [
  [
    "17 duplicate extension in EncryptedExtensions",
    extensionsBent(alpnExtension, alpnExtension),
    ["TLS_EXTENSION_DUPLICATE", 50],
  ],
  [
    "17 unknown extension in EncryptedExtensions",
    extensionsBent(alpnExtension, unknownExtension),
    ["TLS_EXTENSION_UNSOLICITED", 110],
  ],
  [
    "17 forbidden extension in EncryptedExtensions",
    extensionsBent(alpnExtension, encodeExtension(extensionType.keyShare, empty)),
    ["TLS_EXTENSION_FORBIDDEN", 47],
  ],
  [
    "17 server_name with content",
    extensionsBent(alpnExtension, encodeExtension(extensionType.serverName, one)),
    ["TLS_DECODE", 50],
  ],
  [
    "18 EncryptedExtensions with a trailing byte",
    (server) => server.message(handshakeType.encryptedExtensions, Uint8Array.of(0, 0, 0)),
    ["TLS_DECODE", 50],
  ],
  [
    "22 early_data accepted though none was offered",
    extensionsBent(alpnExtension, encodeExtension(extensionType.earlyData, empty)),
    ["TLS_EXTENSION_UNSOLICITED", 110],
  ],
  [
    "22 post_handshake_auth",
    extensionsBent(alpnExtension, encodeExtension(extensionType.postHandshakeAuth, empty)),
    ["TLS_EXTENSION_UNSOLICITED", 110],
  ],
  ["23 ALPN missing", extensionsBent(), ["TLS_ALPN_MISSING", 120]],
  ["23 another ALPN", extensionsBent(alpn("http/1.1")), ["TLS_ALPN_OTHER", 47]],
  ["23 prefix of our ALPN", extensionsBent(alpn("open-contracts/")), ["TLS_ALPN_OTHER", 47]],
  ["23 two ALPN names", extensionsBent(alpn("open-contracts/1", "http/1.1")), ["TLS_DECODE", 50]],
  ["23 empty ALPN name", extensionsBent(alpn("")), ["TLS_DECODE", 50]],
  ["23 empty ALPN list", extensionsBent(alpn()), ["TLS_DECODE", 50]],
  [
    "17 CertificateRequest with a duplicate extension",
    certificateBent((server) =>
      server.message(
        handshakeType.certificateRequest,
        certificateRequest(signatureAlgorithms, signatureAlgorithms),
      ),
    ),
    ["TLS_EXTENSION_DUPLICATE", 50],
  ],
  [
    "17 CertificateRequest with a forbidden extension",
    certificateBent((server) =>
      server.message(
        handshakeType.certificateRequest,
        certificateRequest(signatureAlgorithms, alpnExtension),
      ),
    ),
    ["TLS_EXTENSION_FORBIDDEN", 47],
  ],
  [
    "17 CertificateRequest without signature_algorithms",
    certificateBent((server) =>
      server.message(handshakeType.certificateRequest, certificateRequest(unknownExtension)),
    ),
    ["TLS_EXTENSION_MISSING", 109],
  ],
  [
    "18 CertificateRequest with context",
    certificateBent((server) =>
      server.message(
        handshakeType.certificateRequest,
        concatBytes(Uint8Array.of(1, 1), block(signatureAlgorithms)),
      ),
    ),
    ["TLS_CERTIFICATE_CONTEXT", 47],
  ],
];

describe("the extensions of the server's flight are refused:", () => {
  it.each(mutations)("%s", async (_name, flight, refusal) => {
    const pair = await startScripted(identity);
    await pair.client.receive(await pair.server.serverHello());
    await expectRefusal(pair, await pair.server.handshakeRecord(await flight(pair.server)), refusal);
  });
});
