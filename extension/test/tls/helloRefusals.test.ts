import { describe, it } from "vitest";
import { concatBytes } from "#protocol/bytes.ts";
import { encodeExtension, extensionType } from "../../background/tls/extensions.ts";
import { p256, p384, x25519 } from "../../background/tls/groups.ts";
import { encodeUint, encodeVector } from "../../background/tls/wire.ts";
import type { Refusal } from "./refusal.ts";
import { expectRefusal } from "./refusal.ts";
import type { ServerHelloFields } from "./scriptedServer.ts";
import { clearRecord, startScripted, supportedVersions13 } from "./scriptedServer.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");

const version = (value: number): Uint8Array =>
  encodeExtension(extensionType.supportedVersions, encodeUint(value, 2));
const shareOf = (groupId: number, share: Uint8Array): Uint8Array =>
  encodeExtension(extensionType.keyShare, concatBytes(encodeUint(groupId, 2), encodeVector(2, share)));
const unknownExtension = encodeExtension(0xfafa, new Uint8Array(0));
const randomEnding = (hex: string): Uint8Array =>
  concatBytes(new Uint8Array(24).fill(7), Uint8Array.from(Buffer.from(hex, "hex")));

async function goodShare(): Promise<Uint8Array> {
  return shareOf(x25519.id, (await x25519.createKeyShare()).publicBytes);
}
async function pointOfP256(): Promise<Uint8Array> {
  return (await p256.createKeyShare()).publicBytes;
}
const compressed = (point: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(2 + ((point[64] ?? 0) & 1)), point.slice(1, 33));
const offCurve = (point: Uint8Array): Uint8Array => {
  const moved = point.slice();
  moved[64] = (moved[64] ?? 0) ^ 1;
  return moved;
};

type Bend = () => Partial<ServerHelloFields> | Promise<Partial<ServerHelloFields>>;

