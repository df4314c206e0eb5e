import { UsageError } from "#protocol/errors.ts";
import { keepaliveMs, maxAnswerLength } from "#protocol/wire/limits.ts";
import type { OracleReply } from "#protocol/wire/session.ts";
import { unexpected } from "./attestedChannel.ts";
import { reattestIntervalMs, secretPauseMs, sessionTimeouts } from "./limits.ts";
import type { Prompt, SessionListener } from "./listener.ts";
import type { OracleChannel } from "./oracleChannel.ts";
import { errorFromPeer } from "./peerFailure.ts";
import type { SessionPorts } from "./ports.ts";
import { aborted, waitFor } from "./waiting.ts";

/** The enclave's last message: a result that nobody has verified yet. */
export type ResultMessage = Extract<OracleReply, { readonly type: "result" }>;

/** What a dialog runs with. */
export interface DialogOptions {
  readonly channel: OracleChannel;
  readonly listener: SessionListener;
  readonly ports: SessionPorts;
  readonly cancel: AbortSignal;
}

/** @throws UsageError SESSION_REQUEST_INVALID */
function requireAnswer(text: string): void {
  if (text.length > maxAnswerLength) {
    throw new UsageError("SESSION_REQUEST_INVALID", {
      expected: `an answer of at most ${String(maxAnswerLength)} characters`,
    });
  }
}

/** One running script: reads, answers and stays awake at the same time; the first failure ends all three. */
class Dialog {
  readonly #options: DialogOptions;
  readonly #open = new Set<number>();
  /** Questions are put one after the other: the enclave takes answers in the order in which it asked. */
  #asking: Promise<void> = Promise.resolve();
  readonly #over = new AbortController();
  #fail: (error: unknown) => void = () => undefined;

  constructor(options: DialogOptions) {
    this.#options = options;
  }

  async run(): Promise<ResultMessage> {
    const failed = new Promise<never>((_resolve, reject) => {
      this.#fail = reject;
    });
    try {
      this.#stayAwake().catch(this.#fail);
      return await this.#withinSession(Promise.race([this.#read(), failed]));
    } finally {
      this.#over.abort();
    }
  }

  #withinSession<T>(work: Promise<T>): Promise<T> {
    const { ports, cancel } = this.#options;
    return waitFor(work, { deadline: ports.deadline(sessionTimeouts.runningMs), cancel });
  }

  async #read(): Promise<ResultMessage> {
    for (;;) {
      const message = await this.#options.channel.receive(sessionTimeouts.silenceMs);
      if (message.type === "result") return message;
      // After the end, what still arrives is nobody's.
      if (!this.#over.signal.aborted) this.#handle(message);
    }
  }

  #handle(message: Exclude<OracleReply, ResultMessage>): void {
    const { listener } = this.#options;
    switch (message.type) {
      case "print":
        listener.onPrint(message.text);
        break;
      case "delay":
        listener.onDelay({ seconds: message.seconds, reason: message.reason });
        break;
      case "refused":
        listener.onRefused(message.host, message.reason);
        break;
      case "prompt":
        this.#ask({ id: message.id, text: message.text, secret: message.secret });
        break;
      case "pong":
        break;
      case "failed":
        if (message.traceback !== undefined) listener.onTraceback(message.traceback);
        throw errorFromPeer(message);
      case "attestation":
      case "reattestation":
      case "started":
        throw unexpected(message);
    }
  }

  #ask(prompt: Prompt): void {
    if (this.#open.has(prompt.id)) throw unexpected({ type: "prompt" });
    this.#open.add(prompt.id);
    this.#asking = this.#asking.then(() => this.#answer(prompt));
    this.#asking.catch(this.#fail);
  }

  async #answer(prompt: Prompt): Promise<void> {
    const { channel, listener, ports, cancel } = this.#options;
    if (this.#over.signal.aborted) return;
    if (prompt.secret && this.#documentAgeMs() > secretPauseMs) await this.#reattest();
    const deadline = ports.deadline(sessionTimeouts.answerMs);
    const unwanted = AbortSignal.any([this.#over.signal, cancel, deadline]);
    const text = await waitFor(listener.onPrompt(prompt, unwanted), { deadline, cancel });
    requireAnswer(text);
    this.#open.delete(prompt.id);
    await channel.send({ type: "answer", id: prompt.id, text });
  }

  async #stayAwake(): Promise<void> {
    const { channel, ports } = this.#options;
    for (;;) {
      await Promise.race([aborted(ports.deadline(keepaliveMs)), aborted(this.#over.signal)]);
      if (this.#over.signal.aborted) return;
      await channel.send({ type: "ping" });
      if (this.#documentAgeMs() > reattestIntervalMs) await this.#reattest();
    }
  }

  #documentAgeMs(): number {
    const { channel, ports } = this.#options;
    return ports.nowMs() - channel.attestation.timestampMs;
  }

  async #reattest(): Promise<void> {
    const { channel, listener } = this.#options;
    await channel.reattest();
    const { moduleId, timestampMs } = channel.attestation;
    listener.onStep({ name: "reattested", evidence: { moduleId, attestedAtMs: String(timestampMs) } });
  }
}

/**
 * Carries a script's prints and questions to the person and the answers back, until its result.
 * @throws TransportError SESSION_TIMEOUT, SESSION_CLOSED; DeniedError SESSION_CANCELLED; UntrustedError
 * SESSION_UNEXPECTED_MESSAGE, SESSION_REATTEST_*; what the enclave reports
 */
export async function runDialog(options: DialogOptions): Promise<ResultMessage> {
  options.listener.onPhase("running");
  try {
    return await new Dialog(options).run();
  } catch (error) {
    if (options.cancel.aborted) await sayCancelled(options);
    throw error;
  }
}

/** Tells the enclave, so that it stops the script now; where that fails, the closed connection says the same. */
function sayCancelled({ channel }: DialogOptions): Promise<void> {
  return channel.send({ type: "cancel" }).catch(() => undefined);
}
