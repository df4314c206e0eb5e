import { concatBytes } from "#protocol/bytes.ts";
import { UntrustedError } from "#protocol/errors.ts";
import { ByteQueue } from "./byteQueue.ts";
import { encodeUint, encodeVector, parseAll } from "./wire.ts";

/** HandshakeType values (RFC 8446 §B.3). */
export const handshakeType = {
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  encryptedExtensions: 8,
  certificate: 11,
  certificateRequest: 13,
  certificateVerify: 15,
  finished: 20,
  keyUpdate: 24,
  messageHash: 254,
} as const;

const headerBytes = 4;
const maxMessageBytes = 2 ** 14;
const maxCertificateMessageBytes = 100 * 1024;

/** A whole handshake message. */
export interface HandshakeMessage {
  readonly type: number;
  readonly body: Uint8Array;
  /** Header and body, as the transcript takes it. */
  readonly encoded: Uint8Array;
}

/** Encodes a handshake message: type, 24-bit length, body. */
export function encodeHandshake(type: number, body: Uint8Array): Uint8Array {
  return concatBytes(encodeUint(type, 1), encodeVector(3, body));
}

/** Joins the fragments that records carry and cuts them into messages (RFC 8446 §5.1). */
export class HandshakeBuffer {
  readonly #pending = new ByteQueue();

  /** True when no part of a message waits for its rest. */
  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** Adds one record's fragment. */
  push(fragment: Uint8Array): void {
    this.#pending.push(fragment);
  }

  /**
   * The next whole message; undefined until its last byte is there.
   * @throws UntrustedError TLS_MESSAGE_TOO_LARGE as soon as the header claims more than the limit
   */
  next(): HandshakeMessage | undefined {
    const header = this.#pending.peek(headerBytes);
    if (header === undefined) return undefined;
    const { type, length } = parseAll(header, (reader) => ({ type: reader.uint(1), length: reader.uint(3) }));
    checkLength(type, length);
    const encoded = this.#pending.take(headerBytes + length);
    if (encoded === undefined) return undefined;
    return { type, body: encoded.subarray(headerBytes), encoded };
  }
}

function checkLength(type: number, length: number): void {
  const max = type === handshakeType.certificate ? maxCertificateMessageBytes : maxMessageBytes;
  if (length > max) {
    throw new UntrustedError("TLS_MESSAGE_TOO_LARGE", {
      expected: `at most ${String(max)} bytes`,
      actual: `${String(length)} bytes`,
    });
  }
}
