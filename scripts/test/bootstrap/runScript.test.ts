import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const script = `
process.on("SIGINT", () => { console.log("SIGINT"); process.exit(7); });
const words = process.argv.slice(2);
if (words[0] === "wait") { setInterval(() => {}, 1000); console.log("ready " + process.pid); }
else console.log(JSON.stringify(words));
if (words[0] === "fail") process.exitCode = 5;
`;

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "run script "));
  mkdirSync(join(root, "scripts"));
  cpSync(join(import.meta.dirname, "../../bootstrap"), join(root, "scripts", "bootstrap"), {
    recursive: true,
  });
  writeFileSync(join(root, "script.mjs"), script);
  const runner = pathToFileURL(join(root, "scripts", "bootstrap", "runScript.mjs")).href;
  writeFileSync(
    join(root, "run.mjs"),
    `import { runScript } from ${JSON.stringify(runner)};
     process.exitCode = await runScript({ root: ${JSON.stringify(root)}, node: process.execPath,
       environment: process.env, script: "script.mjs", args: process.argv.slice(2) });`,
  );
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function start(...args: string[]): {
  child: ChildProcess;
  firstLine: Promise<string>;
  code: Promise<number | null>;
} {
  const child = spawn(process.execPath, [join(root, "run.mjs"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, npm_lifecycle_event: undefined },
  });
  const firstLine = once(child.stdout, "data").then(([chunk]) => String(chunk).trim());
  return { child, firstLine, code: once(child, "exit").then(([code]) => code as number | null) };
}

/** An ended process that nobody has waited for yet, as happens where no init collects orphans. */
function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Resolves when the process is gone; the test's own deadline is the ceiling. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    if (isZombie(pid)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("runScript", () => {
  it("hands over arguments and gives back the exit code", async () => {
    const { firstLine, code } = start("a b", "--c");
    expect(await firstLine).toBe('["a b","--c"]');
    expect(await code).toBe(0);
    expect(await start("fail").code).toBe(5);
  });

  it.skipIf(process.platform === "win32")("hands on one SIGINT, and ends as the script ends", async () => {
    const { child, firstLine, code } = start("wait");
    await firstLine;
    child.kill("SIGINT");
    expect(await code).toBe(7);
  });

  it.skipIf(process.platform === "win32")("says 143 when the script was ended by SIGTERM", async () => {
    const { child, firstLine, code } = start("wait");
    await firstLine;
    child.kill("SIGTERM");
    expect(await code).toBe(143);
  });

  it.skipIf(process.platform === "win32")("leaves no script behind when it is killed itself", async () => {
    const { child, firstLine } = start("wait");
    const pid = Number((await firstLine).split(" ")[1]);
    child.kill("SIGKILL");
    await expect(gone(pid)).resolves.toBeUndefined();
  });
});
