import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  attentionMs,
  createAttention,
  isDeliberate,
  readyAtMs,
  reduceAttention,
  type AttentionEvent,
} from "../../popup/consent/attention.ts";

const after = (...events: readonly AttentionEvent[]): ReturnType<typeof createAttention> =>
  events.reduce(reduceAttention, createAttention(0));
const looking = [
  { type: "visible", atMs: 10 },
  { type: "focus", atMs: 20 },
] as const;
const press = (atMs: number, isTrusted = true): { atMs: number; isTrusted: boolean } => ({ atMs, isTrusted });

describe("a press of Approve", () => {
  it("counts once the window was visible and focused long enough", () => {
    expect(isDeliberate(after(...looking), press(20 + attentionMs))).toBe(true);
  });

  it("does not count a millisecond earlier", () => {
    expect(isDeliberate(after(...looking), press(19 + attentionMs))).toBe(false);
  });

  it("does not count when a script made it", () => {
    expect(isDeliberate(after(...looking), press(9_999, false))).toBe(false);
  });

  it.each([
    ["nobody has looked", []],
    ["only visible", looking.slice(0, 1)],
    ["only focused", looking.slice(1)],
    ["hidden since", [...looking, { type: "hidden", atMs: 30 } as const]],
    ["out of focus since", [...looking, { type: "blur", atMs: 30 } as const]],
  ])("does not count: %s", (_name, events) => {
    expect(isDeliberate(after(...events), press(9_999))).toBe(false);
  });

  it.each([
    [
      "came back into focus",
      [
        { type: "blur", atMs: 900 },
        { type: "focus", atMs: 1_000 },
      ],
    ],
    [
      "was covered and shown again",
      [
        { type: "hidden", atMs: 900 },
        { type: "visible", atMs: 1_000 },
      ],
    ],
    ["now shows something else", [{ type: "changed", atMs: 1_000 }]],
  ] as const)("waits anew when the window %s", (_name, events) => {
    const attention = after(...looking, ...events);
    expect(isDeliberate(attention, press(999 + attentionMs))).toBe(false);
    expect(isDeliberate(attention, press(1_000 + attentionMs))).toBe(true);
  });

  it("is not put off by an event that says the same again", () => {
    const attention = after(...looking, { type: "focus", atMs: 400 }, { type: "visible", atMs: 450 });
    expect(readyAtMs(attention)).toBe(20 + attentionMs);
  });

  it("never counts less than the time after the last change, whatever happened", () => {
    const types = ["visible", "hidden", "focus", "blur", "changed"] as const;
    const history = fc.array(fc.tuple(fc.constantFrom(...types), fc.nat(300)), { maxLength: 30 });
    fc.assert(
      fc.property(history, fc.nat(2_000), (steps, waitMs) => {
        let atMs = 0;
        const events = steps.map(([type, pauseMs]) => ({ type, atMs: (atMs += pauseMs) }));
        const lastLoss = Math.max(
          0,
          ...events.filter(({ type }) => ["hidden", "blur", "changed"].includes(type)).map((e) => e.atMs),
        );
        const pressedMs = atMs + waitMs;
        const counts = isDeliberate(after(...events), press(pressedMs));
        return !counts || pressedMs - lastLoss >= attentionMs;
      }),
      { numRuns: 500, seed: 4 },
    );
  });
});
