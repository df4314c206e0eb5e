import { concatBytes, utf8 } from "#protocol/bytes.ts";
import type { CryptoKeyLike } from "#protocol/webcrypto.ts";
import { subtle } from "#protocol/webcrypto.ts";
import { der, derSignature } from "./der.ts";

/** Curves that test servers sign with. */
export type TestCurve = "P-256" | "P-384";

/** A server key with a self-signed certificate; good for nothing but these tests. */
export interface TestIdentity {
  readonly privateKey: CryptoKeyLike;
  readonly pkcs8: Uint8Array;
  readonly spki: Uint8Array;
  readonly certificate: Uint8Array;
  /** DER signature over `content`. */
  sign(content: Uint8Array): Promise<Uint8Array>;
}

const ecdsaWithSha256 = der(0x30, der(0x06, Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)));

function name(): Uint8Array {
  const commonName = der(0x30, der(0x06, Uint8Array.of(0x55, 0x04, 0x03)), der(0x0c, utf8("test")));
  return der(0x30, der(0x31, commonName));
}

/** Makes a key on `curve` and a certificate for it. */
export async function createTestIdentity(curve: TestCurve): Promise<TestIdentity> {
  const algorithm = { name: "ECDSA", namedCurve: curve };
  const { publicKey, privateKey } = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const spki = new Uint8Array(await subtle.exportKey("spki", publicKey));
  const pkcs8 = new Uint8Array(await subtle.exportKey("pkcs8", privateKey));
  const signWith = async (hash: string, content: Uint8Array): Promise<Uint8Array> =>
    derSignature(new Uint8Array(await subtle.sign({ name: "ECDSA", hash }, privateKey, content)));
  const validity = der(0x30, der(0x17, utf8("200101000000Z")), der(0x17, utf8("490101000000Z")));
  const version = der(0xa0, der(0x02, Uint8Array.of(2)));
  const serial = der(0x02, Uint8Array.of(1));
  const tbs = der(0x30, version, serial, ecdsaWithSha256, name(), validity, name(), spki);
  const signature = concatBytes(Uint8Array.of(0), await signWith("SHA-256", tbs));
  return {
    privateKey,
    pkcs8,
    spki,
    certificate: der(0x30, tbs, ecdsaWithSha256, der(0x03, signature)),
    sign: (content) => signWith(curve === "P-256" ? "SHA-256" : "SHA-384", content),
  };
}
