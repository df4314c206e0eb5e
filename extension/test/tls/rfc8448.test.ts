import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { bytesFromHex, concatBytes } from "#protocol/bytes.ts";
import { subtle } from "#protocol/webcrypto.ts";
import type { SentHello } from "../../background/tls/clientHello.ts";
import type { KeyExchangeGroup, KeyShare } from "../../background/tls/groups.ts";
import { x25519 } from "../../background/tls/groups.ts";
import { Inbound } from "../../background/tls/inbound.ts";
import {
  deriveApplicationSecrets,
  deriveHandshakeSecrets,
  deriveTrafficKeys,
  finishedMac,
} from "../../background/tls/keySchedule.ts";
import { gcmLimits } from "../../background/tls/limits.ts";
import { contentType } from "../../background/tls/recordFormat.ts";
import { RecordWriter } from "../../background/tls/recordWriter.ts";
import type { SignatureScheme } from "../../background/tls/signatures.ts";
import { aes128GcmSha256 } from "../../background/tls/suites.ts";
import vectors from "./rfc8448.json";
import { dummyChangeCipherSpec } from "./scriptedServer.ts";

function bytes(name: keyof typeof vectors): Uint8Array {
  const value = bytesFromHex(vectors[name]);
  if (value === undefined) throw new Error(`no hex: ${name}`);
  return value;
}

/** The trace's server signs with RSA; the table of schemes is the caller's, so the test brings its own row. */
const rsaPssRsaeSha256: SignatureScheme = {
  id: 0x0804,
  name: "rsa_pss_rsae_sha256",
  fitsKey: () => true,
  importKey: (spki) =>
    subtle.importKey("spki", spki, { name: "RSA-PSS", hash: "SHA-256" }, false, ["verify"]),
  verify: (key, signature, content) =>
    subtle.verify({ name: "RSA-PSS", saltLength: 32 }, key, signature, content),
};

/** PKCS #8 of a raw X25519 key (RFC 8410 §7). */
const pkcs8Prefix = Uint8Array.from(Buffer.from("302e020100300506032b656e04220420", "hex"));

async function traceShare(): Promise<KeyShare> {
  const pkcs8 = concatBytes(pkcs8Prefix, bytes("clientPrivate"));
  const key = await subtle.importKey("pkcs8", pkcs8, { name: "X25519" }, false, ["deriveBits"]);
  return {
    publicBytes: bytes("clientPublic"),
    async agree(peer) {
      const publicKey = await subtle.importKey("raw", peer, { name: "X25519" }, true, []);
      return new Uint8Array(await subtle.deriveBits({ name: "X25519", public: publicKey }, key, 256));
    },
  };
}

async function traceHello(): Promise<SentHello> {
  const share = await traceShare();
  const group: KeyExchangeGroup = { ...x25519, createKeyShare: () => Promise.resolve(share) };
  const offer = {
    suites: [aes128GcmSha256],
    groups: [group],
    keyShares: [group],
    signatureSchemes: [rsaPssRsaeSha256],
  };
  return {
    content: {
      serverName: "server",
      alpn: undefined,
      offer,
      random: bytes("clientHello").slice(6, 38),
      sessionId: new Uint8Array(0),
    },
    shares: new Map([[group, share]]),
    encoded: bytes("clientHello"),
    offered: new Set([0, 0xff01, 10, 35, 51, 43, 13, 45, 28]),
  };
}

describe("RFC 8448 section 3", () => {
  it("key schedule: handshake", () => {
    const secrets = deriveHandshakeSecrets(aes128GcmSha256, bytes("sharedSecret"), bytes("helloHash"));
    expect(secrets.client).toEqual(bytes("clientHandshakeSecret"));
    expect(secrets.server).toEqual(bytes("serverHandshakeSecret"));
    expect(secrets.master).toEqual(bytes("masterSecret"));
    expect(deriveTrafficKeys(aes128GcmSha256, secrets.server)).toEqual({
      key: bytes("serverHandshakeKey"),
      iv: bytes("serverHandshakeIv"),
    });
    expect(deriveTrafficKeys(aes128GcmSha256, secrets.client)).toEqual({
      key: bytes("clientHandshakeKey"),
      iv: bytes("clientHandshakeIv"),
    });
  });

  it("key schedule: application and Finished", () => {
    const hash = bytes("finishedHash");
    const secrets = deriveApplicationSecrets(aes128GcmSha256, bytes("masterSecret"), hash);
    expect(secrets.client).toEqual(bytes("clientApplicationSecret"));
    expect(secrets.server).toEqual(bytes("serverApplicationSecret"));
    expect(secrets.exporter).toEqual(bytes("exporterSecret"));
    const mac = finishedMac(aes128GcmSha256, bytes("clientHandshakeSecret"), hash);
    expect(mac).toEqual(bytes("clientFinishedMac"));
  });

  it("the whole trace: the client answers, record by record, as published", async () => {
    const writer = new RecordWriter({ paddingBuckets: [], keyLimits: gcmLimits });
    const inbound = new Inbound(
      { name: "wait-server-hello", hello: await traceHello(), retry: undefined },
      {
        writer,
        maxCertificates: 1,
        keyLimits: gcmLimits,
        verifyPeer: ([leaf]) => {
          const { publicKey } = new X509Certificate(leaf ?? new Uint8Array(0));
          return Promise.resolve({ spki: new Uint8Array(publicKey.export({ format: "der", type: "spki" })) });
        },
      },
    );
    await inbound.receive(concatBytes(bytes("serverHelloRecord"), bytes("serverFlightRecord")));
    expect(inbound.takeEvents()).toHaveLength(1);
    expect(writer.takeOutput()).toEqual(concatBytes(dummyChangeCipherSpec, bytes("clientFinishedRecord")));

    await inbound.receive(bytes("ticketRecord"));
    expect(inbound.takeEvents()).toEqual([]);
    await writer.write({ type: contentType.applicationData, content: bytes("applicationData") });
    expect(writer.takeOutput()).toEqual(bytes("clientDataRecord"));
    await inbound.receive(bytes("serverDataRecord"));
    expect(inbound.takeEvents()).toEqual([{ type: "data", bytes: bytes("applicationData") }]);

    await writer.writeLastAlert(0);
    expect(writer.takeOutput()).toEqual(bytes("clientAlertRecord"));
    await inbound.receive(bytes("serverAlertRecord"));
    expect(inbound.takeEvents()).toEqual([{ type: "closed" }]);
  });
});
