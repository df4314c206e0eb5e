import { concatBytes } from "#protocol/bytes.ts";
import { UntrustedError } from "#protocol/errors.ts";
import type { CryptoKeyLike } from "#protocol/webcrypto.ts";
import { subtle } from "#protocol/webcrypto.ts";
import { deriveTrafficKeys, nextTrafficSecret } from "./keySchedule.ts";
import { maxPlaintextBytes } from "./limits.ts";
import { contentType, encodeRecordHeader } from "./recordFormat.ts";
import type { CipherSuite } from "./suites.ts";
import { encodeUint } from "./wire.ts";

const tagBytes = 16;

/** What a record says once its protection is off. */
export interface RecordContent {
  readonly type: number;
  readonly content: Uint8Array;
}

/** One direction's AEAD key with its record counter (RFC 8446 §5.2, §5.3). */
export class RecordProtection {
  readonly #suite: CipherSuite;
  readonly #secret: Uint8Array;
  readonly #key: CryptoKeyLike;
  readonly #iv: Uint8Array;
  #sequence = 0;

  private constructor(suite: CipherSuite, secret: Uint8Array, parts: { key: CryptoKeyLike; iv: Uint8Array }) {
    this.#suite = suite;
    this.#secret = secret;
    this.#key = parts.key;
    this.#iv = parts.iv;
  }

  /** Derives the key of `secret`; from here on the object owns `secret`, and wipes it in its time. */
  static async create(suite: CipherSuite, secret: Uint8Array): Promise<RecordProtection> {
    const { key: raw, iv } = deriveTrafficKeys(suite, secret);
    const key = await subtle.importKey("raw", raw, { name: "AES-GCM" }, false, ["encrypt", "decrypt"]);
    raw.fill(0);
    return new RecordProtection(suite, secret, { key, iv });
  }

  /** Records protected or opened so far under this key. */
  get recordCount(): number {
    return this.#sequence;
  }

  /** The protection after a KeyUpdate; this one is wiped. */
  async next(): Promise<RecordProtection> {
    const secret = nextTrafficSecret(this.#suite, this.#secret);
    this.wipe();
    return RecordProtection.create(this.#suite, secret);
  }

  /** Overwrites the secret; the key itself is not extractable and goes with the object. */
  wipe(): void {
    this.#secret.fill(0);
    this.#iv.fill(0);
  }

  /** Seals `content` padded by zeros to `paddedBytes`; returns the whole record. */
  async seal({ type, content }: RecordContent, paddedBytes: number): Promise<Uint8Array> {
    const inner = new Uint8Array(paddedBytes + 1);
    inner.set(content);
    inner[content.length] = type;
    const header = encodeRecordHeader(contentType.applicationData, inner.length + tagBytes);
    const sealed = await subtle.encrypt(this.#nextAlgorithm(header), this.#key, inner);
    return concatBytes(header, new Uint8Array(sealed));
  }

  /**
   * Opens a protected record and strips its padding.
   * @throws UntrustedError TLS_RECORD_MAC, TLS_RECORD_OVERFLOW, TLS_RECORD_EMPTY
   */
  async open(header: Uint8Array, body: Uint8Array): Promise<RecordContent> {
    if (body.length < tagBytes) throw new UntrustedError("TLS_RECORD_MAC");
    return parseInnerPlaintext(await this.#decrypt(header, body));
  }

  async #decrypt(header: Uint8Array, body: Uint8Array): Promise<Uint8Array> {
    try {
      return new Uint8Array(await subtle.decrypt(this.#nextAlgorithm(header), this.#key, body));
    } catch (cause) {
      throw new UntrustedError("TLS_RECORD_MAC", { cause });
    }
  }

  /** The nonce is the IV xor the record's number, which is thereby used up. */
  #nextAlgorithm(header: Uint8Array): Readonly<Record<string, unknown>> {
    const counter = encodeUint(this.#sequence, 8);
    this.#sequence += 1;
    const offset = this.#iv.length - counter.length;
    const iv = this.#iv.map((byte, index) => byte ^ (counter[index - offset] ?? 0));
    return { name: "AES-GCM", iv, additionalData: header, tagLength: 8 * tagBytes };
  }
}

/** TLSInnerPlaintext (RFC 8446 §5.4): content, its type, zeros. */
function parseInnerPlaintext(inner: Uint8Array): RecordContent {
  if (inner.length > maxPlaintextBytes + 1) {
    throw new UntrustedError("TLS_RECORD_OVERFLOW", { actual: `${String(inner.length)} bytes` });
  }
  const end = inner.findLastIndex((byte) => byte !== 0);
  const type = inner[end];
  if (type === undefined) throw new UntrustedError("TLS_RECORD_EMPTY", { expected: "content type" });
  return { type, content: inner.slice(0, end) };
}
