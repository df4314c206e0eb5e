import type { z } from "zod";
import { hexFromBytes } from "#protocol/bytes.ts";
import { TransportError, UntrustedError } from "#protocol/errors.ts";
import type { MessageStream } from "#protocol/wire/messageStream.ts";
import type { Certificate } from "#protocol/x509.ts";
import { requireEqual } from "./equality.ts";
import { sessionTimeouts } from "./limits.ts";
import type { SessionListener } from "./listener.ts";
import {
  openPeer,
  type Attestation,
  type Message,
  type Peer,
  type PeerAddress,
  type PeerExpectation,
} from "./peer.ts";
import type { SessionPorts } from "./ports.ts";
import { requireUnchanged } from "./reattestation.ts";
import { waitFor } from "./waiting.ts";

/** The reply among `R` that holds a peer's document. */
export type Introduction<R> = Extract<R, { readonly type: "attestation"; readonly document: Uint8Array }>;

/** What differs between the kinds of enclave: their messages, their CA, and what is compared with what. */
export interface PeerProfile<S extends z.ZodType<Message>, F> extends PeerExpectation<S> {
  /** The SPKI (DER) of the CA that issued `leaf`. @throws UntrustedError where it did not */
  caSpki(introduction: Introduction<z.output<S>>, leaf: Certificate): Promise<Uint8Array>;
  /** Compares the verified document with everything else; returns what is known from then on. @throws UntrustedError */
  judge(introduction: Introduction<z.output<S>>, attestation: Attestation): Promise<F>;
}

/** How a channel is to be opened, and who hears of it. */
export interface ChannelOptions {
  readonly address: PeerAddress;
  readonly listener: SessionListener;
  readonly cancel: AbortSignal;
}

declare const attested: unique symbol;

/**
 * A connection into an enclave that has proven what it is. {@link openAttestedChannel} alone makes one, after the last
 * check, and nothing else can send a message other than the hello: what is not attested hears nothing.
 */
export interface AttestedChannel<In, Out, F> {
  readonly [attested]: true;
  /** What the comparisons of its profile have established. */
  readonly facts: F;
  /** The newest verified document. */
  readonly attestation: Attestation;
  /** Sends one message, after any proof that is under way. @throws TransportError; the UntrustedError of that proof */
  send(message: Out): Promise<void>;
  /** The next message. @throws TransportError SESSION_TIMEOUT, SESSION_CLOSED; DeniedError SESSION_CANCELLED */
  receive(timeoutMs: number): Promise<In>;
  /**
   * Demands a new document of the same enclave on the same connection; somebody must be receiving meanwhile. Failure
   * closes the channel.
   * @throws UntrustedError SESSION_REATTEST_*, ATTESTATION_*, USER_DATA_*; TransportError SESSION_TIMEOUT
   */
  reattest(): Promise<void>;
  /** Safe to call twice. */
  close(): Promise<void>;
}

interface Question {
  readonly nonce: Uint8Array;
  readonly answered: () => void;
  readonly failed: (error: unknown) => void;
}

class Channel<In extends Message, Out extends Message, F> implements AttestedChannel<In, Out, F> {
  declare readonly [attested]: true;
  readonly facts: F;
  readonly #peer: Peer<In>;
  readonly #messages: MessageStream<In, Message>;
  readonly #caSpki: Uint8Array;
  readonly #ports: SessionPorts;
  readonly #cancel: AbortSignal;
  #attestation: Attestation;
  #question: Question | undefined;
  #reattesting: Promise<void> = Promise.resolve();
  /** Why this side has closed the channel. */
  #broken: { readonly error: unknown } | undefined;

  constructor(
    opened: {
      readonly peer: Peer<In>;
      readonly attestation: Attestation;
      readonly caSpki: Uint8Array;
      readonly facts: F;
    },
    ports: SessionPorts,
    cancel: AbortSignal,
  ) {
    this.facts = opened.facts;
    this.#peer = opened.peer;
    this.#messages = opened.peer.release(opened.attestation);
    this.#attestation = opened.attestation;
    this.#caSpki = opened.caSpki;
    this.#ports = ports;
    this.#cancel = cancel;
  }

  get attestation(): Attestation {
    return this.#attestation;
  }

  async send(message: Out): Promise<void> {
    await this.#reattesting;
    await this.#write(message);
  }