/** Name of the mutation, how the ServerHello is bent, what must answer it. */
const helloMutations: readonly (readonly [string, Bend, Refusal])[] = [
  ["TLS 1.2 without extensions", () => ({ extensions: undefined }), ["TLS_VERSION", 70]],
  ["TLS 1.2 hello", async () => ({ extensions: [await goodShare()] }), ["TLS_VERSION", 70]],
  [
    "TLS 1.2 hello with the TLS 1.2 sentinel",
    () => ({ extensions: [], random: randomEnding("444f574e47524401") }),
    ["TLS_DOWNGRADE", 47],
  ],
  [
    "TLS 1.1 hello with the TLS 1.1 sentinel",
    () => ({ legacyVersion: 0x0302, extensions: [], random: randomEnding("444f574e47524400") }),
    ["TLS_DOWNGRADE", 47],
  ],
  [
    "supported_versions 0x0303",
    async () => ({ extensions: [version(0x0303), await goodShare()] }),
    ["TLS_VERSION_SELECTED", 47],
  ],
  [
    "supported_versions of the future",
    async () => ({ extensions: [version(0x0305), await goodShare()] }),
    ["TLS_VERSION_SELECTED", 47],
  ],
  [
    "trailing byte in supported_versions",
    async () => ({
      extensions: [
        encodeExtension(extensionType.supportedVersions, Uint8Array.of(3, 4, 0)),
        await goodShare(),
      ],
    }),
    ["TLS_DECODE", 50],
  ],
  ["another session id", () => ({ sessionIdEcho: new Uint8Array(32) }), ["TLS_SESSION_ID_ECHO", 47]],
  ["no session id", () => ({ sessionIdEcho: new Uint8Array(0) }), ["TLS_SESSION_ID_ECHO", 47]],
  ["session id of 33 bytes", () => ({ sessionIdEcho: new Uint8Array(33) }), ["TLS_DECODE", 50]],
  ["compression", () => ({ compression: 1 }), ["TLS_COMPRESSION", 47]],
  ["a suite not offered", () => ({ suiteId: 0x1303 }), ["TLS_CIPHER_SUITE", 47]],
  ["a suite of TLS 1.2", () => ({ suiteId: 0xc02f }), ["TLS_CIPHER_SUITE", 47]],
  ["no key share", () => ({ extensions: [supportedVersions13] }), ["TLS_EXTENSION_MISSING", 109]],
  [
    "key share of a group offered without a share",
    async () => ({
      extensions: [supportedVersions13, shareOf(p384.id, (await p384.createKeyShare()).publicBytes)],
    }),
    ["TLS_KEY_SHARE_GROUP", 47],
  ],
  [
    "key share of a group not offered",
    () => ({ extensions: [supportedVersions13, shareOf(0x0019, new Uint8Array(133))] }),
    ["TLS_KEY_SHARE_GROUP", 47],
  ],
  [
    "X25519 share of small order",
    () => ({ extensions: [supportedVersions13, shareOf(x25519.id, new Uint8Array(32))] }),
    ["TLS_KEY_SHARE_INVALID", 47],
  ],
  [
    "X25519 share of order eight",
    () => ({
      extensions: [
        supportedVersions13,
        shareOf(
          x25519.id,
          Uint8Array.from(
            Buffer.from("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", "hex"),
          ),
        ),
      ],
    }),
    ["TLS_KEY_SHARE_INVALID", 47],
  ],
  [
    "X25519 share of 33 bytes",
    () => ({ extensions: [supportedVersions13, shareOf(x25519.id, new Uint8Array(33).fill(9))] }),
    ["TLS_KEY_SHARE_INVALID", 47],
  ],
  [
    "empty share",
    () => ({ extensions: [supportedVersions13, shareOf(x25519.id, new Uint8Array(0))] }),
    ["TLS_DECODE", 50],
  ],
  [
    "P-256 point off the curve",
    async () => ({ extensions: [supportedVersions13, shareOf(p256.id, offCurve(await pointOfP256()))] }),
    ["TLS_KEY_SHARE_INVALID", 47],
  ],
  [
    "compressed P-256 point",
    async () => ({ extensions: [supportedVersions13, shareOf(p256.id, compressed(await pointOfP256()))] }),
    ["TLS_KEY_SHARE_INVALID", 47],
  ],
  [
    "hybrid P-256 point",
    async () => {
      const point = await pointOfP256();
      point[0] = 6 + ((point[64] ?? 0) & 1);
      return { extensions: [supportedVersions13, shareOf(p256.id, point)] };
    },
    ["TLS_KEY_SHARE_INVALID", 47],
  ],
  [
    "trailing byte in key_share",
    async () => {
      const entry = concatBytes(
        encodeUint(p256.id, 2),
        encodeVector(2, await pointOfP256()),
        Uint8Array.of(0),
      );
      return { extensions: [supportedVersions13, encodeExtension(extensionType.keyShare, entry)] };
    },
    ["TLS_DECODE", 50],
  ],
  [
    "duplicate extension",
    async () => ({ extensions: [supportedVersions13, supportedVersions13, await goodShare()] }),
    ["TLS_EXTENSION_DUPLICATE", 50],
  ],
  [
    "unknown extension",
    async () => ({ extensions: [supportedVersions13, await goodShare(), unknownExtension] }),
    ["TLS_EXTENSION_UNSOLICITED", 110],
  ],
  [
    "pre_shared_key selected though none was offered",
    async () => ({
      extensions: [
        supportedVersions13,
        await goodShare(),
        encodeExtension(extensionType.preSharedKey, encodeUint(0, 2)),
      ],
    }),
    ["TLS_EXTENSION_UNSOLICITED", 110],
  ],
  [
    "ALPN in the ServerHello",
    async () => ({
      extensions: [
        supportedVersions13,
        await goodShare(),
        encodeExtension(extensionType.alpn, new Uint8Array(0)),
      ],
    }),
    ["TLS_EXTENSION_FORBIDDEN", 47],
  ],
];

describe("ServerHello is refused:", () => {
  it.each(helloMutations)("%s", async (_name, bend, refusal) => {
    const pair = await startScripted(identity);
    await expectRefusal(pair, await pair.server.serverHello(await bend()), refusal);
  });

  it("with trailing bytes", async () => {
    const pair = await startScripted(identity);
    const record = await pair.server.serverHello();
    const body = concatBytes(record.slice(9), Uint8Array.of(0));
    const message = concatBytes(Uint8Array.of(2), encodeVector(3, body));
    await expectRefusal(pair, clearRecord(22, message), ["TLS_DECODE", 50]);
  });

  it("truncated at every byte", async () => {
    const body = (await (await startScripted(identity)).server.serverHello()).slice(9);
    // Without its extension block a ServerHello is a well-formed one of TLS 1.2.
    const cuts = Array.from({ length: body.length }, (_, cut) => cut);
    const endOfFields = 2 + 32 + 33 + 2 + 1;
    for (const cut of cuts) {
      const pair = await startScripted(identity);
      const message = concatBytes(Uint8Array.of(2), encodeVector(3, body.slice(0, cut)));
      const refusal: Refusal = cut === endOfFields ? ["TLS_VERSION", 70] : ["TLS_DECODE", 50];
      await expectRefusal(pair, clearRecord(22, message), refusal);
    }
  });
});
