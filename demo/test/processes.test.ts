import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { startProcess, type ProcessOptions } from "../world/processes.ts";

/** A child that runs `code` under this Node. */
function child(code: string, options: Partial<ProcessOptions> = {}) {
  const log: string[] = [];
  const started = startProcess({
    name: "child",
    command: process.execPath,
    args: ["--input-type=module", "--eval", code],
    log: (line) => log.push(line),
    ...options,
  });
  return { started, log };
}

const ready = "console.log(JSON.stringify({ ready: true, port: 7 }));";
const stay = "setInterval(() => undefined, 1000);";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A listener on this machine; `visitor` resolves to the first connection, which ends with the process that made it. */
async function openDoor() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const visitor = once(server, "connection").then(([socket]) => (socket as Socket).resume());
  return { port, visitor, close: () => server.close() };
}

/** Code of a child that starts a child of its own, which visits the door and stays. */
function parentCode(port: number, end: string): string {
  const code = `require("node:net").connect(${String(port)}, "127.0.0.1"); ${stay}`;
  return `
    import { spawn } from "node:child_process";
    process.on("SIGTERM", () => undefined);
    spawn(process.execPath, ["--eval", ${JSON.stringify(code)}], { stdio: "ignore" });
    ${ready} ${end}`;
}

describe("a process of the world", () => {
  it("is there once its ready line is, whatever it says before", async () => {
    const { started, log } = child(
      `console.log("hello"); console.log("{}"); console.log("{"); ${ready} ${stay}`,
    );
    const running = await started;
    expect(running.ready).toEqual({ ready: true, port: 7 });
    expect(log.slice(0, 3)).toEqual(["[child] hello", "[child] {}", "[child] {"]);
    expect(isAlive(running.pid)).toBe(true);
    await running.stop();
    await running.stop();
    expect(isAlive(running.pid)).toBe(false);
  });

  it("is recognised by a line of its own where it prints no JSON", async () => {
    const readReady = (line: string) => (line.startsWith("listening") ? { line } : undefined);
    const running = await child(`console.error("listening at 7"); ${stay}`, { readReady }).started;
    expect(running.ready).toEqual({ line: "listening at 7" });
    await running.stop();
  });

  it("that dies early fails with its last lines", async () => {
    const { started } = child('for (let i = 1; i < 9; i++) console.error("line", i); process.exitCode = 3;');
    await expect(started).rejects.toMatchObject({
      code: "DEMO_PROCESS_FAILED",
      action: "retry",
      actual: "child ended with 3: line 4 | line 5 | line 6 | line 7 | line 8",
    });
  });

  it("that a signal ends fails with the signal's name", async () => {
    const { started } = child('process.kill(process.pid, "SIGKILL"); setInterval(() => undefined, 1000);');
    await expect(started).rejects.toMatchObject({
      code: "DEMO_PROCESS_FAILED",
      actual: expect.stringContaining("SIGKILL"),
    });
  });

  it("that does not exist fails", async () => {
    const { started } = child("", { command: "/nonexistent/command" });
    await expect(started).rejects.toMatchObject({
      code: "DEMO_PROCESS_FAILED",
      actual: expect.stringContaining("ENOENT"),
    });
  });

  it("that stays silent fails and is ended", async () => {
    const { started } = child(stay, { readyTimeoutMs: 300 });
    await expect(started).rejects.toMatchObject({
      code: "DEMO_PROCESS_FAILED",
      actual: expect.stringContaining("was not ready in time"),
    });
  });

  it("that ignores SIGTERM is killed, with all of its group", async () => {
    const door = await openDoor();
    const running = await child(parentCode(door.port, stay), { graceMs: 100 }).started;
    const visitor = await door.visitor;
    const gone = once(visitor, "close");
    await running.stop();
    expect(isAlive(running.pid)).toBe(false);
    await gone;
    door.close();
  });

  it("that ends of its own accord leaves nothing of its group behind", async () => {
    const door = await openDoor();
    const leaving = "process.stdin.resume(); setTimeout(() => process.exit(), 500);";
    const running = await child(parentCode(door.port, leaving)).started;
    await once(await door.visitor, "close");
    await running.stop();
    door.close();
  });
});
