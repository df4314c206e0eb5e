import { spawn, type ChildProcess } from "node:child_process";
import type { Duplex } from "node:stream";
import { z } from "zod";
import { TransportError } from "#protocol/errors.ts";
import { siteReportSchema, type SiteReport } from "#protocol/wire/script.ts";
import { commandAs } from "./command.ts";
import { createValueReader } from "./lines.ts";
import { programs } from "./programs.ts";
import type { ScriptLimits, ScriptOptions } from "./scriptRun.ts";
import type { SessionCa } from "./sessionCa.ts";
import type { Stage } from "./stage.ts";
import type { SessionUsers } from "./users.ts";

/** The session's process that ends TLS, before the script's network is handed to it. */
export interface SiteProcess {
  readonly child: ChildProcess;
  /** The socket over which the script's launcher hands the listeners; goes to that launcher alone. */
  readonly handover: Duplex;
  /** Resolves once the process has answered; not where it is dead. */
  confirmAlive(): Promise<void>;
}

/** What a site process is started with. */
export interface SiteProcessOptions {
  readonly script: ScriptOptions;
  readonly limits: ScriptLimits;
  readonly stage: Stage;
  readonly users: SessionUsers;
  readonly ca: SessionCa;
  readonly onReport: (report: SiteReport) => void;
  /** The process said what it may not say, or could not be asked. It is to be killed. */
  readonly onBroken: (cause: unknown) => void;
}

const longestLine = 4096;
const mint = z.strictObject({ type: z.literal("mint"), host: z.string().min(1).max(253) });
const pong = z.strictObject({ type: z.literal("pong") });
const unusable = z.strictObject({ type: z.literal("uplinkUnusable") });
const siteLineSchema = z.discriminatedUnion("type", [...siteReportSchema.options, mint, pong, unusable]);

/** Starts the process and answers its questions for certificates. */
export function startSiteProcess(options: SiteProcessOptions): SiteProcess {
  const { script, limits, stage, users } = options;
  const command = commandAs(users.site, users, [programs.python, "-I", "-B", `${stage.sites}/main.py`]);
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: "/",
    env: {},
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const control = child.stdio[3] as Duplex;
  const handover = child.stdio[4] as Duplex;
  const { domains, uplink } = script;
  const { connections, trafficBytes } = limits;
  const onGone = (cause?: unknown): void =>
    options.onBroken(new TransportError("ENCLAVE_SITES_FAILED", { cause }));
  control.on("error", onGone);
  handover.on("error", () => undefined); // its other end went with the launcher, whose exit says why
  const write = (line: object): void => {
    if (control.writable) control.write(`${JSON.stringify(line)}\n`);
  };
  write({ domains, uplink, rootsPath: stage.roots, connections, trafficBytes });
  const waiting: (() => void)[] = [];
  const onLine = createLineHandler(options, write, () => waiting.shift()?.());
  readLines(control, onLine, onGone);
  const confirmAlive = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      write({ type: "ping" });
    });
  return { child, handover, confirmAlive };
}

type SiteLine = z.infer<typeof siteLineSchema>;

function createLineHandler(
  { ca, onReport, onBroken }: SiteProcessOptions,
  write: (line: object) => void,
  onPong: () => void,
): (line: SiteLine) => void {
  const issue = async (host: string): Promise<void> => {
    write({ type: "leaf", host, pem: await ca.issueLeaf(host) });
  };
  return (line) => {
    switch (line.type) {
      case "mint":
        issue(line.host).catch(onBroken);
        break;
      case "pong":
        onPong();
        break;
      case "uplinkUnusable":
        onBroken(new TransportError("ENCLAVE_UPLINK_UNAVAILABLE"));
        break;
      case "refused":
      case "siteFailed":
        onReport(line);
        break;
    }
  };
}

function readLines(control: Duplex, onLine: (line: SiteLine) => void, onInvalid: () => void): void {
  const reader = createValueReader(longestLine, (value) => {
    const line = siteLineSchema.safeParse(value);
    if (line.success) onLine(line.data);
    return line.success;
  });
  control.on("data", (chunk: Buffer) => {
    if (!reader.push(chunk)) onInvalid();
  });
}
