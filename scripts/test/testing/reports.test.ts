import { describe, expect, it } from "vitest";
import { parsePlaywright } from "../../testing/playwrightReport.ts";
import {
  parseEslint,
  parseGenerated,
  parsePrettier,
  parsePython,
  parseSolhint,
  parseTsc,
} from "../../testing/reports.ts";
import { parseVitest } from "../../testing/vitestReport.ts";

describe("what is no report", () => {
  const parsers = { parseEslint, parseGenerated, parsePlaywright, parsePrettier, parseTsc };
  const texts = ["", "Segmentation fault", "{", "null", '{"passed": -1}'];
  it.each(Object.entries(parsers))("%s says so", (_name, parse) => {
    expect(texts.map(parse)).toEqual(texts.map(() => null));
  });

  it("parseSolhint and parseVitest say so", () => {
    expect(parseSolhint("Segmentation fault")).toBeNull();
    expect(parseVitest("", ["protocol"], "/c")).toBeNull();
  });
});

describe("parseEslint", () => {
  it("counts files, and fails those with findings, warnings too", () => {
    const finding = { line: 2, message: "no", ruleId: "eqeqeq", severity: 1 };
    const report = JSON.stringify([
      { filePath: "a.ts", messages: [] },
      { filePath: "b.ts", messages: [finding, finding] },
    ]);
    expect(parseEslint(report)).toMatchObject({ passed: 1, failures: [{ name: "b.ts" }] });
  });
});

describe("parseSolhint", () => {
  it("fails errors, not warnings", () => {
    const row = { filePath: "A.sol", line: 3, message: "no", ruleId: "x" };
    const rows = [
      { ...row, severity: "Warning" },
      { ...row, severity: "Error" },
      { conclusion: "2 problems" },
    ];
    expect(parseSolhint(JSON.stringify(rows))?.failures).toHaveLength(1);
    expect(parseSolhint("")).toEqual({ passed: 1, failures: [], skips: [] });
  });
});

describe("parsePrettier", () => {
  it("names each file, and not its closing line", () => {
    const report =
      "Checking formatting...\n[warn] a b.ts\n[error] c.ts: SyntaxError\n[error]   2 | {\n[error] > 3 | };\n[error]     | ^\n[warn] Code style issues found in 2 files.\n";
    expect(parsePrettier(report)?.failures.map(({ name }) => name)).toEqual(["a b.ts", "c.ts: SyntaxError"]);
  });

  it("needs the closing line of a clean run", () => {
    expect(
      parsePrettier("Checking formatting...\nAll matched files use Prettier code style!\n")?.passed,
    ).toBe(1);
    expect(parsePrettier("Checking formatting...\n")).toBeNull();
  });
});

describe("parseTsc", () => {
  const projects =
    "9:00:00 AM - Projects in this build: \n    * a/tsconfig.json\n    * a/test/tsconfig.json\n    * tsconfig.json\n";
  it("counts projects, and takes off those with errors", () => {
    expect(parseTsc(projects)).toMatchObject({ passed: 2, failures: [] });
    const report = `${projects}\na/test/x.ts(3,4): error TS2322: no\na/test/x.ts(9,4): error TS2322: no\n`;
    expect(parseTsc(report)).toMatchObject({
      passed: 1,
      failures: [{ name: "a/test/x.ts", message: "3: TS2322: no" }, {}],
    });
  });

  it("reads errors without a file", () => {
    expect(parseTsc(`${projects}error TS5083: Cannot read file\n`)?.failures).toHaveLength(1);
  });
});

describe("parseGenerated", () => {
  it("names what is stale", () => {
    expect(parseGenerated("stale: a.ts\nchecked 3 files\n")).toMatchObject({
      passed: 2,
      failures: [{ name: "a.ts" }],
    });
  });
});

describe("parsePython", () => {
  const line = (more: object) =>
    `noise\n${JSON.stringify({ passed: 2, skipped: 0, failures: [], ...more })}\n`;

  it("reads the last line", () => {
    expect(parsePython(line({}), "")).toEqual({ passed: 2, failures: [], skips: [] });
    expect(parsePython(line({ failures: ["a", "b"] }), "Traceback")?.failures).toEqual([
      { name: "a", message: "Traceback" },
      { name: "b", message: "see above" },
    ]);
  });

  it("knows no reason for a skip, and needs its report", () => {
    expect(parsePython(line({ skipped: 1 }), "")?.skips).toMatchObject([{ reason: "" }]);
    expect(parsePython("OK\n", "")).toBeNull();
  });
});

describe("parseVitest", () => {
  const test = (status: string, fullName = "it works") => ({ fullName, status, failureMessages: ["why"] });
  const file = (name: string, assertionResults: object[], status = "passed") => ({
    name,
    status,
    message: "",
    assertionResults,
  });
  const parse = (...testResults: object[]) =>
    parseVitest(JSON.stringify({ testResults }), ["protocol"], "/c");

  it("counts tests, and keeps the reason a skipped one names", () => {
    const outcome = parse(
      file("/c/protocol/test/a.test.ts", [test("passed"), test("pending", "x (shared folder absent)")]),
    );
    expect(outcome).toMatchObject({ passed: 1, failures: [] });
    expect(outcome?.skips[0]?.reason).toContain("shared folder absent");
  });

  it("fails a test, a file that does not load, and a room without a test", () => {
    const outcome = parse(
      file("/c/extension/test/a.test.ts", [test("failed")], "failed"),
      file("/c/extension/test/b.test.ts", [], "failed"),
    );
    expect(outcome?.failures.map(({ name }) => name)).toEqual([
      "extension/test/b.test.ts",
      "extension/test/a.test.ts > it works",
      "protocol",
    ]);
  });

  it("does not take a test left for later for a passed one", () => {
    expect(parse(file("/c/protocol/test/a.test.ts", [test("todo")]))).toMatchObject({
      passed: 0,
      skips: [{}],
    });
  });
});

describe("parsePlaywright", () => {
  const spec = (status: string, annotations: object[] = []) => ({
    title: "settles",
    file: "settle.e2e.ts",
    tests: [{ status, annotations, results: [{ error: { message: "why" } }] }],
  });
  const parse = (...specs: object[]) =>
    parsePlaywright(JSON.stringify({ suites: [{ specs: [], suites: [{ specs }] }], errors: [] }));

  it("counts nested flows", () => {
    expect(parse(spec("expected"), spec("unexpected"))).toMatchObject({
      passed: 1,
      failures: [{ message: "why" }],
    });
  });

  it("fails a flow that passed only the second time", () => {
    expect(parse(spec("flaky"))).toMatchObject({
      passed: 0,
      failures: [{ name: "settle.e2e.ts > settles" }],
    });
  });

  it("keeps the reason of a skip, and an error outside of any flow", () => {
    expect(parse(spec("skipped", [{ type: "skip", description: "no Chromium" }]))?.skips[0]?.reason).toBe(
      "no Chromium",
    );
    const report = JSON.stringify({ suites: [], errors: [{ message: "config" }] });
    expect(parsePlaywright(report)).toMatchObject({ failures: [{ message: "config" }] });
  });
});
