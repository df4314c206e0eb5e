import { realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sandboxUnavailable } from "./programs.ts";
import { hasOwnUsers, type SessionUsers } from "./users.ts";

const passByOthers = 0o001;
const passByAll = 0o111;

/**
 * Demands that a session's users can get to `path` (absolute, without links): where they are not the caller itself,
 * every directory above it must let others pass.
 * @throws UsageError ENCLAVE_SANDBOX_UNAVAILABLE naming the directory, its mode and the one it needs
 */
export async function checkPassage(path: string, { isOwn }: Pick<SessionUsers, "isOwn">): Promise<void> {
  if (!isOwn) return;
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    const mode = (await stat(directory)).mode & 0o7777;
    if ((mode & passByOthers) === 0) {
      throw sandboxUnavailable(`${directory} with mode ${octal(mode | passByAll)}`, `mode ${octal(mode)}`);
    }
    if (directory === dirname(directory)) return;
  }
}

/** The same for the directory in which sessions' directories will be made. @throws UsageError ENCLAVE_SANDBOX_UNAVAILABLE */
export async function checkWorkFolder(folder: string): Promise<void> {
  await checkPassage(join(await realpath(folder), "session"), { isOwn: hasOwnUsers() });
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
