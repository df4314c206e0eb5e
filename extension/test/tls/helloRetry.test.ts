import { describe, expect, it } from "vitest";
import { concatBytes } from "#protocol/bytes.ts";
import { encodeExtension, extensionType } from "../../background/tls/extensions.ts";
import { p256, p384, x25519 } from "../../background/tls/groups.ts";
import { aes128GcmSha256, aes256GcmSha384, sessionOffer } from "../../background/tls/suites.ts";
import { encodeUint, encodeVector } from "../../background/tls/wire.ts";
import type { Refusal } from "./refusal.ts";
import { expectRefusal } from "./refusal.ts";
import type { ScriptedServer, ServerHelloFields } from "./scriptedServer.ts";
import { startScripted, supportedVersions13 } from "./scriptedServer.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");

const version = (value: number): Uint8Array =>
  encodeExtension(extensionType.supportedVersions, encodeUint(value, 2));
const shareOf = (groupId: number, share: Uint8Array): Uint8Array =>
  encodeExtension(extensionType.keyShare, concatBytes(encodeUint(groupId, 2), encodeVector(2, share)));
const selected = (groupId: number): Uint8Array =>
  encodeExtension(extensionType.keyShare, encodeUint(groupId, 2));
const cookie = (bytes: Uint8Array): Uint8Array =>
  encodeExtension(extensionType.cookie, encodeVector(2, bytes));
const unknownExtension = encodeExtension(0xfafa, new Uint8Array(0));

async function goodShare(): Promise<Uint8Array> {
  return shareOf(x25519.id, (await x25519.createKeyShare()).publicBytes);
}

type RetryBend = readonly [readonly Uint8Array[], Partial<ServerHelloFields>?];
const retryMutations: readonly (readonly [string, RetryBend, Refusal])[] = [
  ["group already shared", [[supportedVersions13, selected(p256.id)]], ["TLS_RETRY_GROUP", 47]],
  ["group not offered", [[supportedVersions13, selected(0x0019)]], ["TLS_RETRY_GROUP", 47]],
  ["nothing to change", [[supportedVersions13]], ["TLS_RETRY_POINTLESS", 47]],
  ["empty cookie", [[supportedVersions13, cookie(new Uint8Array(0))]], ["TLS_DECODE", 50]],
  [
    "cookie with a trailing byte",
    [[supportedVersions13, encodeExtension(extensionType.cookie, Uint8Array.of(0, 1, 9, 9))]],
    ["TLS_DECODE", 50],
  ],
  [
    "key_share with a whole entry",
    [[supportedVersions13, shareOf(p384.id, new Uint8Array(97))]],
    ["TLS_DECODE", 50],
  ],
  ["no version", [[selected(p384.id)]], ["TLS_VERSION", 70]],
  ["TLS 1.2", [[version(0x0303), selected(p384.id)]], ["TLS_VERSION_SELECTED", 47]],
  [
    "duplicate extension",
    [[supportedVersions13, selected(p384.id), selected(p384.id)]],
    ["TLS_EXTENSION_DUPLICATE", 50],
  ],
  [
    "unknown extension",
    [[supportedVersions13, selected(p384.id), unknownExtension]],
    ["TLS_EXTENSION_UNSOLICITED", 110],
  ],
  [
    "forbidden extension",
    [[supportedVersions13, selected(p384.id), encodeExtension(extensionType.serverName, new Uint8Array(0))]],
    ["TLS_EXTENSION_FORBIDDEN", 47],
  ],
  [
    "suite not offered",
    [[supportedVersions13, selected(p384.id)], { suiteId: 0x1303 }],
    ["TLS_CIPHER_SUITE", 47],
  ],
  [
    "another session id",
    [[supportedVersions13, selected(p384.id)], { sessionIdEcho: new Uint8Array(32) }],
    ["TLS_SESSION_ID_ECHO", 47],
  ],
];

describe("HelloRetryRequest is refused:", () => {
  it.each(retryMutations)("%s", async (_name, [extensions, fields], refusal) => {
    const pair = await startScripted(identity);
    await expectRefusal(pair, pair.server.helloRetryRequest(extensions, fields), refusal);
  });

  async function retried(): Promise<Awaited<ReturnType<typeof startScripted>>> {
    const pair = await startScripted(identity, {}, { group: p384 });
    const request = pair.server.helloRetryRequest([
      supportedVersions13,
      selected(p384.id),
      cookie(Uint8Array.of(1, 2, 3)),
    ]);
    await pair.client.receive(request);
    pair.server.takeSecondHello(pair.client.takeOutput());
    return pair;
  }

  it("a second one", async () => {
    const pair = await retried();
    const again = pair.server.helloRetryRequest([supportedVersions13, cookie(Uint8Array.of(4))]);
    await expectRefusal(pair, again, ["TLS_RETRY_SECOND", 10]);
  });

  it("followed by another suite", async () => {
    const pair = await retried();
    const record = await pair.server.serverHello({ suiteId: aes256GcmSha384.id });
    await expectRefusal(pair, record, ["TLS_CIPHER_SUITE_CHANGED", 47]);
  });

  it("followed by a share of another group", async () => {
    const pair = await retried();
    const record = await pair.server.serverHello({ extensions: [supportedVersions13, await goodShare()] });
    await expectRefusal(pair, record, ["TLS_KEY_SHARE_GROUP", 47]);
  });

  it("followed by a ServerHello with a cookie", async () => {
    const pair = await retried();
    const share = shareOf(p384.id, (await p384.createKeyShare()).publicBytes);
    const extensions = [supportedVersions13, share, cookie(Uint8Array.of(1))];
    const record = await pair.server.serverHello({ extensions });
    await expectRefusal(pair, record, ["TLS_EXTENSION_FORBIDDEN", 47]);
  });
});

describe("HelloRetryRequest is obeyed:", () => {
  async function finish(server: ScriptedServer, client: Awaited<ReturnType<typeof startScripted>>["client"]) {
    server.takeSecondHello(client.takeOutput());
    await client.receive(await server.serverHello());
    await client.receive(await server.handshakeRecord(await server.honestFlight()));
    expect(client.takeEvents()).toHaveLength(1);
  }

  it.each([aes128GcmSha256, aes256GcmSha384])("group and cookie, $name", async (suite) => {
    const { client, server } = await startScripted(identity, {}, { group: p384, suite });
    const first = server.hello;
    const extensions = [supportedVersions13, selected(p384.id), cookie(Uint8Array.of(1, 2, 3))];
    await client.receive(server.helloRetryRequest(extensions));
    await finish(server, client);
    expect(server.hello.random).toEqual(first.random);
    expect(server.hello.sessionId).toEqual(first.sessionId);
    expect(Array.from(server.hello.shares.keys())).toEqual([p384.id]);
    expect(server.hello.extensions.get(extensionType.cookie)).toEqual(Uint8Array.of(0, 3, 1, 2, 3));
  });

  it("cookie alone: the shares stay", async () => {
    const { client, server } = await startScripted(identity);
    const first = server.hello;
    await client.receive(server.helloRetryRequest([supportedVersions13, cookie(new Uint8Array(300))]));
    await finish(server, client);
    expect(server.hello.shares).toEqual(first.shares);
  });

  it("where no share was sent at first", async () => {
    const offer = { ...sessionOffer, keyShares: [] };
    const { client, server } = await startScripted(identity, { offer }, { group: x25519 });
    await client.receive(server.helloRetryRequest([supportedVersions13, selected(x25519.id)]));
    await finish(server, client);
  });
});
