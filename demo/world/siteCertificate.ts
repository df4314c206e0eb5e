import forge from "node-forge";

/** PEM texts of a certificate and its key. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

const dayMs = 86_400_000;

function createCertificate(
  subject: string,
  issuer: { readonly name: string; readonly key?: forge.pki.rsa.PrivateKey },
  extensions: readonly Readonly<Record<string, unknown>>[],
): { readonly files: CertificateFiles; readonly key: forge.pki.rsa.PrivateKey } {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  // The leading 01 keeps the serial number positive and without leading zeros (RFC 5280 4.1.2.2).
  certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(15))}`;
  certificate.validity.notBefore = new Date(Date.now() - dayMs);
  certificate.validity.notAfter = new Date(Date.now() + 365 * dayMs);
  certificate.setSubject([{ name: "commonName", value: subject }]);
  certificate.setIssuer([{ name: "commonName", value: issuer.name }]);
  certificate.setExtensions([...extensions]);
  certificate.sign(issuer.key ?? keys.privateKey, forge.md.sha256.create());
  const files = {
    cert: forge.pki.certificateToPem(certificate),
    key: forge.pki.privateKeyToPem(keys.privateKey),
  };
  return { files, key: keys.privateKey };
}

/** The demo world's own authority and the example site's certificate under it. */
export interface SiteCertificates {
  /** PEM of the authority; only the enclave's development entry point and the demo's browser trust it. */
  readonly caPem: string;
  readonly site: CertificateFiles;
}

/** Makes an authority, forgets its key, and leaves one certificate for `hostName`. */
export function createSiteCertificates(hostName: string): SiteCertificates {
  const name = "Open Contracts demo site authority";
  const ca = createCertificate(name, { name }, [
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
  ]);
  const site = createCertificate(hostName, { name, key: ca.key }, [
    { name: "basicConstraints", cA: false },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames: [{ type: 2, value: hostName }] },
  ]);
  return { caPem: ca.files.cert, site: site.files };
}
