import { describe, expect, it } from "vitest";
import { findChromium } from "../world/browserBinary.ts";

describe("the browser", () => {
  it("is the first that is there", () => {
    expect(findChromium(["/nonexistent/chromium", process.execPath, "/"])).toBe(process.execPath);
  });

  it("that is missing is said to be, with what to do", () => {
    expect(() => findChromium(["/nonexistent/chromium"])).toThrow(
      expect.objectContaining({ code: "DEMO_BROWSER_MISSING", action: "fix-code" }),
    );
  });
});
