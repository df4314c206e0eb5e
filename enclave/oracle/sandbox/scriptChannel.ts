import { UsageError, type OpenContractsError } from "#protocol/errors.ts";
import {
  scriptLimits,
  scriptLineSchema,
  type ScriptLine,
  type ScriptMessage,
  type ScriptReply,
  type StartLine,
} from "#protocol/wire/script.ts";
import type { ConfinedProcess } from "./confinedProcess.ts";
import { createValueReader } from "./lines.ts";
import type { ScriptLimits } from "./scriptRun.ts";

/** Longest text kept of what the launcher writes to standard error. */
const lastWordsLength = 2_000;

/** What the enclave knows of a script's side of the channel. */
export interface ScriptChannel {
  send(reply: ScriptReply): void;
  /** True once the sandbox stood and its first code ran. */
  isReady(): boolean;
  /** The traceback that the script ended with. */
  traceback(): string | undefined;
  /** The end of what was written to standard error. */
  lastWords(): string;
  /** Says nothing more: a runner that still waits for its start ends without having run the script. */
  close(): void;
}

export interface ScriptChannelOptions {
  readonly limits: ScriptLimits;
  readonly start: StartLine;
  readonly onMessage: (message: ScriptMessage) => void;
  /** The script broke a rule and is to be killed. */
  readonly onBroken: (error: OpenContractsError) => void;
}

/** Reads the script's lines, hands its messages on, and counts everything it writes. */
export function connectScript(confined: ConfinedProcess, options: ScriptChannelOptions): ScriptChannel {
  const { fromScript, toScript, noise } = confined;
  const write = (line: StartLine | ScriptReply): void => {
    if (toScript.writable) toScript.write(`${JSON.stringify(line)}\n`);
  };
  const dialog = createDialog(options, write);
  const count = createCounter(options);
  const reader = createValueReader(scriptLimits.lineBytes, (value) => {
    const line = scriptLineSchema.safeParse(value);
    return line.success && count({ lines: 1 }) && dialog.accept(line.data);
  });
  fromScript.on("data", (chunk: Buffer) => {
    if (!count({ bytes: chunk.length }) || reader.push(chunk)) return;
    options.onBroken(new UsageError("ENCLAVE_SCRIPT_LINE_INVALID"));
  });
  let lastWords = "";
  for (const stream of noise) {
    stream.on("data", (chunk: Buffer) => {
      count({ bytes: chunk.length });
      if (!dialog.isReady()) lastWords = (lastWords + chunk.toString("utf8")).slice(-lastWordsLength);
    });
  }
  for (const stream of [fromScript, toScript, ...noise]) stream.on("error", () => undefined); // the exit says why
  toScript.resume();
  const { isReady, traceback } = dialog;
  return {
    send: write,
    isReady,
    traceback,
    lastWords: () => lastWords,
    close: () => void toScript.destroy(),
  };
}

interface Dialog extends Pick<ScriptChannel, "isReady" | "traceback"> {
  /** Acts on a line; false where it may not come now. */
  accept(line: ScriptLine): boolean;
}

/** The order of lines: `ready` once and first, one `submit`, nothing after `exception`. */
function createDialog(
  { start, onMessage }: ScriptChannelOptions,
  write: (line: StartLine | ScriptReply) => void,
): Dialog {
  let isReady = false;
  let hasSubmitted = false;
  let traceback: string | undefined;
  const accept = (line: ScriptLine): boolean => {
    if (traceback !== undefined || isReady === (line.type === "ready")) return false;
    if (line.type === "ready") {
      isReady = true;
      write(start);
    } else if (line.type === "exception") traceback = line.traceback;
    else if (line.type === "submit" && hasSubmitted) write(secondSubmit);
    else {
      hasSubmitted ||= line.type === "submit";
      onMessage(line);
    }
    return true;
  };
  return { accept, isReady: () => isReady, traceback: () => traceback };
}

const secondSubmit: ScriptReply = {
  type: "rejected",
  reason: "submit was called before; a session has one result",
};

interface Amount {
  readonly bytes?: number;
  readonly lines?: number;
}

/** Adds up what the script wrote; false, and the script reported, once that is too much. */
function createCounter({ limits, onBroken }: ScriptChannelOptions): (amount: Amount) => boolean {
  let bytes = 0;
  let lines = 0;
  return (amount) => {
    bytes += amount.bytes ?? 0;
    lines += amount.lines ?? 0;
    if (bytes <= limits.outputBytes && lines <= limits.messages) return true;
    onBroken(new UsageError("ENCLAVE_SCRIPT_OUTPUT_LIMIT"));
    return false;
  };
}
