/** Run as a process of its own by sandboxUsers.test.ts: probes the sandbox and prints one JSON line. */
import { encodeError } from "#protocol/errors.ts";
import { probeSandbox } from "../oracle/sandbox/probe.ts";

const error: unknown = await probeSandbox(() => Date.now()).then(
  () => undefined,
  (thrown: unknown) => encodeError(thrown),
);
process.stdout.write(`${JSON.stringify({ uid: process.getuid?.(), error: error ?? null })}\n`);
