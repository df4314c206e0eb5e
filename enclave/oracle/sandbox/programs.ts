import { existsSync } from "node:fs";
import { UsageError } from "#protocol/errors.ts";

/** The system's programs, by absolute path: PATH has no say in what confines a script. */
export const programs = {
  bubblewrap: "/usr/bin/bwrap",
  python: "/usr/bin/python3",
  setpriv: "/usr/bin/setpriv",
} as const;

/** @throws UsageError ENCLAVE_SANDBOX_UNAVAILABLE where this is no Linux or a program is missing */
export function checkPrograms(): void {
  if (process.platform !== "linux") throw sandboxUnavailable("Linux", process.platform);
  for (const path of Object.values(programs)) {
    if (!existsSync(path))
      throw sandboxUnavailable(path, "missing; install bubblewrap, python3 and util-linux");
  }
}

/** The one error for "no sandbox here": what it takes, and what was found. */
export function sandboxUnavailable(expected: string, actual: string): UsageError {
  return new UsageError("ENCLAVE_SANDBOX_UNAVAILABLE", { expected, actual });
}
