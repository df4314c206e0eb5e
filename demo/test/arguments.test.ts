import { describe, expect, it } from "vitest";
import { helpText, parseDemoArguments } from "../arguments.ts";

const invalid = expect.objectContaining({ code: "DEMO_ARGUMENT_INVALID", action: "fix-code" });

describe("the command line of npm start", () => {
  it("opens a browser where there is a display, and goes without where there is none", () => {
    expect(parseDemoArguments([], true).headless).toBe(false);
    expect(parseDemoArguments([], false).headless).toBe(true);
    expect(parseDemoArguments(["--headless"], true).headless).toBe(true);
  });

  it("takes a folder and the function its script submits", () => {
    expect(parseDemoArguments(["--oracle", "mine", "--function", "report(uint256 x)"], true)).toEqual({
      help: false,
      headless: false,
      json: false,
      oracle: "mine",
      functionSignature: "report(uint256 x)",
    });
  });

  it.each([
    ["an unknown option", ["--fast"]],
    ["a word without option", ["mine"]],
    ["an option without its value", ["--oracle"]],
    ["a value where none belongs", ["--json=yes"]],
    ["a function without a folder", ["--function", "report()"]],
  ])("refuses %s", (_, argv) => {
    expect(() => parseDemoArguments(argv, true)).toThrow(invalid);
  });

  it("explains every option that it takes", () => {
    for (const name of ["--headless", "--json", "--oracle", "--function", "--help"]) {
      expect(helpText).toContain(name);
    }
  });
});
