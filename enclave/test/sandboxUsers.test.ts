import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { probeSandbox } from "../oracle/sandbox/probe.ts";
import { explainRefusal } from "../oracle/sandbox/userNamespaces.ts";

const run = promisify(execFile);
const entry = join(import.meta.dirname, "sandboxProbeEntry.ts");
const probe = `exec "${process.execPath}" "${entry}"`;

/** In a user namespace, so that it works for every caller and finds these files wherever they lie. */
const asUser = ["--user", "--map-user=12345", "--map-group=12345"];

async function probeUnder(...command: readonly string[]): Promise<unknown> {
  const [program = "", ...args] = command;
  return JSON.parse((await run(program, args)).stdout) as unknown;
}

describe("who starts the sandbox", () => {
  it("the user of this test", async () => {
    await expect(probeSandbox(() => Date.now())).resolves.toBeUndefined();
  });

  it("an ordinary user", async () => {
    const answer = await probeUnder("/usr/bin/unshare", ...asUser, "sh", "-c", probe);
    expect(answer).toEqual({ uid: 12345, error: null });
  });

  it("nobody, where user namespaces are refused: the error names the setting", async () => {
    const script = `echo 0 > /proc/sys/user/max_user_namespaces && ${probe}`;
    expect(await probeUnder("/usr/bin/unshare", ...asUser, "--keep-caps", "sh", "-c", script)).toEqual({
      uid: 12345,
      error: {
        code: "ENCLAVE_SANDBOX_UNAVAILABLE",
        action: "fix-code",
        expected: "user.max_user_namespaces = 16384",
        actual: "user.max_user_namespaces = 0",
      },
    });
  });
});

describe("why there is no sandbox", () => {
  it.each([
    ["kernel.unprivileged_userns_clone", "0"],
    ["user.max_user_namespaces", "0"],
    ["kernel.apparmor_restrict_unprivileged_userns", "1"],
  ])("%s = %s", (setting, value) => {
    const error = explainRefusal("", (name) => (name === setting ? value : undefined));
    expect(error).toMatchObject({ code: "ENCLAVE_SANDBOX_UNAVAILABLE", actual: `${setting} = ${value}` });
  });

  it("something else: the launcher's last line", () => {
    expect(explainRefusal("a\nbwrap: no room\n", () => undefined).actual).toBe("bwrap: no room");
  });
});
