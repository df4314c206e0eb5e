import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeAbiParameters, keccak256 } from "viem";
import type { Address } from "../bytes.ts";
import { hexFromBytes, toHex } from "../bytes.ts";
import { UntrustedError } from "../errors.ts";
import {
  encodeEnrollUserData,
  encodeIdentityUserData,
  encodeSessionUserData,
  identityNonce,
  readEnrollUserData,
  readIdentityUserData,
  readSessionUserData,
} from "../userData.ts";

const signer: Address = `0x${"a1".repeat(20)}`;
const provider: Address = `0x${"b2".repeat(20)}`;
const holders = { signer, provider };
const word = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const session = { role: "oracle", leafSha256: word(1), caSpkiSha256: word(2), exporter: word(3) } as const;
const enroll = { bodySha256: word(4), exporter: word(5) };
const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;

const statements = {
  identity: {
    bytes: encodeIdentityUserData({ role: "registry", ...holders }),
    read: (bytes: Uint8Array) => readIdentityUserData(bytes, { role: "registry" }),
  },
  enroll: {
    bytes: encodeEnrollUserData({ ...enroll, ...holders }),
    read: (bytes: Uint8Array) => readEnrollUserData(bytes, enroll),
  },
  session: {
    bytes: encodeSessionUserData({ ...session, ...holders }),
    read: (bytes: Uint8Array) => readSessionUserData(bytes, session),
  },
};
const each = Object.entries(statements).map(([name, statement]) => ({ name, ...statement }));

describe("user_data", () => {
  it("has the bytes of the protocol", () => {
    const tag = (text: string): string => Buffer.from(text).toString("hex").padEnd(64, "0");
    const ends = "a1".repeat(20) + "b2".repeat(20);
    const w = (byte: string): string => byte.repeat(32);
    expect(hexFromBytes(statements.identity.bytes)).toBe(`${tag("open-contracts identity v1")}02${ends}`);
    expect(hexFromBytes(statements.enroll.bytes)).toBe(
      `${tag("open-contracts enroll v1")}01${w("04")}${w("05")}${ends}`,
    );
    expect(hexFromBytes(statements.session.bytes)).toBe(
      `${tag("open-contracts session v1")}01${w("01")}${w("02")}${w("03")}${ends}`,
    );
    expect(each.map(({ bytes }) => bytes.length)).toEqual([73, 137, 169]);
  });

  it.each(each)("$name: is read as it was written", ({ bytes, read }) => {
    expect(read(bytes)).toEqual(holders);
  });

  it.each(each)("$name: is refused where it is cut or longer", ({ bytes, read }) => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => read(bytes.subarray(0, length))).toThrow(code("USER_DATA_LENGTH_MISMATCH"));
    }
    expect(() => read(Uint8Array.of(...bytes, 0))).toThrow(code("USER_DATA_LENGTH_MISMATCH"));
  });

  it.each([
    ["identity", 0, "USER_DATA_TAG_MISMATCH"],
    ["identity", 31, "USER_DATA_TAG_MISMATCH"],
    ["identity", 32, "USER_DATA_ROLE_MISMATCH"],
    ["enroll", 20, "USER_DATA_TAG_MISMATCH"],
    ["enroll", 32, "USER_DATA_ROLE_MISMATCH"],
    ["enroll", 33, "USER_DATA_BODY_MISMATCH"],
    ["enroll", 64, "USER_DATA_BODY_MISMATCH"],
    ["enroll", 65, "USER_DATA_EXPORTER_MISMATCH"],
    ["session", 14, "USER_DATA_TAG_MISMATCH"],
    ["session", 32, "USER_DATA_ROLE_MISMATCH"],
    ["session", 33, "USER_DATA_LEAF_MISMATCH"],
    ["session", 65, "USER_DATA_CA_MISMATCH"],
    ["session", 97, "USER_DATA_EXPORTER_MISMATCH"],
    ["session", 128, "USER_DATA_EXPORTER_MISMATCH"],
  ] as const)("%s: a change at byte %i is refused", (name, at, expected) => {
    const { bytes, read } = statements[name];
    expect(() => read(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)))).toThrow(code(expected));
  });

  it("names both sides of a comparison, but never an exporter", () => {
    const refusal = (expected: Parameters<typeof readSessionUserData>[1]): unknown => {
      try {
        return readSessionUserData(statements.session.bytes, expected);
      } catch (error) {
        return error;
      }
    };
    expect(refusal({ ...session, role: "registry" })).toMatchObject({ expected: "02", actual: "01" });
    expect(refusal({ ...session, exporter: word(9) })).toMatchObject({
      expected: undefined,
      actual: undefined,
    });
  });

  it.each([129, 149])("session: a zero address at byte %i is refused", (at) => {
    const zeroed = Uint8Array.from(statements.session.bytes).fill(0, at, at + 20);
    expect(() => statements.session.read(zeroed)).toThrow(code("USER_DATA_ADDRESS_ZERO"));
  });

  it.each([
    ["a short hash", () => encodeSessionUserData({ ...session, ...holders, leafSha256: new Uint8Array(31) })],
    [
      "an empty exporter",
      () => readEnrollUserData(statements.enroll.bytes, { ...enroll, exporter: word(1).slice(1) }),
    ],
    [
      "the zero signer",
      () => encodeIdentityUserData({ role: "oracle", provider, signer: `0x${"0".repeat(40)}` }),
    ],
    ["a short provider", () => encodeIdentityUserData({ role: "oracle", signer, provider: "0x12" })],
    ["a negative chain", () => identityNonce(-1, signer)],
    ["a fractional chain", () => identityNonce(1.5, signer)],
  ])("tells the caller who brings %s", (_name, call) => {
    expect(call).toThrow(code("USER_DATA_PART_INVALID"));
  });

  it("throws nothing but UntrustedError, whatever arrives", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 160, maxLength: 180 }), (bytes) => {
        expect(() => statements.session.read(bytes)).toThrow(UntrustedError);
      }),
    );
  });

  it("identity nonce: keccak256(abi.encode(chainId, hub)), as the chain computes it", () => {
    const types = [{ type: "uint256" }, { type: "address" }] as const;
    expect(toHex(identityNonce(31337, signer))).toBe(keccak256(encodeAbiParameters(types, [31337n, signer])));
    expect(toHex(identityNonce(2n ** 255n, signer))).toBe(
      keccak256(encodeAbiParameters(types, [2n ** 255n, signer])),
    );
  });
});
