import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import {
  scriptLineSchema,
  type ScriptLine,
  type ScriptReply,
  type StartLine,
} from "#protocol/wire/script.ts";

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const runner = pathOf("run_oracle.py");
const module = pathOf("../../../enclave/python");
const script = pathOf("../buyTokens/oracle.py");
const deadlineMs = 30_000;

/** Where the script is run and what a person types. */
export interface OracleRunOptions {
  readonly user: StartLine["user"];
  readonly port: number;
  /** PEM file of the authority that the site is believed by. */
  readonly caFile: string;
  readonly answer: (prompt: string) => string;
}

/** What the script said, in order, and its exit status. */
export interface OracleRun {
  readonly lines: readonly ScriptLine[];
  readonly status: number | null;
}

type Submission = Extract<ScriptLine, { type: "submit" }>;

/** Runs the example's script under the distribution's Python, the one that enclaves have. */
export async function runOracle({ user, port, caFile, answer }: OracleRunOptions): Promise<OracleRun> {
  const child = spawn("/usr/bin/python3", [runner, module, script, "fiatpay.example", String(port)], {
    stdio: ["ignore", "inherit", "inherit", "pipe", "pipe"],
    env: { SSL_CERT_FILE: caFile },
    timeout: deadlineMs,
    killSignal: "SIGKILL",
  });
  const [, , , fromScript, toScript] = child.stdio;
  if (!(fromScript instanceof Readable) || !(toScript instanceof Writable)) throw new Error("no pipes");
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  const lines: ScriptLine[] = [];
  const send = (reply: ScriptReply | StartLine): void => void toScript.write(`${JSON.stringify(reply)}\n`);
  for await (const text of createInterface({ input: fromScript })) {
    const line = scriptLineSchema.parse(JSON.parse(text));
    lines.push(line);
    if (line.type === "ready") send({ type: "start", user });
    else if (line.type === "userInput") send({ type: "answer", text: answer(line.message) });
    else if (line.type === "submit") send({ type: "submitted" });
  }
  return { lines, status: await ended };
}

/** The one result of a run. */
export function submissionOf({ lines }: OracleRun): Submission {
  const [submission, ...more] = lines.filter((line) => line.type === "submit");
  if (submission === undefined || more.length > 0) throw new Error(JSON.stringify(lines.at(-1)));
  return submission;
}

/** Last line of the traceback that a run without a result ended with. */
export function refusalOf({ lines }: OracleRun): string {
  if (lines.some((line) => line.type === "submit")) throw new Error("the script handed in a result");
  const last = lines.at(-1);
  if (last?.type !== "exception") throw new Error(`the script ended with ${JSON.stringify(last)}`);
  return last.traceback.trimEnd().split("\n").at(-1) ?? "";
}
