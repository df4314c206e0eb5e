import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAbandoned, withInstallLock } from "../../bootstrap/installLock.mjs";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "install lock "));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function leaveLock(owner: { pid: number; host: string }): string {
  const lock = join(folder, "install.lock");
  mkdirSync(lock);
  writeFileSync(join(lock, "owner.json"), JSON.stringify({ ...owner, token: "left" }));
  return lock;
}

describe("withInstallLock", () => {
  it("lets one work at a time, and leaves nothing", async () => {
    const lock = join(folder, "install.lock");
    let working = 0;
    const most: number[] = [];
    const work = async () => {
      most.push(++working);
      await sleep(20);
      working--;
    };
    await Promise.all([1, 2, 3, 4].map(() => withInstallLock(lock, work)));
    expect(most).toEqual([1, 1, 1, 1]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is given back when the work fails", async () => {
    const lock = join(folder, "install.lock");
    const failing = withInstallLock(lock, () => Promise.reject(new Error("no network")));
    await expect(failing).rejects.toThrow("no network");
    expect(existsSync(lock)).toBe(false);
  });

  it("takes over from a process that ended", async () => {
    const lock = leaveLock({ pid: 2 ** 30, host: hostname() });
    await expect(withInstallLock(lock, () => Promise.resolve("done"))).resolves.toBe("done");
    expect(existsSync(lock)).toBe(false);
  });

  it("takes over from another machine that fell silent", async () => {
    const lock = leaveLock({ pid: process.pid, host: "elsewhere" });
    utimesSync(lock, 0, 0);
    await expect(withInstallLock(lock, () => Promise.resolve("done"))).resolves.toBe("done");
  });
});

describe("isAbandoned", () => {
  const owner = { pid: 7, host: "here" };
  it.each([
    [{ ageMs: 1000, host: "here", isAlive: () => true }, false],
    [{ ageMs: 1000, host: "here", isAlive: () => false }, true],
    [{ ageMs: 1000, host: "elsewhere", isAlive: () => false }, false],
    [{ ageMs: 121_000, host: "elsewhere", isAlive: () => false }, true],
    [{ ageMs: 121_000, host: "here", isAlive: () => true }, true],
  ])("case %#", (facts, expected) => {
    expect(isAbandoned({ owner, ...facts })).toBe(expected);
  });
});
