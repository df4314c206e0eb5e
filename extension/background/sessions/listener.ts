import { DeniedError, UntrustedError } from "#protocol/errors.ts";
import { codes } from "#protocol/codes/index.ts";
import type { Prompt, SessionListener, Step } from "../session/listener.ts";
import type { SiteTrouble } from "#protocol/wire/session.ts";
import type { LineView } from "#messages/view.ts";
import type { LiveSession } from "./live.ts";

/** What happened with a site, behind its name. */
const troubleTexts: Readonly<Record<SiteTrouble, string>> = {
  "not-listed": "not in domains.txt; this name as a line of its own would allow it",
  "plain-http": "only https is allowed",
  "not-tls": "only TLS is allowed on port 443",
  "wrong-name": "asked for another site over this one's connection",
  "too-many": "too many connections at once",
  unreachable: "could not be reached",
  "certificate-expired": "its certificate is not valid today",
  "certificate-name": "its certificate is for another name",
  "certificate-untrusted": "nobody trusted vouches for its certificate",
  tls: "does not speak TLS as it should",
  cut: "its page was cut off",
  "traffic-limit": "moved more bytes than a session may",
};

/** Lines kept of what a script says; the oldest go first. */
const maxLines = 500;

type RunEvent = "attesting" | "uploading" | "running" | "asked" | "answered";

/** What a listener needs: a clock, the way into the state, and who shows the record. */
export interface ListenerOptions {
  readonly nowMs: () => number;
  readonly happened: (event: RunEvent) => void;
  readonly changed: () => void;
}

/** Writes what a session reports into its live record. */
export function createListener(live: LiveSession, options: ListenerOptions): SessionListener {
  const { nowMs, happened, changed } = options;
  const say = (kind: LineView["kind"], text: string): void => {
    live.lines.push({ kind, text });
    live.lines.splice(0, Math.max(0, live.lines.length - maxLines));
    live.delay = null;
    changed();
  };
  return {
    onPhase(phase) {
      // Approval itself leads to "connecting".
      if (phase !== "connecting") happened(phase);
    },
    onStep(step) {
      live.steps.push({ name: step.name, state: "passed", evidence: evidenceLines(step) });
      changed();
    },
    onPeerFailed({ endpoint, role, code }) {
      const evidence = [endpoint, code, codes[code].sentence];
      live.steps.push({ name: `${role} given up`, state: "failed", evidence });
      changed();
    },
    onPrint: (text) => {
      say("print", text);
    },
    onRefused: (host, reason) => {
      say("refused", `${host}: ${troubleTexts[reason]}`);
    },
    onDelay({ seconds, reason }) {
      const startedAtMs = nowMs();
      live.delay = { reason, startedAtMs, endsAtMs: startedAtMs + seconds * 1_000 };
      changed();
    },
    onTraceback(text) {
      live.traceback = text;
    },
    onPrompt: (prompt, signal) => askPerson(live, { prompt, signal, say }, options),
  };
}

interface Question {
  readonly prompt: Prompt;
  /** Aborts when the answer is not wanted any more. */
  readonly signal: AbortSignal;
  readonly say: (kind: LineView["kind"], text: string) => void;
}

async function askPerson(
  live: LiveSession,
  { prompt, signal, say }: Question,
  { happened, changed }: ListenerOptions,
): Promise<string> {
  const { id: promptId, text, secret } = prompt;
  // A script that may open any site could send a password anywhere.
  if (secret && live.request.domains === "*") throw new UntrustedError("SECRET_PROMPT_REFUSED");
  const answered = new Promise<string>((resolve, reject) => {
    live.prompts.push({ promptId, text, secret, answer: resolve });
    signal.addEventListener("abort", () => {
      reject(new DeniedError("ANSWER_NOT_ASKED"));
    });
  });
  live.delay = null;
  happened("asked");
  try {
    const answer = await answered;
    say("question", text);
    say("answered", "");
    return answer;
  } finally {
    live.prompts.splice(0, live.prompts.length, ...live.prompts.filter((one) => one.promptId !== promptId));
    if (live.state.phase === "running") happened("answered");
    changed();
  }
}

function evidenceLines({ evidence }: Step): readonly string[] {
  return Object.entries(evidence).map(([name, fact]) => `${name}: ${fact}`);
}
