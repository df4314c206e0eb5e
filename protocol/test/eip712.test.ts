import { domainSeparator, keccak256, recoverAddress, stringToHex } from "viem";
import { describe, expect, it } from "vitest";
import {
  certificateDigest,
  hubDomain,
  oracleCertificateTypes,
  resultDigest,
  resultTypes,
} from "../eip712.ts";
import type { OracleCertificate, SignedResult } from "../eip712.ts";
import { eip712Vectors } from "./eip712Vectors.ts";

const { vectors, ...named } = eip712Vectors;
const [plain] = vectors;

function typeString(
  name: string,
  fields: readonly { readonly name: string; readonly type: string }[],
): string {
  return `${name}(${fields.map((field) => `${field.type} ${field.name}`).join(",")})`;
}

describe("EIP-712", () => {
  it("has the types of the vectors", () => {
    expect(typeString("OracleCertificate", oracleCertificateTypes.OracleCertificate)).toBe(
      named.certificateType,
    );
    expect(keccak256(stringToHex(named.certificateType))).toBe(named.certificateTypehash);
    expect(typeString("Result", resultTypes.Result)).toBe(named.resultType);
    expect(keccak256(stringToHex(named.resultType))).toBe(named.resultTypehash);
  });

  it.each(vectors)("makes the digests of the vector: $name", async (vector) => {
    const domain = hubDomain(vector.chainId, vector.hub);
    expect(domainSeparator({ domain })).toBe(vector.domainSeparator);
    const digests = {
      certificate: certificateDigest(domain, vector.certificate),
      result: resultDigest(domain, vector.result),
    };
    expect(digests).toEqual({ certificate: vector.certificateDigest, result: vector.resultDigest });
    const registry = await recoverAddress({
      hash: digests.certificate,
      signature: vector.certificateSignature,
    });
    expect(registry).toBe(named.registry);
    const oracle = await recoverAddress({ hash: digests.result, signature: vector.resultSignature });
    expect(oracle).toBe(named.oracle);
  });

  it("binds chain and Hub", () => {
    const domains = [
      hubDomain(plain.chainId, plain.hub),
      hubDomain(plain.chainId + 1, plain.hub),
      hubDomain(plain.chainId, plain.result.target),
    ];
    expect(new Set(domains.map((domain) => resultDigest(domain, plain.result))).size).toBe(3);
    expect(new Set(domains.map((domain) => certificateDigest(domain, plain.certificate))).size).toBe(3);
  });

  it("binds every field of a certificate", () => {
    const domain = hubDomain(plain.chainId, plain.hub);
    const changes: readonly Partial<OracleCertificate>[] = [
      { oracle: plain.hub },
      { provider: plain.hub },
      { image: plain.result.oracleHash },
      { onlyOracleHash: plain.result.oracleHash },
      { oraclePrice: 51n },
      { registryPrice: 12n },
      { notBefore: 1 },
      { notAfter: 1 },
    ];
    const digests = changes.map((change) => certificateDigest(domain, { ...plain.certificate, ...change }));
    expect(new Set([plain.certificateDigest, ...digests]).size).toBe(changes.length + 1);
  });

  it("binds every field of a result", () => {
    const domain = hubDomain(plain.chainId, plain.hub);
    const changes: readonly Partial<SignedResult>[] = [
      { user: plain.hub },
      { target: plain.hub },
      { oracleHash: plain.certificate.image },
      { registry: plain.hub },
      { nonce: 1n },
      { startedAt: 1 },
      { signedAt: 1 },
      { deadline: 1 },
      { value: 1n },
      { call: "0x" },
    ];
    const digests = changes.map((change) => resultDigest(domain, { ...plain.result, ...change }));
    expect(new Set([plain.resultDigest, ...digests]).size).toBe(changes.length + 1);
  });
});
