import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAmount, formatHost, formatRemaining, groupHex } from "../../popup/format.ts";
import { visible } from "../../popup/parts/ScriptSays.tsx";

describe("a script's text", () => {
  it.each([
    ["turns the direction", "pay \u202E0001\u202C to"],
    ["isolates", "\u2066x\u2069"],
    ["is invisible", "a\u200Bb\u2060c\uFEFF"],
    ["is a control character", "a\u0007b\u009B"],
    ["is a carriage return", "real\rfake"],
  ])("shows as a mark what %s", (_name, text) => {
    expect(visible(text)).toContain("\uFFFD");
    expect(visible(text)).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B\u0007\r]/);
  });

  it("keeps lines, tabs and every language", () => {
    const text = "Grüße\n\tסלאם 你好 👍";
    expect(visible(text)).toBe(text);
  });

  it("keeps its length, so that nothing is hidden", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => visible(text).length === text.length),
      { seed: 6 },
    );
  });
});

describe("what people read", () => {
  it("shows amounts exactly", () => {
    expect(formatAmount("1320000000000000001")).toBe("1.320000000000000001");
    expect(formatAmount("0")).toBe("0");
  });

  it("shows what is left of a time, never less than nothing", () => {
    expect([
      formatRemaining(0),
      formatRemaining(-5_000),
      formatRemaining(61_000),
      formatRemaining(3_600_000),
    ]).toEqual(["0:00", "0:00", "1:01", "1:00:00"]);
  });

  it("shows hosts with their port and hashes in groups", () => {
    expect(formatHost("https://a.example:8443")).toBe("a.example:8443");
    expect(groupHex("0x0123456789abcdef")).toBe("01234567 89abcdef");
  });
});
