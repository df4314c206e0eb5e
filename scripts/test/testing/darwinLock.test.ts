import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { darwinPackages, indispensable } from "../../testing/darwinLock.ts";

describe("darwinPackages", () => {
  it("names what is for macOS on ARM, or on any processor", () => {
    const packages = {
      "": {},
      "node_modules/everywhere": {},
      "node_modules/arm": { os: ["darwin"], cpu: ["arm64"] },
      "node_modules/intel": { os: ["darwin"], cpu: ["x64"] },
      "node_modules/both": { os: ["darwin"] },
      "node_modules/linux": { os: ["linux"], cpu: ["arm64"] },
    };
    expect(darwinPackages(JSON.stringify({ packages }))).toEqual(["node_modules/arm", "node_modules/both"]);
  });

  it("finds every indispensable binary in the project's lockfile", () => {
    const lockfile = readFileSync(join(import.meta.dirname, "../../../package-lock.json"), "utf8");
    const found = darwinPackages(lockfile);
    expect(indispensable.filter((name) => !found.includes(`node_modules/${name}`))).toEqual([]);
  });
});
