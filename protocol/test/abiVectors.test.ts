import { describe, expect, it } from "vitest";
import { encodeAbiParameters, getAddress, keccak256, toFunctionSelector, type AbiParameter } from "viem";
import vectors from "../vectors/abi.json" with { type: "json" };

/** The vectors that the Python module is held against, held against viem here. What the module refuses, viem takes in part. */
describe("ABI vectors", () => {
  it.each(vectors.cases)("$name", ({ types, values, encoded, keccak, signature, selector }) => {
    const computed = encodeAbiParameters(types.map(parameterOf), values.map(valueOf));
    expect(computed).toBe(encoded);
    expect(keccak256(computed)).toBe(keccak);
    expect(toFunctionSelector(signature)).toBe(selector);
  });

  it.each(vectors.checksums)("checksum of %s", (address) => {
    expect(getAddress(address.toLowerCase())).toBe(address);
  });
});

/** viem's form of a type: tuples apart, `uint` and `int` written out. */
function parameterOf(text: string): AbiParameter {
  const array = /^(.+)(\[\d*\])$/.exec(text);
  if (array?.[1] !== undefined) {
    const inner = parameterOf(array[1]);
    return { ...inner, type: `${inner.type}${array[2] ?? ""}` };
  }
  if (!text.startsWith("(")) return { type: /^u?int$/.test(text) ? `${text}256` : text };
  return { type: "tuple", components: splitTuple(text).map(parameterOf) };
}

function splitTuple(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of text.slice(1, -1)) {
    depth += character === "(" ? 1 : character === ")" ? -1 : 0;
    if (character === "," && depth === 0) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${character}`);
  }
  return parts;
}

/** Numbers stand as decimal text in the vectors. */
function valueOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueOf);
  return typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : value;
}
