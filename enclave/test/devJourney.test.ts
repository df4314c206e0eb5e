import { keccak256, recoverAddress, toBytes } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toHex, utf8 } from "#protocol/bytes.ts";
import { certificateDigest, hubDomain, resultDigest } from "#protocol/eip712.ts";
import { oracleHash } from "#protocol/folder/manifest.ts";
import { createMessageStream } from "#protocol/wire/messageStream.ts";
import { registryReplySchema, type RegistryRequestWire } from "#protocol/wire/registry.ts";
import { oracleReplySchema, type OracleRequestWire } from "#protocol/wire/session.ts";
import { expectReply, hello, openOwnTls, verifySession } from "./devClient.ts";
import { chainId, hub, oracleProvider, registryProvider, startDevWorld, type DevWorld } from "./devWorld.ts";

const user = "0x00000000000000000000000000000000000000c1";
const target = "0x00000000000000000000000000000000000000c2";
const selector = keccak256(toBytes("report(uint256)")).slice(0, 10) as `0x${string}`;
const script = `import opencontracts

with opencontracts.session() as session:
    session.print("welcome")
    number = session.user_input("number?")
    session.submit(int(number), types=("uint256",), function_name="report")
`;

let world: DevWorld;
beforeAll(async () => {
  world = await startDevWorld();
}, 60_000);
afterAll(async () => {
  expect(await world.stop()).toEqual([0, 0, 0, 0, 0]);
}, 60_000);

async function openRegistry() {
  const connection = await openOwnTls(world.registryRelayUrl);
  const talk = createMessageStream<typeof registryReplySchema, RegistryRequestWire>(
    connection,
    registryReplySchema,
  );
  const greeting = hello();
  await talk.write(greeting);
  const attestation = await expectReply(talk, "attestation");
  const { caCertificate: caDer } = attestation;
  const verified = await verifySession(connection, attestation, {
    ...{ role: "registry", nonce: greeting.nonce, caDer, trust: world.trust },
  });
  return { talk, caDer, verified };
}

describe("development world", () => {
  it("enrolls the oracle, attests both enclaves, runs a script and signs its result", async () => {
    await world.oracleControl.status("enrolled");
    const registry = await openRegistry();
    expect(registry.verified.statement.provider).toBe(registryProvider);
    await registry.talk.write({ type: "quotes", chainId, hub });
    const { quotes } = await expectReply(registry.talk, "quotes");
    expect(quotes).toHaveLength(1);
    const [quote] = quotes;
    expect(quote?.endpoint).toBe(world.oracleRelayUrl);
    expect(quote?.freeSessions).toBe(8);

    const connection = await openOwnTls(quote?.endpoint ?? "");
    const talk = createMessageStream<typeof oracleReplySchema, OracleRequestWire>(
      connection,
      oracleReplySchema,
    );
    const greeting = hello();
    await talk.write(greeting);
    const attestation = await expectReply(talk, "attestation");
    const verified = await verifySession(connection, attestation, {
      ...{ role: "oracle", nonce: greeting.nonce, caDer: registry.caDer, trust: world.trust },
    });
    const { certificate, registrySignature } = attestation;
    expect(certificate).toMatchObject({
      oracle: verified.statement.signer,
      provider: oracleProvider,
      image: verified.image,
    });
    expect([certificate.oraclePrice, certificate.registryPrice]).toEqual([10n, 5n]);
    const domain = hubDomain(chainId, hub);
    const issuer = await recoverAddress({
      hash: certificateDigest(domain, certificate),
      signature: toHex(registrySignature),
    });
    expect(issuer.toLowerCase()).toBe(registry.verified.statement.signer);

    const files = [
      { path: "oracle.py", bytes: utf8(script) },
      { path: "empty/none", bytes: new Uint8Array() },
    ];
    await talk.write({
      ...{ type: "run", chainId, hub, target, selector, user, value: "7" },
      files: files.map(({ path, bytes }) => ({ path, size: bytes.length })),
    });
    await talk.write({ type: "file", index: 0, bytes: utf8(script) });
    const started = await expectReply(talk, "started");
    expect(started.oracleHash).toBe(await oracleHash(files));
    expect((await expectReply(talk, "print")).text).toBe("welcome");
    const prompt = await expectReply(talk, "prompt");
    await talk.write({ type: "ping" });
    await expectReply(talk, "pong");
    await talk.write({ type: "answer", id: prompt.id, text: "42" });
    const { result, signature } = await expectReply(talk, "result");
    expect(result).toMatchObject({ user, target, oracleHash: started.oracleHash, value: 7n, nonce: 0n });
    expect(result.registry).toBe(registry.verified.statement.signer);
    expect(result.call).toBe(`${selector}${(42).toString(16).padStart(64, "0")}`);
    expect(result.deadline).toBe(result.signedAt + 3600);
    const signer = await recoverAddress({ hash: resultDigest(domain, result), signature: toHex(signature) });
    expect(signer.toLowerCase()).toBe(verified.statement.signer);
    expect(await talk.read()).toBeNull();
    await registry.talk.close();
  }, 60_000);
});
