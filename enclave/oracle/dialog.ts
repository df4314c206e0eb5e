import type { Hex } from "#protocol/bytes.ts";
import { InternalError, TransportError, UsageError, type OpenContractsError } from "#protocol/errors.ts";
import { maxCallBytes } from "#protocol/wire/limits.ts";
import type { ScriptMessage } from "#protocol/wire/script.ts";
import type { OracleReplyWire, OracleRequest } from "#protocol/wire/session.ts";
import { outOfOrder } from "../common/conversation.ts";
import type { RunRequest } from "./result.ts";
import type { ScriptEnd, ScriptRun } from "./sandbox/scriptRun.ts";

/** What joins one running script and one client. */
export interface DialogOptions {
  readonly run: RunRequest;
  /** Starts the script. */
  readonly start: (onMessage: (message: ScriptMessage) => void) => ScriptRun;
  /** The client's next message besides ping and reattest. */
  readonly next: () => Promise<OracleRequest>;
  readonly write: (reply: OracleReplyWire) => Promise<void>;
  /** Signs the call that the script has submitted. */
  readonly sign: (call: Hex) => Promise<OracleReplyWire>;
}

/**
 * Carries prints, questions and answers until the script has ended and the client has its result. Whatever the client
 * does wrong, and its going, stops the script.
 * @throws what the client did wrong; TransportError SERVICE_CANCELLED; UsageError SERVICE_NO_RESULT;
 * {@link ScriptFailure} where the script failed
 */
export async function holdDialog(options: DialogOptions): Promise<void> {
  const dialog = new Dialog(options);
  const end = await dialog.done();
  if (dialog.hasResult) return;
  if (dialog.failure !== undefined) throw dialog.failure.error;
  if (end.outcome === "failed") throw new ScriptFailure(end.error, end.traceback);
  throw new UsageError("SERVICE_NO_RESULT");
}

/** A script's own failure, with the traceback that is for the person. */
export class ScriptFailure extends Error {
  readonly error: OpenContractsError;
  readonly traceback: string | undefined;

  constructor(error: OpenContractsError, traceback: string | undefined) {
    super(error.code, { cause: error });
    this.name = "ScriptFailure";
    this.error = error;
    this.traceback = traceback;
  }
}

/** One script, one client, one result at most. */
class Dialog {
  readonly #options: DialogOptions;
  readonly #script: ScriptRun;
  /** Questions without answer, in order. */
  readonly #open: number[] = [];
  #questions = 0;
  #hasSubmitted = false;
  /** Replies leave one after the other. */
  #sent: Promise<void> = Promise.resolve();
  /** The client has its result. */
  hasResult = false;
  /** What ended the dialog from the client's side. */
  failure: { readonly error: Error } | undefined;

  constructor(options: DialogOptions) {
    this.#options = options;
    this.#script = options.start((message) => this.#hear(message));
    void this.#listen();
  }

  async done(): Promise<ScriptEnd> {
    const end = await this.#script.done;
    await this.#sent;
    return end;
  }

  #fail(error: unknown): void {
    this.failure ??= {
      error: error instanceof Error ? error : new InternalError("INTERNAL", { cause: error }),
    };
    this.#script.stop("the client has ended the session");
  }

  async #listen(): Promise<void> {
    try {
      for (;;) this.#obey(await this.#options.next());
    } catch (error) {
      this.#fail(error);
    }
  }

  #obey(request: OracleRequest): void {
    if (request.type === "cancel") throw new TransportError("SERVICE_CANCELLED");
    if (request.type !== "answer") throw outOfOrder("answer, cancel, reattest or ping", request.type);
    const asked = this.#open.shift();
    if (asked !== request.id) throw outOfOrder(`answer ${String(asked)}`, `answer ${String(request.id)}`);
    this.#script.send({ type: "answer", text: request.text });
  }

  #hear(message: ScriptMessage): void {
    switch (message.type) {
      case "print":
        return this.#send(() => ({ type: "print", text: message.message }));
      case "userInput":
        return this.#ask(message.message, message.secret);
      case "expectDelay":
        return this.#send(() => ({ type: "delay", seconds: message.seconds, reason: message.reason }));
      case "refused":
      case "siteFailed":
        // The script may say something else of the site, or nothing: the person hears it from here.
        return this.#send(() => ({ ...message, type: "refused" }));
      case "submit":
        return this.#submit(message.calldata);
    }
  }

  #ask(text: string, secret: boolean): void {
    const id = this.#questions;
    this.#questions += 1;
    this.#open.push(id);
    this.#send(() => ({ type: "prompt", id, text, secret }));
  }

  #submit(call: Hex): void {
    const reason = this.#objection(call);
    if (reason !== undefined) return this.#script.send({ type: "rejected", reason });
    this.#hasSubmitted = true;
    this.#send(
      () => this.#options.sign(call),
      () => {
        this.hasResult = true;
        this.#script.send({ type: "submitted" });
      },
    );
  }

  #objection(call: Hex): string | undefined {
    if (this.#hasSubmitted) return "a session submits once";
    if (call.slice(0, 10) !== this.#options.run.selector) return "this is not the function that was approved";
    if ((call.length - 2) / 2 > maxCallBytes) return `calldata is longer than ${String(maxCallBytes)} bytes`;
    return undefined;
  }

  #send(reply: () => OracleReplyWire | Promise<OracleReplyWire>, sent?: () => void): void {
    this.#sent = this.#sent.then(async () => {
      if (this.failure !== undefined) return;
      try {
        await this.#options.write(await reply());
        sent?.();
      } catch (error) {
        this.#fail(error);
      }
    });
  }
}