  async receive(timeoutMs: number): Promise<In> {
    const deadline = this.#ports.deadline(timeoutMs);
    for (;;) {
      const message = await waitFor(this.#read(), { deadline, cancel: this.#cancel });
      if (message === null) throw new TransportError("SESSION_CLOSED");
      if (message.type === "attestation") throw unexpected(message);
      if (message.type !== "reattestation") return message;
      await this.#answerQuestion(message);
    }
  }

  reattest(): Promise<void> {
    if (this.#question === undefined) {
      this.#reattesting = this.#askQuestion();
      // Whoever waits hears of it; a failure that nobody waits for has closed the channel all the same.
      this.#reattesting.catch(() => undefined);
    }
    return this.#reattesting;
  }

  close(): Promise<void> {
    return this.#peer.close();
  }

  #write(message: Message): Promise<void> {
    const deadline = this.#ports.deadline(sessionTimeouts.sendMs);
    return waitFor(this.#messages.write(message), { deadline, cancel: this.#cancel });
  }

  async #askQuestion(): Promise<void> {
    const nonce = this.#ports.random(32);
    const answer = new Promise<void>((resolve, reject) => {
      this.#question = { nonce, answered: resolve, failed: reject };
    });
    answer.catch(() => undefined);
    try {
      await this.#write({ type: "reattest", nonce });
      const deadline = this.#ports.deadline(sessionTimeouts.reattestMs);
      await waitFor(answer, { deadline, cancel: this.#cancel });
    } catch (error) {
      this.#broken = { error };
      await this.close();
      throw error;
    } finally {
      this.#question = undefined;
    }
  }

  async #read(): Promise<In | null> {
    try {
      return await this.#messages.read();
    } catch (error) {
      throw this.#broken?.error ?? error;
    }
  }

  async #answerQuestion(message: Message): Promise<void> {
    const question = this.#question;
    if (question === undefined || !(message.document instanceof Uint8Array)) throw unexpected(message);
    try {
      const proof = { document: message.document, nonce: question.nonce, caSpki: this.#caSpki };
      const attestation = await this.#peer.verify(proof);
      requireUnchanged(this.#attestation, attestation);
      this.#attestation = attestation;
      question.answered();
    } catch (error) {
      question.failed(error);
      throw error;
    }
  }
}

/** A message that may not come now. */
export function unexpected(message: Message): UntrustedError {
  return new UntrustedError("SESSION_UNEXPECTED_MESSAGE", { actual: message.type });
}

function isIntroduction<R extends Message>(reply: R): reply is Introduction<R> {
  return reply.type === "attestation";
}

/** @throws TransportError SESSION_PEER_FAILED; UntrustedError SESSION_UNEXPECTED_MESSAGE */
function requireIntroduction<R extends Message>(reply: R): Introduction<R> {
  if (isIntroduction(reply)) return reply;
  if (reply.type !== "failed") throw unexpected(reply);
  // Nobody has proven anything yet, so the code it names is repeated, but not believed.
  throw new TransportError("SESSION_PEER_FAILED", { actual: String(reply.code) });
}

function reportTls(peer: Peer<Message>, profile: PeerExpectation<z.ZodType>, options: ChannelOptions): void {
  options.listener.onStep({
    name: "tls-established",
    evidence: {
      role: profile.role,
      endpoint: options.address.url,
      signer: peer.identity.signer,
      leafSha256: hexFromBytes(peer.leafSha256),
    },
  });
}

/**
 * Opens a connection to an enclave and holds everything that protocol sections 2 and 3 demand of it, in order: its
 * address, TLS, leaf, document for this connection, CA, signer's name, and what the profile compares.
 * @throws UntrustedError with the code of the first check that failed; TransportError; DeniedError SESSION_CANCELLED
 */
export async function openAttestedChannel<S extends z.ZodType<Message>, Out extends Message, F>(
  profile: PeerProfile<S, F>,
  options: ChannelOptions,
  ports: SessionPorts,
): Promise<AttestedChannel<z.output<S>, Out, F>> {
  const { address, cancel } = options;
  const peer = await openPeer({ address, expected: profile, cancel }, ports);
  try {
    reportTls(peer, profile, options);
    const { reply, nonce } = await peer.hello(cancel);
    const introduction = requireIntroduction(reply);
    const caSpki = await profile.caSpki(introduction, peer.leaf);
    const attestation = await peer.verify({ document: introduction.document, nonce, caSpki });
    requireEqual("SESSION_SIGNER_NAME_MISMATCH", attestation.statement.signer, peer.identity.signer);
    const facts = await profile.judge(introduction, attestation);
    return new Channel<z.output<S>, Out, F>({ peer, attestation, caSpki, facts }, ports, cancel);
  } catch (error) {
    await peer.close();
    throw error;
  }
}
