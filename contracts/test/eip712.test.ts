import { certificateDigest, resultDigest } from "#protocol/eip712.ts";
import type { OracleCertificate, SignedResult } from "#protocol/eip712.ts";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { freshSystem } from "./freshSystem.ts";
import type { TestSystem } from "./system.ts";

const bytes = (length: number) =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((array) => `0x${Buffer.from(array).toString("hex")}` as const);
const uint40 = fc.integer({ min: 0, max: 2 ** 40 - 1 });
const uint96 = fc.bigInt({ min: 0n, max: 2n ** 96n - 1n });
const uint256 = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });

const certificates: fc.Arbitrary<OracleCertificate> = fc.record({
  oracle: bytes(20),
  provider: bytes(20),
  image: bytes(32),
  onlyOracleHash: bytes(32),
  oraclePrice: uint96,
  registryPrice: uint96,
  notBefore: uint40,
  notAfter: uint40,
});

const results: fc.Arbitrary<SignedResult> = fc.record({
  user: bytes(20),
  target: bytes(20),
  oracleHash: bytes(32),
  registry: bytes(20),
  nonce: uint256,
  startedAt: uint40,
  signedAt: uint40,
  deadline: uint40,
  value: uint256,
  call: fc.integer({ min: 0, max: 200 }).chain(bytes),
});

describe("EIP-712 in Solidity", () => {
  const current = freshSystem(() => Promise.resolve());
  let system: TestSystem;
  beforeEach(() => {
    system = current();
  });

  it("makes the digests of protocol/eip712.ts, for any certificate", async () => {
    const property = fc.asyncProperty(certificates, async (certificate) => {
      const digest = await system.hub.read.certificateDigest([certificate]);
      expect(digest).toBe(certificateDigest(system.domain, certificate));
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it("makes the digests of protocol/eip712.ts, for any result", async () => {
    const property = fc.asyncProperty(results, async (result) => {
      expect(await system.hub.read.resultDigest([result])).toBe(resultDigest(system.domain, result));
    });
    await fc.assert(property, { numRuns: 50 });
  });
});
