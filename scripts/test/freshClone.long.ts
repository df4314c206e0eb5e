import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execPath } from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand, type Run } from "../testing/childProcess.ts";

const checkout = join(import.meta.dirname, "../..");
const timeoutMs = 10 * 60_000;
const stamp = join("node_modules", ".open-contracts-install.json");

let clone: string;

/** What a clone of the working tree would hold. */
beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), "a fresh clone "));
  const listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", listing, { cwd: checkout, encoding: "utf8" }).split("\0");
  for (const file of files.filter((name) => name !== "" && existsSync(join(checkout, name)))) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(checkout, file), join(clone, file));
  }
});

afterAll(() => {
  rmSync(clone, { recursive: true, force: true });
});

function start(): Promise<Run> {
  const args = [join("scripts", "bootstrap.mjs"), join("scripts", "test.ts"), "--list"];
  return runCommand({ file: execPath, args, cwd: clone, timeoutMs });
}

describe("a fresh clone", () => {
  it("installs itself at the first start, and keeps stdout for the script", async () => {
    const run = await start();
    expect(run).toMatchObject({ code: 0 });
    expect(run.stdout).toMatch(/^build +contracts compile\n/);
    expect(run.stderr).toContain("installing packages");
  });

  it("starts at once the second time", async () => {
    expect(await start()).toMatchObject({ code: 0, stderr: "" });
  });

  it("repairs what an interrupted install left, once for starts side by side", async () => {
    rmSync(join(clone, stamp));
    rmSync(join(clone, "node_modules", "zod"), { recursive: true });
    const runs = await Promise.all([start(), start()]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(runs.filter(({ stderr }) => stderr.includes("installing packages"))).toHaveLength(1);
    expect(existsSync(join(clone, "node_modules", "zod", "package.json"))).toBe(true);
  });

  it("writes no host into the lockfile", () => {
    const lockfile = readFileSync(join(clone, "package-lock.json"), "utf8");
    expect(lockfile).not.toMatch(/"resolved": "https?:/);
  });
});
