import { readdirSync, readFileSync } from "node:fs";

/** A running process. */
interface Running {
  readonly pid: number;
  readonly parent: number;
  /** Distinguishes it from a later process with the same number. */
  readonly startedAt: string;
  readonly command: string;
}

/** Every process of scripts under `sessionsFolder`, with all their descendants, each as `pid@start`. */
export function sandboxProcesses(sessionsFolder: string): readonly string[] {
  const all = listProcesses();
  const found = new Set(
    all
      .filter(({ command }) => command.includes(sessionsFolder))
      .filter(isOfScript)
      .map(({ pid }) => pid),
  );
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => found.has(pid)).map(nameOf);
}

/** Those of `names` that still run. */
export function stillRunning(names: readonly string[]): readonly string[] {
  const running = new Set(listProcesses().map(nameOf));
  return names.filter((name) => running.has(name));
}

/** The oracle itself names the folder among its arguments too. */
function isOfScript({ command }: Running): boolean {
  return !command.includes("enclave/dev/oracle.ts");
}

function nameOf({ pid, startedAt }: Running): string {
  return `${String(pid)}@${startedAt}`;
}

function listProcesses(): readonly Running[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      // proc(5): the name in brackets may hold anything, so fields are counted from its end.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const isZombie = fields[0] === "Z";
      return isZombie
        ? []
        : [{ pid: Number(pid), parent: Number(fields[1]), startedAt: fields[19] ?? "", command }];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}
