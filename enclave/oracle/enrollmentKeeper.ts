import { TransportError, UntrustedError } from "#protocol/errors.ts";
import { withDeadline, type Clock } from "../common/clock.ts";
import type { OracleHostMessage } from "../common/hostMessage.ts";
import { errorFields, type Log } from "../common/log.ts";
import { enroll, type Enrollment, type EnrollSubject } from "./enroll.ts";
import { openRegistryLine, type RegistryLine } from "./registryLine.ts";

/** How often the oracle speaks to a registry. */
export interface EnrollmentPace {
  /** Between two heartbeats. */
  readonly heartbeatMs: number;
  /** Longest time for connecting and enrolling, and for one answer. */
  readonly answerMs: number;
  /** First wait after a failure; doubled up to `retryMaxMs`. */
  readonly retryMs: number;
  readonly retryMaxMs: number;
  /** Rest of a certificate's life at which the next is fetched. */
  readonly renewBeforeMs: number;
}

/** What an oracle runs with. */
export const defaultEnrollmentPace: EnrollmentPace = {
  heartbeatMs: 20_000,
  answerMs: 30_000,
  retryMs: 1_000,
  retryMaxMs: 30_000,
  renewBeforeMs: 12 * 60 * 60_000,
};

/** What the keeper works with. */
export interface EnrollmentKeeperOptions {
  readonly registry: OracleHostMessage["registries"][number];
  readonly subject: EnrollSubject;
  readonly egressPath: string;
  readonly pace: EnrollmentPace;
  readonly clock: Clock;
  readonly log: Log;
  readonly freeSessions: () => number;
  /** A new enrollment is there. */
  readonly onEnrolled: (enrollment: Enrollment) => Promise<void>;
  readonly onFailed: (code: string) => void;
}

/** Keeps the oracle enrolled at one registry until `stop`: connects, enrolls, reports, renews, tries again. */
export async function keepEnrolled(options: EnrollmentKeeperOptions, stop: AbortSignal): Promise<void> {
  const { pace, clock, log, registry } = options;
  let retryMs = pace.retryMs;
  const isStopped = (): boolean => stop.aborted;
  const onEnrolled = async (enrollment: Enrollment): Promise<void> => {
    retryMs = pace.retryMs;
    await options.onEnrolled(enrollment);
  };
  while (!isStopped()) {
    try {
      await holdLine({ ...options, onEnrolled }, stop);
    } catch (error) {
      if (isStopped()) return;
      const fields = errorFields(error);
      log("registry lost", { registry: registry.url, retryMs, ...fields });
      options.onFailed(String(fields["code"]));
    }
    await clock.wait(retryMs, stop).catch(() => undefined);
    retryMs = Math.min(2 * retryMs, pace.retryMaxMs);
  }
}

/** One connection, from its opening to its failure. */
async function holdLine(options: EnrollmentKeeperOptions, stop: AbortSignal): Promise<never> {
  const { clock, pace, registry, subject, egressPath } = options;
  const deadline = { clock, timeoutMs: pace.answerMs, code: "SERVICE_UPLINK_FAILED" } as const;
  const ended = new AbortController();
  const signal = AbortSignal.any([stop, ended.signal]);
  try {
    const line = await withDeadline(openRegistryLine(registry.url, egressPath, signal), deadline);
    const cut = () => line.close();
    signal.addEventListener("abort", cut, { once: true });
    const renew = async (): Promise<Enrollment> => {
      const context = { endpoint: registry.endpoint, nowMs: () => clock.nowMs() };
      const enrollment = await withDeadline(enroll(line, subject, context), deadline);
      await withDeadline(beat(line, options.freeSessions()), deadline);
      await options.onEnrolled(enrollment);
      return enrollment;
    };
    let enrollment = await renew();
    for (;;) {
      await clock.wait(pace.heartbeatMs, signal);
      const restMs = enrollment.notAfterSec * 1000 - clock.nowMs();
      if (restMs <= pace.renewBeforeMs) enrollment = await renew();
      else await withDeadline(beat(line, options.freeSessions()), deadline);
    }
  } finally {
    ended.abort();
  }
}

/** One heartbeat: the free sessions, and a ping whose answer shows that the registry has them. */
async function beat({ messages }: RegistryLine, freeSessions: number): Promise<void> {
  await messages.write({ type: "status", freeSessions });
  await messages.write({ type: "ping" });
  const reply = await messages.read();
  if (reply === null) throw new TransportError("SERVICE_UPLINK_FAILED", { actual: "closed" });
  if (reply.type !== "pong") {
    throw new UntrustedError("SERVICE_MESSAGE_ORDER", { expected: "pong", actual: reply.type });
  }
}
