import { describe, expect, it } from "vitest";
import { judge } from "../../testing/judge.ts";
import { failedWith, skipReasons, skippedFor, sumOf, summaryOf } from "../../testing/outcome.ts";

const ended = { code: 0, timedOut: false, tail: "last words" };
const green = { passed: 3, failures: [], skips: [] };

describe("judge", () => {
  it("passes on what a clean run reports", () => {
    expect(judge({ stage: "unit", ending: ended, report: green }, { ci: true })).toEqual(green);
  });

  it.each([
    ["a run without report", { ...ended }, null, /without a report/],
    ["a crash without report", { ...ended, code: 1 }, null, /code 1.*without a report/],
    ["a run that found no test", ended, { passed: 0, failures: [], skips: [] }, /found no test/],
    ["an error that no test explains", { ...ended, code: 1 }, green, /names no failure/],
    ["a signal that no test explains", { ...ended, code: null }, green, /by a signal/],
    ["a run out of time", { ...ended, code: null, timedOut: true }, green, /in time/],
  ])("fails %s, with its last words", (_name, ending, report, message) => {
    const { failures } = judge({ stage: "unit", ending, report }, { ci: false });
    expect(failures).toHaveLength(1);
    expect(failures[0]?.message).toMatch(message);
    expect(failures[0]?.message).toContain("last words");
  });

  it("adds nothing where the report names the failure", () => {
    const report = { ...green, failures: [{ name: "a", message: "b" }] };
    expect(judge({ stage: "unit", ending: { ...ended, code: 1 }, report }, { ci: false })).toEqual(report);
  });

  it.each(skipReasons)("accepts the reason %s where a person runs it", (reason) => {
    expect(
      judge({ stage: "e2e", ending: ended, report: skippedFor("x", reason) }, { ci: false }).failures,
    ).toEqual([]);
  });

  it("accepts only an absent shared folder with CI=true", () => {
    const accepted = skipReasons.filter(
      (reason) =>
        judge({ stage: "e2e", ending: ended, report: skippedFor("x", reason) }, { ci: true }).skips.length >
        0,
    );
    expect(accepted).toEqual(["shared folder absent"]);
  });

  it("fails a skip without a reason, or with one of its own", () => {
    const report = { ...green, skips: ["", "flaky", "todo: later"].map((reason) => ({ name: "x", reason })) };
    expect(judge({ stage: "unit", ending: ended, report }, { ci: false }).failures).toHaveLength(3);
  });
});

describe("the summary", () => {
  it("counts every stage", () => {
    const total = sumOf([green, failedWith("a", "b"), skippedFor("c", "not Linux")]);
    expect(summaryOf(total)).toBe("3 passed, 1 failed, 1 skipped");
  });
});
