import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageMessageSchema, pageSchemas, runParamsSchema } from "#messages/page.ts";
import { uiMessageSchema, uiSchemas } from "#messages/ui.ts";

const run = {
  chainId: 31337,
  contract: `0x${"Ab".repeat(20)}`,
  function: "buy(bytes32 offerId)",
  files: [{ path: "oracle.py", size: 10 }],
};

describe("the schemas of messages", () => {
  it("read a run request, with the contract in lower case and amounts as numbers", () => {
    const parsed = runParamsSchema.parse({ ...run, value: "0", maxPayment: "10000000000000000000" });
    expect(parsed).toMatchObject({ contract: `0x${"ab".repeat(20)}`, value: 0n, maxPayment: 10n ** 19n });
  });

  it.each([
    ["a hub", { hub: `0x${"11".repeat(20)}` }],
    ["an endpoint", { endpoint: "wss://evil.example" }],
    ["a user", { user: `0x${"11".repeat(20)}` }],
    ["an origin", { origin: "https://bank.example" }],
    ["a file's bytes in JSON", { files: [{ path: "oracle.py", size: 1, bytes: { 0: 1 } }] }],
    ["no file", { files: [] }],
    [
      "1,001 files",
      { files: Array.from({ length: 1001 }, (_, index) => ({ path: String(index), size: 0 })) },
    ],
    ["a negative size", { files: [{ path: "oracle.py", size: -1 }] }],
    ["a file above 64 MiB", { files: [{ path: "oracle.py", size: 67_108_865 }] }],
    ["a number as value", { value: 5 }],
    ["a value above 256 bits", { value: "9".repeat(78) }],
    ["a short contract", { contract: "0x1234" }],
    ["a function without end", { function: "f".repeat(1_025) }],
    ["chain 0", { chainId: 0 }],
  ])("refuse %s in a run request", (_name, change) => {
    expect(runParamsSchema.safeParse({ ...run, ...change }).success).toBe(false);
  });

  it("refuse a piece larger than its limit", () => {
    const chunk = (length: number): unknown => ({
      type: "chunk",
      id: 1,
      index: 0,
      bytes: "A".repeat(length),
    });
    expect(pageMessageSchema.safeParse(chunk(262_144)).success).toBe(true);
    expect(pageMessageSchema.safeParse(chunk(262_148)).success).toBe(false);
  });

  const every = [
    pageMessageSchema,
    uiMessageSchema,
    ...Object.values(pageSchemas),
    ...Object.values(uiSchemas),
  ];
  it("never throw, whatever arrives", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...every), (value, schema) => {
        const parsed = schema.safeParse(value);
        return typeof parsed.success === "boolean";
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("accept no unknown field", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.jsonValue(), (key, value) => {
        fc.pre(!(key in runParamsSchema.shape));
        // An own property even for a name such as __proto__, as JSON.parse makes it.
        const params = JSON.parse(
          JSON.stringify(run).replace(/^\{/, `{${JSON.stringify(key)}:${JSON.stringify(value)},`),
        ) as unknown;
        return !runParamsSchema.safeParse(params).success;
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});
