import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { handshakeType } from "../../background/tls/handshakeMessage.ts";
import { signedContent } from "../../background/tls/peer.ts";
import type { ScriptedServer } from "./scriptedServer.ts";
import { alpnExtension, startScripted } from "./scriptedServer.ts";
import { createTestIdentity } from "./testIdentity.ts";

const identity = await createTestIdentity("P-256");
const stranger = await createTestIdentity("P-256");

/** What a server may say after its ServerHello; every Finished is correct for what was said before it. */
const sayings: Readonly<Record<string, (server: ScriptedServer) => Uint8Array | Promise<Uint8Array>>> = {
  extensions: (server) => server.encryptedExtensions(alpnExtension),
  certificate: (server) => server.certificate(),
  proof: (server) => server.certificateVerify(),
  "proof by another key": (server) => server.certificateVerify({ signer: stranger }),
  "proof of another handshake": (server) =>
    server.certificateVerify({ content: (hash) => signedContent(hash.map((byte) => byte ^ 1)) }),
  "proof of zeros": (server) =>
    server.certificateVerify({ signature: (signature) => signature.map(() => 0) }),
  "proof left empty": (server) => server.certificateVerify({ signature: () => new Uint8Array(0) }),
  finished: (server) => server.finished(),
  ticket: (server) => server.message(handshakeType.newSessionTicket, new Uint8Array(14)),
};
const honest = ["extensions", "certificate", "proof", "finished"];

async function isConnectedBy(names: readonly string[]): Promise<boolean> {
  const { client, server } = await startScripted(identity);
  await client.receive(await server.serverHello());
  for (const name of names) {
    const message = await sayings[name]?.(server);
    if (message === undefined) throw new Error(`no such saying: ${name}`);
    await client.receive(await server.handshakeRecord(message)).catch(() => undefined);
  }
  return client.takeEvents().some((event) => event.type === "connected");
}

describe("a connection completes only by a valid CertificateVerify", () => {
  it("the honest order connects", async () => {
    expect(await isConnectedBy(honest)).toBe(true);
  });

  it("no other saying in its place does", async () => {
    for (const name of Object.keys(sayings).filter((saying) => saying !== "proof")) {
      expect(await isConnectedBy(honest.map((saying) => (saying === "proof" ? name : saying)))).toBe(false);
    }
    expect(await isConnectedBy(honest.filter((saying) => saying !== "proof"))).toBe(false);
  });

  it("no sequence but the honest one does", async () => {
    const name = fc.constantFrom(...Object.keys(sayings));
    const near = fc
      .tuple(fc.nat(4), fc.nat(2), fc.array(name, { maxLength: 2 }))
      .map(([at, removed, added]) => {
        const names = honest.slice();
        names.splice(at, removed, ...added);
        return names;
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(near, fc.array(name, { maxLength: 6 })), async (names) => {
        const startsHonest = honest.every((saying, index) => names[index] === saying);
        expect(await isConnectedBy(names)).toBe(startsHonest);
      }),
      { numRuns: 150 },
    );
  });
});
