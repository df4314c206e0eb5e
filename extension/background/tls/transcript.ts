import { concatBytes } from "#protocol/bytes.ts";
import { encodeHandshake, handshakeType } from "./handshakeMessage.ts";
import type { CipherSuite } from "./suites.ts";

/** Running hash over a handshake whose suite is known (RFC 8446 §4.4.1). */
export class Transcript {
  readonly #hash: ReturnType<CipherSuite["hash"]["create"]>;

  /** Starts with the messages before the suite was known: the ClientHello, or its stand-in after a retry. */
  constructor(suite: CipherSuite, start: Uint8Array) {
    this.#hash = suite.hash.create();
    this.#hash.update(start);
  }

  /** Adds one whole handshake message, header included. */
  add(message: Uint8Array): void {
    this.#hash.update(message);
  }

  /** The hash of everything added so far. */
  current(): Uint8Array {
    return this.#hash.clone().digest();
  }
}

/**
 * What stands for the first ClientHello in the transcript after a HelloRetryRequest: a message_hash message,
 * then the request itself (RFC 8446 §4.4.1).
 */
export function retriedTranscript(
  suite: CipherSuite,
  firstHello: Uint8Array,
  helloRetryRequest: Uint8Array,
): Uint8Array {
  return concatBytes(encodeHandshake(handshakeType.messageHash, suite.hash(firstHello)), helloRetryRequest);
}
