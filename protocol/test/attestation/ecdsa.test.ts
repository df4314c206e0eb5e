import { createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDerSignature, verifySignature, type Curve } from "../../ecdsa.ts";

const hashes = { "P-256": "sha256", "P-384": "sha384" } as const;
const message = Uint8Array.from(Buffer.from("what is signed"));

function pointOf(key: KeyObject): Uint8Array {
  const spki = key.export({ type: "spki", format: "der" });
  return Uint8Array.from(spki.subarray(spki.indexOf("0004", 0, "hex") + 1));
}

async function isAccepted(curve: Curve, point: Uint8Array, der: Uint8Array): Promise<boolean> {
  try {
    const raw = parseDerSignature(der, curve);
    await verifySignature({ curve, point }, raw, message, "ATTESTATION_SIGNATURE_INVALID");
    return true;
  } catch {
    return false;
  }
}

describe.each(["P-256", "P-384"] as const)("ECDSA on %s beside OpenSSL", (curve) => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: curve });
  const point = pointOf(createPublicKey(privateKey));
  const signature = (): Uint8Array => Uint8Array.from(sign(hashes[curve], message, privateKey));

  it("accepts what OpenSSL signs", async () => {
    for (let round = 0; round < 40; round += 1)
      expect(await isAccepted(curve, point, signature())).toBe(true);
  });

  it("accepts no changed signature that OpenSSL refuses", async () => {
    const change = fc.tuple(fc.nat(110), fc.nat(255), fc.nat(2));
    await fc.assert(
      fc.asyncProperty(change, async ([at, byte, dropped]) => {
        const good = signature();
        const der = good.map((old, index) => (index === at ? byte : old)).slice(0, good.length - dropped);
        const theirs = verify(hashes[curve], message, publicKey, der);
        expect(await isAccepted(curve, point, der)).toBe(theirs);
      }),
      { numRuns: 300 },
    );
  });
});
