import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { checkPassage } from "../oracle/sandbox/passage.ts";
import { probeSandbox } from "../oracle/sandbox/probe.ts";
import { explainRefusal } from "../oracle/sandbox/userNamespaces.ts";
import { createSandboxWorld } from "./sandboxWorld.ts";

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

describe("a session's directory that its users cannot get to", () => {
  /** A directory that only its owner may pass, and one inside it that all may. */
  async function inClosedPlace(use: (place: string, closed: string) => Promise<void>): Promise<void> {
    const closed = await mkdtemp(join(tmpdir(), "sandbox-closed-"));
    const place = join(closed, "open");
    await mkdir(place);
    await chmod(place, 0o711);
    try {
      await use(place, closed);
    } finally {
      await rm(closed, { recursive: true, force: true });
    }
  }

  it("is refused by the name and mode of what is in the way", () =>
    inClosedPlace(async (place, closed) => {
      await expect(checkPassage(join(place, "session"), { isOwn: true })).rejects.toMatchObject({
        code: "ENCLAVE_SANDBOX_UNAVAILABLE",
        expected: `${closed} with mode 0711`,
        actual: "mode 0700",
      });
      await chmod(closed, 0o711);
      await expect(checkPassage(join(place, "session"), { isOwn: true })).resolves.toBeUndefined();
    }));

  it("matters to uid 0 alone, which steps down; the script has not run", () =>
    inClosedPlace(async (place, closed) => {
      const world = await createSandboxWorld();
      const { end, messages } = await world.run("", { place });
      const expected = `${closed} with mode 0711`;
      const refused = { outcome: "failed", error: { code: "ENCLAVE_SANDBOX_UNAVAILABLE", expected } };
      expect(end).toMatchObject(process.getuid?.() === 0 ? refused : { outcome: "finished" });
      expect(messages).toEqual([]);
      await world.close();
    }));
});
