import { issueCertificate, type CertificateFields } from "./certificateWriter.ts";
import { createStoredKey, importSigningKey } from "./signing.ts";
import type { Surroundings } from "./surroundings.ts";

/** The root of simulated hardware: whoever holds it makes documents for any software. */
export interface SimulatedRoot {
  /** DER of the root certificate; what a development build trusts. */
  readonly rootDer: Uint8Array;
  /** The root's key, PKCS #8. To be kept out of version control and of every build. */
  readonly privateKeyPkcs8: Uint8Array;
}

/** Common name of every simulated root. */
export const rootName = "simulated.nitro-enclaves";
const backdateMs = 60 * 60_000;
const lifetimeMs = 10 * 365 * 24 * 60 * 60_000;

/** Makes a new root: P-384, self-signed, valid for ten years, in the form of the vendor's. */
export async function createSimulatedRoot({ clock, random }: Surroundings): Promise<SimulatedRoot> {
  const { pkcs8, spki } = await createStoredKey();
  const notBeforeMs = clock() - backdateMs;
  const fields: CertificateFields = {
    serial: Uint8Array.of(1, ...random(15)),
    issuer: rootName,
    subject: rootName,
    notBeforeMs,
    notAfterMs: notBeforeMs + lifetimeMs,
    spki,
    authority: "root",
  };
  const rootDer = await issueCertificate(fields, await importSigningKey(pkcs8, spki));
  return { rootDer, privateKeyPkcs8: pkcs8 };
}
