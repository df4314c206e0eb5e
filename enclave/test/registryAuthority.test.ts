import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import {
  parseLeafCertificate,
  verifyCaProfile,
  verifyLeafIssuedBy,
  verifyLeafProfile,
} from "#protocol/leafCertificate.ts";
import { sha256 } from "#protocol/webcrypto.ts";
import { createTlsKey } from "../common/tlsKey.ts";
import { createCertificateAuthority, type CertificateAuthority } from "../registry/certificateAuthority.ts";
import { random } from "./devWorld.ts";

const nowMs = Date.now();
const signer = "0x00000000000000000000000000000000000000d1";
const hourMs = 60 * 60_000;

let authority: CertificateAuthority;
beforeAll(async () => {
  authority = await createCertificateAuthority(nowMs, random);
});

describe("a registry's certificates", () => {
  it("keep the CA profile of the protocol", async () => {
    const ca = await verifyCaProfile(authority.caDer, nowMs);
    expect(await sha256(ca.spki)).toEqual(authority.caSpkiSha256);
  });

  it.each(["oracle", "registry"] as const)("keep the leaf profile, as %s", async (role) => {
    const { spki } = await createTlsKey();
    const leaf = parseLeafCertificate(await authority.issueLeaf({ spki, signer, role }, nowMs));
    await verifyLeafIssuedBy(leaf, authority.caDer);
    expect(verifyLeafProfile(leaf, { role, nowMs })).toEqual({ spki, signer });
    expect(nowMs - leaf.notBeforeMs).toBeLessThan(5 * 60_000 + 1_000);
    expect(leaf.notAfterMs - nowMs).toBeGreaterThan(23 * hourMs);
  });

  it("are read alike by an independent reader", async () => {
    const { spki } = await createTlsKey();
    const leafDer = await authority.issueLeaf({ spki, signer, role: "oracle" }, nowMs);
    const [leaf, ca] = [new X509Certificate(leafDer), new X509Certificate(authority.caDer)];
    expect(ca.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.subjectAltName).toBe(`DNS:${signer.slice(2)}.oracle.opencontracts.internal`);
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  });

  it("have serial numbers of their own", async () => {
    const { spki } = await createTlsKey();
    const serials = await Promise.all(
      [1, 2].map(
        async () => new X509Certificate(await authority.issueLeaf({ spki, signer, role: "oracle" }, nowMs)),
      ),
    );
    expect(serials[0]?.serialNumber).not.toBe(serials[1]?.serialNumber);
  });
});
