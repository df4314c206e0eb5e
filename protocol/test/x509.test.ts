import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { hexFromBytes } from "../bytes.ts";
import { parseCommonName } from "../commonName.ts";
import { UntrustedError } from "../errors.ts";
import { awsNitroRootDer, awsNitroRootSha256 } from "../trust/awsNitroRoot.ts";
import { sha256 } from "../webcrypto.ts";
import { keyUsageBit, parseCertificate } from "../x509.ts";
import { writeChain } from "./attestation/synthetic.ts";

let chain: readonly Uint8Array[] = [];
beforeAll(async () => {
  chain = [awsNitroRootDer, ...(await writeChain())];
});

describe("parseCertificate", () => {
  it("reads the vendor's root", async () => {
    const root = parseCertificate(awsNitroRootDer);
    expect(hexFromBytes(await sha256(awsNitroRootDer))).toBe(awsNitroRootSha256);
    expect(parseCommonName(root.subject)).toBe("aws.nitro-enclaves");
    expect(new Date(root.notAfterMs).toISOString()).toBe("2049-10-28T14:28:05.000Z");
    expect(root.basicConstraints).toEqual({ isCritical: true, isCa: true, pathLength: undefined });
    expect(root.keyUsage & keyUsageBit.keyCertSign).not.toBe(0);
    expect(root.key.curve).toBe("P-384");
  });

  it("reads what OpenSSL reads", () => {
    for (const der of chain) {
      const own = parseCertificate(der);
      const theirs = new X509Certificate(der);
      expect(hexFromBytes(own.serial)).toBe(theirs.serialNumber.toLowerCase());
      expect(own.notBeforeMs).toBe(Date.parse(theirs.validFrom));
      expect(own.notAfterMs).toBe(Date.parse(theirs.validTo));
      expect(own.basicConstraints?.isCa).toBe(theirs.ca);
      expect(theirs.subject.split("\n")).toContain(`CN=${parseCommonName(own.subject)}`);
      expect(Buffer.from(own.spki)).toEqual(theirs.publicKey.export({ type: "spki", format: "der" }));
    }
  });

  it("refuses a certificate cut at any byte", () => {
    const der = chain[3] ?? awsNitroRootDer;
    for (let length = 0; length < der.length; length += 1) {
      expect(() => parseCertificate(der.subarray(0, length))).toThrow("DER_TRUNCATED");
    }
  });

  it("throws nothing but UntrustedError, whatever is changed", () => {
    const der = chain[5] ?? awsNitroRootDer;
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.nat(255), fc.nat(4), (at, byte, dropped) => {
        const changed = der.map((old, index) => (index === at ? byte : old)).slice(0, der.length - dropped);
        try {
          parseCertificate(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(UntrustedError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
