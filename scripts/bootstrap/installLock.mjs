import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError, progress } from "./setupError.mjs";

const pollMs = 250;
const heartbeatMs = 5_000;
const silentMs = 120_000;
const deadlineMs = 20 * 60_000;

/**
 * True when the owner of a lock is gone: its process ended, or it has not touched the lock for two minutes
 * (another machine or container, whose processes we cannot see).
 * @param {{owner: {pid: number, host: string}, ageMs: number, host: string, isAlive: (pid: number) => boolean}} facts
 */
export function isAbandoned({ owner, ageMs, host, isAlive }) {
  return ageMs > silentMs || (owner.host === host && !isAlive(owner.pid));
}

/**
 * Does `work` while no other start of the project does the same; `folder` exists exactly as long as someone works.
 * @template T
 * @param {string} folder
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withInstallLock(folder, work) {
  const owner = { pid: process.pid, host: hostname(), token: randomBytes(8).toString("hex") };
  await acquire(folder, owner);
  const heartbeat = setInterval(() => touch(folder), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (readOwner(folder)?.token === owner.token) rmSync(folder, { recursive: true, force: true });
  }
}

async function acquire(folder, owner) {
  const givenUpAt = Date.now() + deadlineMs;
  for (let told = false; !tryTake(folder, owner); told = true) {
    if (!told) progress("another start is installing here; waiting for it");
    if (Date.now() > givenUpAt) {
      throw new SetupError(
        `another start has been installing for too long. If none is running, delete ${folder}`,
      );
    }
    removeIfAbandoned(folder);
    await sleep(pollMs);
  }
}

/** A folder that is ready made and then renamed never stands without its owner; onto a taken name it fails. */
function tryTake(folder, owner) {
  const draft = `${folder}.${owner.token}`;
  mkdirSync(draft, { recursive: true });
  writeFileSync(join(draft, "owner.json"), JSON.stringify(owner));
  try {
    renameSync(draft, folder);
    return true;
  } catch {
    rmSync(draft, { recursive: true, force: true });
    return false;
  }
}

/**
 * The abandoned lock is moved to a name made from its token and stays there: of two starts that both found it
 * abandoned, the later one finds the name taken, and cannot take away the new owner's lock.
 */
function removeIfAbandoned(folder) {
  const owner = readOwner(folder);
  if (owner === undefined) return;
  const ageMs = Date.now() - (modifiedMs(folder) ?? Date.now());
  if (!isAbandoned({ owner, ageMs, host: hostname(), isAlive })) return;
  try {
    renameSync(folder, join(dirname(folder), `abandoned-${owner.token}`));
  } catch {
    // Another start was quicker.
  }
}

function readOwner(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, "owner.json"), "utf8"));
  } catch {
    return undefined;
  }
}

function modifiedMs(folder) {
  try {
    return statSync(folder).mtimeMs;
  } catch {
    return undefined;
  }
}

function touch(folder) {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // The lock was taken from us after a long sleep of the machine; the work ends by its own checks.
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
