import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InternalError } from "#protocol/errors.ts";
import { sessionTimeouts } from "../../background/session/limits.ts";
import {
  createSessionState,
  isOver,
  needsInput,
  reduceSession,
  type SessionEvent,
  type SessionState,
} from "../../background/session/state.ts";

type Plain = SessionEvent extends infer E ? (E extends SessionEvent ? Omit<E, "atMs"> : never) : never;

const error = { code: "TLS_CLOSED", action: "retry" } as const;
const transaction = "0xab" as const;
const toResult: readonly Plain[] = [
  { type: "approved" },
  { type: "attesting" },
  { type: "uploading" },
  { type: "running" },
  { type: "resultVerified", resultDeadlineMs: 9_999_999 },
];

function at(event: Plain, atMs: number): SessionEvent {
  return { ...event, atMs };
}

function play(events: readonly Plain[], from = createSessionState(0)): SessionState {
  return events.reduce<SessionState>((state, event, index) => reduceSession(state, at(event, index)), from);
}

describe("a session's state", () => {
  it("goes from consent to confirmed", () => {
    const state = play([
      ...toResult,
      { type: "submitApproved" },
      { type: "broadcast", transaction },
      { type: "confirmed" },
    ]);
    expect(state).toEqual({ phase: "confirmed", transaction });
    expect(isOver(state)).toBe(true);
  });

  it("counts open questions", () => {
    const asked = play([...toResult.slice(0, 4), { type: "asked" }, { type: "asked" }, { type: "answered" }]);
    expect(needsInput(asked)).toBe(true);
    expect(needsInput(play([{ type: "answered" }], asked))).toBe(false);
  });

  it("keeps the result where the wallet or the transaction fails, with the reason", () => {
    const failed = { type: "submitFailed", error } as const;
    const wallet = play([...toResult, { type: "submitApproved" }, failed]);
    expect(wallet).toEqual({ phase: "result", deadlineMs: 9_999_999, problem: error });
    const broadcast = play([
      ...toResult,
      { type: "submitApproved" },
      { type: "broadcast", transaction },
      failed,
    ]);
    expect(broadcast).toEqual(wallet);
    expect(play([{ type: "submitApproved" }], broadcast).phase).toBe("wallet");
  });

  it("ends by denial, cancellation and failure", () => {
    expect(play([{ type: "denied" }])).toEqual({
      phase: "failed",
      error: { code: "SESSION_DENIED", action: "ask-user" },
    });
    for (let length = 0; length < 5; length += 1) {
      expect(play([...toResult.slice(0, length), { type: "cancelled" }])).toEqual({ phase: "cancelled" });
      expect(play([...toResult.slice(0, length), { type: "failed", error }])).toEqual({
        phase: "failed",
        error,
      });
    }
    expect(play([...toResult, { type: "cancelled" }]).phase).toBe("cancelled");
  });

  it("ends every wait at its deadline, and not before", () => {
    for (let length = 0; length < 5; length += 1) {
      const state = play(toResult.slice(0, length));
      if (!("deadlineMs" in state)) throw new Error("no deadline");
      expect(reduceSession(state, { type: "tick", atMs: state.deadlineMs - 1 })).toBe(state);
      expect(reduceSession(state, { type: "tick", atMs: state.deadlineMs })).toMatchObject({
        phase: "failed",
        error: { code: "SESSION_TIMEOUT" },
      });
    }
    const waiting = play(toResult);
    expect(reduceSession(waiting, { type: "tick", atMs: 9_999_999 })).toMatchObject({
      error: { code: "RESULT_EXPIRED" },
    });
    const wallet = play([{ type: "submitApproved" }], waiting);
    expect(reduceSession(wallet, { type: "tick", atMs: sessionTimeouts.walletMs })).toMatchObject({
      phase: "result",
      problem: { code: "SESSION_TIMEOUT" },
    });
  });

  it("refuses an event that cannot happen", () => {
    const impossible: readonly (readonly Plain[])[] = [
      [{ type: "running" }],
      [{ type: "confirmed" }],
      [...toResult.slice(0, 4), { type: "answered" }],
      [...toResult, { type: "failed", error }],
      [...toResult, { type: "submitApproved" }, { type: "broadcast", transaction }, { type: "cancelled" }],
      [{ type: "cancelled" }, { type: "cancelled" }],
    ];
    for (const events of impossible) expect(() => play(events)).toThrow(InternalError);
  });
});

describe("any run of events", () => {
  const event: fc.Arbitrary<Plain> = fc.oneof(
    fc.constantFrom<Plain>(
      ...toResult,
      { type: "asked" },
      { type: "answered" },
      { type: "denied" },
      { type: "tick" },
    ),
    fc.constantFrom<Plain>({ type: "submitApproved" }, { type: "confirmed" }, { type: "cancelled" }),
    fc.constantFrom<Plain>(
      { type: "failed", error },
      { type: "submitFailed", error },
      { type: "broadcast", transaction },
    ),
  );

  it("leads to a known state or an internal error; an end is final; a result needs all steps before it", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(10_000_000)), { maxLength: 40 }), (steps) => {
        let state = createSessionState(0);
        const passed = new Set([state.phase]);
        for (const [plain, atMs] of steps) {
          const before = state;
          try {
            state = reduceSession(before, at(plain, atMs));
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(InternalError);
          }
          if (isOver(before)) expect(state).toBe(before);
          passed.add(state.phase);
        }
        if (passed.has("result"))
          expect([...passed].slice(0, 5)).toEqual([
            "consent",
            "connecting",
            "attesting",
            "uploading",
            "running",
          ]);
        if (passed.has("confirmed")) expect(passed.has("broadcast")).toBe(true);
      }),
    );
  });

  it("can always be ended by time alone", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        let state = createSessionState(0);
        for (const plain of events) {
          try {
            state = reduceSession(state, at(plain, 1));
          } catch {
            // An impossible event changes nothing.
          }
        }
        for (let round = 0; round < 3; round += 1)
          state = reduceSession(state, { type: "tick", atMs: 2 ** 50 });
        expect(isOver(state)).toBe(true);
      }),
    );
  });
});
