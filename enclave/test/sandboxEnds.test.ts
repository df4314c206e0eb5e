import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createSandboxWorld, type SandboxWorld } from "./sandboxWorld.ts";

let world: SandboxWorld;
beforeAll(async () => {
  world = await createSandboxWorld();
});
afterAll(() => world.close());

describe("a script ends", () => {
  const marker = `import os, signal, time
signal.signal(15, signal.SIG_IGN); signal.signal(1, signal.SIG_IGN)
for i in range(3):
    if os.fork() == 0:
        os.setsid()
        os.execv("/usr/bin/python3", ["python3", "-c", "import time; time.sleep(999)", MARK])
`;

  it("and leaves no process behind: by itself", async () => {
    const { end } = await world.run(marker.replace("MARK", `"left-by-itself"`) + "time.sleep(0.3)\n");
    expect(end).toEqual({ outcome: "finished" });
    await expectNoProcess("left-by-itself");
  });

  it("and leaves no process behind: stopped", async () => {
    const text = marker.replace("MARK", `"left-when-stopped"`);
    const session = `import opencontracts\n${text}opencontracts.session().print("here")\ntime.sleep(999)\n`;
    const { end } = await world.run(session, { onMessage: (_message, run) => run.stop("cancelled") });
    expect(end).toEqual({ outcome: "stopped", reason: "cancelled" });
    await expectNoProcess("left-when-stopped");
  });

  it("and leaves no process behind: with the enclave's process killed", async () => {
    const entry = join(import.meta.dirname, "sandboxOrphanEntry.ts");
    const place = await mkdtemp(join(tmpdir(), "sandbox-orphan-"));
    await chmod(place, 0o711);
    const env = { ...process.env, TMPDIR: place };
    const child = spawn(process.execPath, [entry], { env, stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    expect(await processesWith("left-by-the-dead")).not.toEqual([]);
    child.kill("SIGKILL");
    await once(child, "close");
    await vi.waitFor(() => expectNoProcess("left-by-the-dead"), { timeout: 20_000 });
    await vi.waitFor(() => expectNoProcess(/sandbox-orphan-/), { timeout: 20_000 });
    await rm(place, { recursive: true, force: true });
  });

  it("and leaves no process behind: stopped at any moment of its start", async () => {
    const text = marker.replace("MARK", `"left-at-the-start"`) + "time.sleep(999)\n";
    for (let delayMs = 0; delayMs < 600; delayMs += 100) {
      const ends = [0, 25, 50, 75].map(async (moreMs) => {
        const run = await world.start(text);
        await new Promise((resolve) => setTimeout(resolve, delayMs + moreMs));
        run.stop("early");
        return run.done;
      });
      for (const end of await Promise.all(ends)) expect(end).toEqual({ outcome: "stopped", reason: "early" });
    }
    await expectNoProcess("left-at-the-start");
  });

  it("before it began", async () => {
    const run = await world.start("");
    run.stop("at once");
    expect(await run.done).toEqual({ outcome: "stopped", reason: "at once" });
  });

  it("by a signal of its own", async () => {
    const { end } = await world.run("import os; os.kill(os.getpid(), 11)\n");
    expect(end).toMatchObject({ outcome: "failed", error: { code: "ENCLAVE_SCRIPT_KILLED" } });
  });
});

describe("a session loses a part", () => {
  it("the site process: no result is taken any more", async () => {
    const script = `import opencontracts, time
session = opencontracts.session()
session.print("here")
time.sleep(1)
session.submit(types=(), function_name="f")\n`;
    const { messages, end } = await world.run(script, { onMessage: () => void killSiteProcess() });
    expect(end).toMatchObject({ outcome: "failed", error: { code: "ENCLAVE_SITES_FAILED" } });
    expect(messages).toEqual([{ type: "print", message: "here" }]);
  });

  it("the way out: named before the script asks for a site", async () => {
    const { end } = await world.run("import time; time.sleep(1000)\n", { uplink: "/nowhere/uplink.sock" });
    expect(end).toMatchObject({ outcome: "failed", error: { code: "ENCLAVE_UPLINK_UNAVAILABLE" } });
  });
});

async function expectNoProcess(mark: string | RegExp): Promise<void> {
  expect(await processesWith(mark)).toEqual([]);
}

/** Processes with an argument that is, or holds, the mark. */
async function processesWith(mark: string | RegExp): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    const isMarked = (word: string): boolean => (typeof mark === "string" ? word === mark : mark.test(word));
    if (command.split("\0").some(isMarked)) found.push(pid);
  }
  return found;
}

/** Kills the site process that this test process started. */
async function killSiteProcess(): Promise<void> {
  const children = await readFile(`/proc/self/task/${String(process.pid)}/children`, "utf8");
  for (const pid of children.split(" ").filter((text) => text !== "")) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.includes("/sites/main.py")) process.kill(Number(pid), "SIGKILL");
  }
}
