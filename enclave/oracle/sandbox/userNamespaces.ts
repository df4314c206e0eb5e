import { readFileSync } from "node:fs";
import type { UsageError } from "#protocol/errors.ts";
import { sandboxUnavailable } from "./programs.ts";

/** Kernel settings that refuse user namespaces to ordinary users, and the value that does. */
const settings = [
  { name: "kernel.unprivileged_userns_clone", refusing: "0", wanted: "1" },
  { name: "user.max_user_namespaces", refusing: "0", wanted: "16384" },
  { name: "kernel.apparmor_restrict_unprivileged_userns", refusing: "1", wanted: "0" },
] as const;

/**
 * Why the sandbox did not start: the setting that forbids user namespaces, where one does; else `lastWords`, what
 * the launcher wrote before it ended. `readSetting` gives a sysctl's value, undefined where the kernel has none.
 */
export function explainRefusal(lastWords: string, readSetting = readSysctl): UsageError {
  for (const { name, refusing, wanted } of settings) {
    const value = readSetting(name);
    if (value === refusing) return sandboxUnavailable(`${name} = ${wanted}`, `${name} = ${value}`);
  }
  return sandboxUnavailable("bubblewrap starts", lastWords.trim().split("\n").at(-1) ?? "");
}

/** The value of a sysctl, e.g. `user.max_user_namespaces`. */
export function readSysctl(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name.replaceAll(".", "/")}`, "utf8").trim();
  } catch {
    return undefined;
  }
}
