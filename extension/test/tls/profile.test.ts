import { describe, expect, it } from "vitest";
import { concatBytes } from "#protocol/bytes.ts";
import { UntrustedError } from "#protocol/errors.ts";
import { encodeExtension, extensionType } from "../../background/tls/extensions.ts";
import { encodeHandshake, handshakeType } from "../../background/tls/handshakeMessage.ts";
import { encodeUint, encodeVector } from "../../background/tls/wire.ts";
import { errorOf, expectRefusal } from "./refusal.ts";
import { alpnExtension, block, connectScripted, startScripted } from "./scriptedServer.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");
const stranger = await createTestIdentity("P-256");

const one = Uint8Array.of(1);
const empty = new Uint8Array(0);
const unknownExtension = encodeExtension(0xfafa, empty);
const certificateRequest = (...extensions: readonly Uint8Array[]): Uint8Array =>
  concatBytes(Uint8Array.of(0), block(...extensions));
const signatureAlgorithms = encodeExtension(
  extensionType.signatureAlgorithms,
  encodeVector(2, encodeUint(0x0403, 2)),
);

describe("the caller's profile", () => {
  it("sees the certificates, and its refusal is the connection's, answered by bad_certificate", async () => {
    const seen: Uint8Array[] = [];
    const refusal = new UntrustedError("ATTESTATION_PCR_MISMATCH");
    const { client, server } = await startScripted(identity, {
      verifyPeer: (certificates) => {
        seen.push(...certificates);
        return Promise.reject(refusal);
      },
    });
    await client.receive(await server.serverHello());
    const record = await server.handshakeRecord(await server.honestFlight());
    expect(await errorOf(client.receive(record))).toBe(refusal);
    expect(seen).toEqual([identity.certificate]);
    const records = await server.open(client.takeOutput().slice(6));
    expect(records.map(({ content }) => content)).toEqual([Uint8Array.of(2, 42)]);
  });

  it("that fails by mistake ends in internal_error", async () => {
    const { client, server } = await startScripted(identity, {
      verifyPeer: () => Promise.reject(new TypeError("not ours")),
    });
    await client.receive(await server.serverHello());
    const record = await server.handshakeRecord(await server.honestFlight());
    await expect(client.receive(record)).rejects.toBeInstanceOf(TypeError);
    const records = await server.open(client.takeOutput().slice(6));
    expect(records.map(({ content }) => content)).toEqual([Uint8Array.of(2, 80)]);
  });

  it("cannot be outlived: a client destroyed while it decides never connects", async () => {
    let decide: (verdict: { spki: Uint8Array }) => void = () => undefined;
    const { client, server } = await startScripted(identity, {
      verifyPeer: () => new Promise((resolve) => (decide = resolve)),
    });
    await client.receive(await server.serverHello());
    const receiving = client.receive(await server.handshakeRecord(await server.honestFlight()));
    await new Promise((resolve) => setImmediate(resolve));
    client.destroy();
    decide({ spki: identity.spki });
    await receiving;
    expect(client.takeEvents()).toEqual([]);
    expect((await errorOf(client.send(one))).code).toBe("TLS_CLOSED");
  });

  it("may accept longer lists where the caller says so", async () => {
    const { client, server } = await startScripted(identity, { maxCertificates: 2 });
    await client.receive(await server.serverHello());
    const flight = concatBytes(
      server.encryptedExtensions(alpnExtension),
      server.certificate([identity.certificate, stranger.certificate]),
      await server.certificateVerify(),
      server.finished(),
    );
    await client.receive(await server.handshakeRecord(flight));
    expect(client.takeEvents()).toEqual([{ type: "connected", leaf: identity.certificate }]);
  });
});

describe("a CertificateRequest", () => {
  it("is answered by an empty list: this client has no certificate", async () => {
    const { client, server } = await startScripted(identity);
    await client.receive(await server.serverHello());
    const flight = concatBytes(
      server.encryptedExtensions(alpnExtension),
      server.message(
        handshakeType.certificateRequest,
        certificateRequest(signatureAlgorithms, unknownExtension),
      ),
      server.certificate(),
      await server.certificateVerify(),
      server.finished(),
    );
    await client.receive(await server.handshakeRecord(flight));
    expect(client.takeEvents()).toHaveLength(1);
    const records = await server.open(client.takeOutput().slice(6));
    const [certificate, finished] = records.map((record) => record.content);
    expect(certificate).toEqual(encodeHandshake(handshakeType.certificate, new Uint8Array(4)));
    expect(finished?.[0]).toBe(handshakeType.finished);
  });

  it("after the handshake is refused: post_handshake_auth was not offered", async () => {
    const pair = await connectScripted(identity);
    const message = encodeHandshake(
      handshakeType.certificateRequest,
      certificateRequest(signatureAlgorithms),
    );
    await expectRefusal(pair, await pair.server.handshakeRecord(message), ["TLS_UNEXPECTED_MESSAGE", 10]);
  });
});
