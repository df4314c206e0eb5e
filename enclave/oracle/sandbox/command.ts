import { lstatSync, readlinkSync } from "node:fs";
import { programs } from "./programs.ts";
import type { ScriptLimits } from "./scriptRun.ts";
import type { Stage } from "./stage.ts";
import type { SessionUsers } from "./users.ts";

/** Descriptors that the confined process and its launcher inherit. */
export const descriptors = { toEnclave: 3, fromEnclave: 4, handover: 5, filter: 6 } as const;

/** Inside the sandbox: the working directory, the folder's originals, the module. */
const inside = { work: "/oracle", folder: "/run/folder", python: "/enclave/python" } as const;
const roots = "/etc/ssl/certs/ca-certificates.crt";

const environment: Readonly<Record<string, string>> = {
  PATH: "/usr/bin:/bin",
  HOME: "/tmp",
  TMPDIR: "/tmp",
  LANG: "C.UTF-8",
  SSL_CERT_FILE: roots,
  REQUESTS_CA_BUNDLE: roots,
  CURL_CA_BUNDLE: roots,
};

/** Puts `command` under `user`; where the caller is not uid 0 it has that user already. */
export function commandAs(user: number, users: SessionUsers, command: readonly string[]): string[] {
  if (!users.isOwn) return [...command];
  return [
    programs.setpriv,
    ...["--reuid", String(user), "--regid", String(users.group), "--clear-groups"],
    ...["--inh-caps=-all", "--bounding-set=-all", "--"],
    ...command,
  ];
}

/** The command of the confined script: its network first, then bubblewrap, then the runner. */
export function scriptCommand(stage: Stage, limits: ScriptLimits, folderBytes: number): string[] {
  const sandbox = bubblewrapCommand(stage, limits.diskBytes, folderBytes);
  return networkCommand(stage, [...sandbox, ...runnerCommand(limits, folderBytes)]);
}

/** `command` after the network is made, in its namespace. */
export function networkCommand(stage: Pick<Stage, "sites">, command: readonly string[]): string[] {
  return [programs.python, "-I", "-B", `${stage.sites}/network.py`, ...command];
}

function runnerCommand(limits: ScriptLimits, folderBytes: number): string[] {
  const { cpuSec, memoryBytes, processes, openFiles } = limits;
  const diskBytes = limits.diskBytes + folderBytes;
  const set = JSON.stringify({ cpuSec, memoryBytes, processes, openFiles, diskBytes });
  return [programs.python, "-I", "-B", "-X", "utf8", `${inside.python}/runner.py`, set];
}

/** Everything the script can see and do, option by option (bwrap(1)). */
function bubblewrapCommand(stage: Stage, diskBytes: number, folderBytes: number): string[] {
  return [
    programs.bubblewrap,
    ...["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"],
    ...["--die-with-parent", "--cap-drop", "ALL"],
    ...["--uid", "65534", "--gid", "65534", "--hostname", "sandbox"],
    ...systemFolders(),
    ...["--ro-bind", stage.etc, "/etc"],
    ...["--ro-bind", stage.folder, inside.folder, "--ro-bind", stage.python, inside.python],
    ...["--proc", "/proc", "--dev", "/dev", "--size", String(diskBytes), "--tmpfs", "/dev/shm"],
    ...["--remount-ro", "/dev"],
    ...["--size", String(diskBytes), "--tmpfs", "/tmp"],
    ...["--size", String(diskBytes + folderBytes), "--tmpfs", inside.work, "--chdir", inside.work],
    ...["--remount-ro", "/"],
    ...["--clearenv", ...Object.entries(environment).flatMap(([name, value]) => ["--setenv", name, value])],
    ...["--seccomp", String(descriptors.filter), "--"],
  ];
}

/** The system's programs and libraries, read-only; in a merged system /bin and /lib are links into /usr. */
function systemFolders(): string[] {
  const links = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"].flatMap((path) => {
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry === undefined) return [];
    return entry.isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
  });
  return ["--ro-bind", "/usr", "/usr", ...links];
}
