import { createLog, errorFields, type Log } from "./log.ts";
import { formatHelp, parseArguments, type Arguments, type ArgumentSpec } from "./arguments.ts";
import { systemClock } from "./clock.ts";

/** A part of a running process with a clean end. */
export interface Service {
  /** Ends it: no new work, open work closed. Safe to call twice. */
  close(): Promise<void>;
  /** Rejects where the service cannot go on; absent where it cannot fail by itself. */
  readonly failed?: Promise<never>;
}

/** What a process entry starts with. */
export interface ProcessSpec<T extends Readonly<Record<string, ArgumentSpec>>> {
  /** Short name for logs and the ready line. */
  readonly name: string;
  /** First line of `--help`. */
  readonly what: string;
  readonly arguments: T;
  /** Starts it, and says in `ready` what the line on stdout holds beside `ready` and `service`. */
  start(values: Arguments<T>, log: Log): Promise<{ readonly service: Service; readonly ready: object }>;
}

/** How long a process may take to end after SIGTERM. */
const shutdownMs = 5_000;

/**
 * Runs a process entry: arguments, ready line (one JSON object on stdout), logs on stderr, a clean end on SIGTERM and
 * SIGINT. Exit codes: 0 asked to end, 2 wrong arguments, 1 anything else.
 */
export async function runProcess<T extends Readonly<Record<string, ArgumentSpec>>>(
  spec: ProcessSpec<T>,
): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.includes("--help")) {
    process.stdout.write(formatHelp(spec.what, spec.arguments));
    return;
  }
  const log = createLog(spec.name, (line) => process.stderr.write(line), systemClock.nowMs);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
  try {
    const { service, ready } = await spec.start(parseArguments(spec.arguments, argv), log);
    process.stdout.write(`${JSON.stringify({ ready: true, service: spec.name, ...ready })}\n`);
    await Promise.race([stopped, ...(service.failed === undefined ? [] : [service.failed])]);
    log("closing");
    await endWithin(service);
    process.exit(0);
  } catch (error) {
    const fields = errorFields(error);
    log("failed", fields);
    process.exit(fields["code"] === "SERVICE_ARGUMENTS_INVALID" ? 2 : 1);
  }
}

/** Closes the service, but not for longer than {@link shutdownMs}: a peer must not hold a process back. */
async function endWithin(service: Service): Promise<void> {
  const timer = setTimeout(() => process.exit(1), shutdownMs);
  await service.close();
  clearTimeout(timer);
}
