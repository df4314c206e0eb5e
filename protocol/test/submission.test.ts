import fc from "fast-check";
import { encodeFunctionData, parseAbi } from "viem";
import { describe, expect, it } from "vitest";
import { hubAbi } from "../abi/hub.ts";
import type { Hex } from "../bytes.ts";
import type { OracleCertificate, SignedResult } from "../eip712.ts";
import { OpenContractsError } from "../errors.ts";
import {
  decodeCall,
  decodeSubmission,
  encodeSubmission,
  needsCertificate,
  parseFunctionSignature,
  type Submission,
} from "../submission.ts";

const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(hex);
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hex);
const bytes = fc.uint8Array({ maxLength: 100 }).map(hex);
const signature = fc.uint8Array({ minLength: 65, maxLength: 65 }).map(hex);
const uint = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
const seconds = fc.integer({ min: 0, max: 2 ** 40 - 1 });

function hex(array: Uint8Array): Hex {
  return `0x${Buffer.from(array).toString("hex")}`;
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof OpenContractsError) return error.code;
    throw error;
  }
  return "none";
}

const result: fc.Arbitrary<SignedResult> = fc.record({
  user: address,
  target: address,
  oracleHash: bytes32,
  registry: address,
  nonce: uint(256),
  startedAt: seconds,
  signedAt: seconds,
  deadline: seconds,
  value: uint(256),
  call: bytes,
});
const certificate: fc.Arbitrary<OracleCertificate> = fc.record({
  oracle: address,
  provider: address,
  image: bytes32,
  onlyOracleHash: bytes32,
  oraclePrice: uint(96),
  registryPrice: uint(96),
  notBefore: seconds,
  notAfter: seconds,
});
const submission: fc.Arbitrary<Submission> = fc.record({
  result,
  signature,
  maxPaymentWei: uint(256),
  proof: fc.option(fc.record({ certificate, registrySignature: signature }), { nil: undefined }),
});

/** Addresses come back in checksum case. */
function plain(value: Submission): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) => {
      if (typeof part === "bigint") return part.toString();
      return typeof part === "string" ? part.toLowerCase() : part;
    }),
  );
}

describe("a submission", () => {
  it("is encoded and decoded without loss", () => {
    fc.assert(
      fc.property(submission, (value) => {
        expect(plain(decodeSubmission(encodeSubmission(value)))).toEqual(plain(value));
      }),
    );
  });

  it("refuses cut, extended, foreign and other calldata", () => {
    fc.assert(
      fc.property(submission, fc.nat(), (value, seed) => {
        const calldata = encodeSubmission(value);
        const cut = 2 + 2 * (seed % (calldata.length / 2 - 1));
        expect(codeOf(() => decodeSubmission(calldata.slice(0, cut) as Hex))).toBe("SUBMISSION_MALFORMED");
        expect(codeOf(() => decodeSubmission(`${calldata}00`))).toBe("SUBMISSION_MALFORMED");
      }),
    );
    const withdraw = encodeFunctionData({ abi: hubAbi, functionName: "withdraw", args: [1n] });
    expect(codeOf(() => decodeSubmission(withdraw))).toBe("SUBMISSION_MALFORMED");
    expect(codeOf(() => decodeSubmission("0x12345678"))).toBe("SUBMISSION_MALFORMED");
  });

  it("needs the certificate where the Hub knows none, or one that ends too early", () => {
    const [sample] = fc.sample(result, { seed: 1, numRuns: 1 });
    if (sample === undefined) throw new Error("no sample");
    const zero: Hex = `0x${"0".repeat(40)}`;
    const known: Hex = `0x${"1".repeat(40)}`;
    expect(needsCertificate({ provider: zero, notAfter: sample.deadline }, sample)).toBe(true);
    expect(needsCertificate({ provider: known, notAfter: sample.deadline - 1 }, sample)).toBe(true);
    expect(needsCertificate({ provider: known, notAfter: sample.deadline }, sample)).toBe(false);
  });
});

describe("a call", () => {
  const signatureText = "settle(address buyer, uint256[] amounts, string note, (bool ok, bytes32 id) proof)";
  const abi = parseAbi([`function ${signatureText}`]);

  it("is shown argument by argument, in full", () => {
    const id: Hex = `0x${"ab".repeat(32)}`;
    const args = [
      "0x00000000000000000000000000000000000000cc",
      [1n, 2n],
      "<b>hi</b>",
      { ok: true, id },
    ] as const;
    const call = encodeFunctionData({ abi, functionName: "settle", args });
    expect(decodeCall(signatureText, call)).toEqual([
      { name: "buyer", type: "address", text: "0x00000000000000000000000000000000000000cc" },
      { name: "amounts", type: "uint256[]", text: '["1","2"]' },
      { name: "note", type: "string", text: "<b>hi</b>" },
      { name: "proof", type: "tuple", text: `{"ok":true,"id":"${id}"}` },
    ]);
  });

  it("may have no arguments", () => {
    const { selector } = parseFunctionSignature("claim()");
    expect(decodeCall("claim()", selector)).toEqual([]);
    expect(codeOf(() => decodeCall("claim()", `${selector}00`))).toBe("RESULT_ARGUMENTS_MALFORMED");
  });

  it("refuses another selector and every encoding but the one", () => {
    const { selector } = parseFunctionSignature("set(bool)");
    const word = (last: string): Hex => `${selector}${last.padStart(64, "0")}`;
    expect(decodeCall("set(bool)", word("1"))).toEqual([{ name: "", type: "bool", text: "true" }]);
    expect(codeOf(() => decodeCall("set(bool)", word("2")))).toBe("RESULT_ARGUMENTS_MALFORMED");
    expect(codeOf(() => decodeCall("set(bool)", selector))).toBe("RESULT_ARGUMENTS_MALFORMED");
    expect(codeOf(() => decodeCall("set(uint256)", word("1")))).toBe("RESULT_SELECTOR_MISMATCH");
  });

  it("never decodes random bytes into what would encode otherwise", () => {
    const { selector } = parseFunctionSignature("f(bytes,uint8)");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 160 }), (tail) => {
        expect(["none", "RESULT_ARGUMENTS_MALFORMED"]).toContain(
          codeOf(() => decodeCall("f(bytes,uint8)", `${selector}${hex(tail).slice(2)}`)),
        );
      }),
    );
  });
});

describe("a function's signature", () => {
  it("gives the same selector with and without names", () => {
    const { selector } = parseFunctionSignature("buyTokens(address,bytes32,bytes32)");
    expect(parseFunctionSignature("buyTokens(address seller, bytes32 offer, bytes32 id)").selector).toBe(
      selector,
    );
  });

  it.each([
    "",
    "f",
    "f(",
    "f()returns(uint256)",
    "f(nonsense)",
    "f() view",
    "f(uint256",
    "f(uint256))",
    "event f(uint256)",
    "f(uint256); function g()",
    `f(${"uint256,".repeat(200)}uint256)`,
    "f(uint256\n)",
  ])("refuses %j", (text) => {
    expect(codeOf(() => parseFunctionSignature(text))).toBe("SESSION_REQUEST_INVALID");
  });

  it("answers any text with a signature or its one code", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        expect(["none", "SESSION_REQUEST_INVALID"]).toContain(codeOf(() => parseFunctionSignature(text)));
      }),
    );
  });
});
