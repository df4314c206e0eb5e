import { hexFromBytes } from "#protocol/bytes.ts";
import { parseCertificate } from "#protocol/x509.ts";
import { issueCertificate, type CertificateFields } from "./certificateWriter.ts";
import { rootName, type SimulatedRoot } from "./root.ts";
import { createSigningKey, importSigningKey, type SigningKey } from "./signing.ts";
import type { Surroundings } from "./surroundings.ts";

/** Four certificates above the leaf, the leaf, and the key that signs documents. */
export interface SimulatedChain {
  /** Root first. */
  readonly cabundle: readonly Uint8Array[];
  readonly certificate: Uint8Array;
  readonly leafKey: SigningKey;
  readonly leafNotAfterMs: number;
}

type Subject = Pick<CertificateFields, "subject" | "authority"> & { readonly lifetimeMs: number };

interface Issuer {
  readonly name: string;
  readonly key: SigningKey;
}

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
const region = "local-simulated-1";
/** Room for clocks of other machines. */
const backdateMs = 60_000;

interface Issued {
  readonly der: Uint8Array;
  readonly notAfterMs: number;
  /** The certificate's own key and name, for what stands below it. */
  readonly holder: Issuer;
}

/** Issues a certificate for a new key. */
async function issue(
  issuer: Issuer,
  { subject, authority, lifetimeMs }: Subject,
  { clock, random }: Surroundings,
): Promise<Issued> {
  const key = await createSigningKey();
  const notBeforeMs = clock() - backdateMs;
  const notAfterMs = notBeforeMs + lifetimeMs;
  const fields: CertificateFields = {
    serial: Uint8Array.of(1, ...random(15)),
    issuer: issuer.name,
    subject,
    notBeforeMs,
    notAfterMs,
    spki: key.spki,
    authority,
  };
  const der = await issueCertificate(fields, issuer.key);
  return { der, notAfterMs, holder: { name: subject, key } };
}

async function openRoot(root: SimulatedRoot): Promise<Issuer> {
  const { spki } = parseCertificate(root.rootDer);
  return { name: rootName, key: await importSigningKey(root.privateKeyPkcs8, spki) };
}

/** The four certificates below a root, in order: 20 days, 6 days, a day, three hours, as real ones. */
function createSubjects(moduleId: string, random: Surroundings["random"]): readonly Subject[] {
  const id = (): string => hexFromBytes(random(8));
  const instance = moduleId.replace(/-enc.*$/, "");
  const ca = (name: string, pathLength: number, lifetimeMs: number): Subject => ({
    subject: `${name}.${region}.aws.nitro-enclaves`,
    authority: { pathLength },
    lifetimeMs,
  });
  return [
    ca(id(), 2, 20 * dayMs),
    ca(`${id()}.zonal`, 1, 6 * dayMs),
    ca(instance, 0, dayMs),
    { subject: `${moduleId}.${region}.aws`, authority: "leaf", lifetimeMs: 3 * hourMs },
  ];
}

/** Issues the chain of one enclave: root, region, zone, instance, leaf, in the form of real ones. */
export async function issueChain(
  root: SimulatedRoot,
  moduleId: string,
  surroundings: Surroundings,
): Promise<SimulatedChain> {
  const cabundle: Uint8Array[] = [];
  let last: Issued = { der: root.rootDer, notAfterMs: Infinity, holder: await openRoot(root) };
  for (const subject of createSubjects(moduleId, surroundings.random)) {
    cabundle.push(last.der);
    last = await issue(last.holder, subject, surroundings);
  }
  return { cabundle, certificate: last.der, leafKey: last.holder.key, leafNotAfterMs: last.notAfterMs };
}
