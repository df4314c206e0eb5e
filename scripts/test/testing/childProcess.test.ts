import { tmpdir } from "node:os";
import { execPath } from "node:process";
import { describe, expect, it } from "vitest";
import { endAllCommands, runCommand } from "../../testing/childProcess.ts";

const node = (source: string, timeoutMs = 60_000) =>
  runCommand({ file: execPath, args: ["-e", source], cwd: tmpdir(), timeoutMs });

describe("runCommand", () => {
  it("keeps what was printed and the exit code", async () => {
    const run = await node("console.log('out'); console.error('err'); process.exitCode = 3");
    expect(run).toMatchObject({
      code: 3,
      timedOut: false,
      stdout: "out\n",
      stderr: "err\n",
      tail: "out\nerr",
    });
  });

  it("ends what runs out of time", async () => {
    expect(await node("setInterval(() => {}, 1000)", 200)).toMatchObject({ code: null, timedOut: true });
  });

  it("reports a program that does not exist", async () => {
    const run = await runCommand({ file: "/nonexistent/program", args: [], cwd: tmpdir(), timeoutMs: 1000 });
    expect(run).toMatchObject({ code: null, timedOut: false });
    expect(run.stderr).toContain("ENOENT");
  });

  it("can be ended from outside", async () => {
    const run = node("setInterval(() => {}, 1000)");
    await endAllCommands();
    expect(await run).toMatchObject({ code: null, timedOut: false });
  });
});
