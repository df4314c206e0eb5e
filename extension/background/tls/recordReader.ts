import { UntrustedError } from "#protocol/errors.ts";
import { ByteQueue } from "./byteQueue.ts";
import { maxCiphertextBytes, maxPlaintextBytes } from "./limits.ts";
import { contentType, recordHeaderBytes } from "./recordFormat.ts";
import type { RecordContent } from "./recordProtection.ts";
import { RecordProtection } from "./recordProtection.ts";
import type { CipherSuite } from "./suites.ts";
import { parseAll } from "./wire.ts";

const clearTypes: ReadonlySet<number> = new Set([
  contentType.changeCipherSpec,
  contentType.alert,
  contentType.handshake,
]);
const innerTypes: ReadonlySet<number> = new Set([
  contentType.alert,
  contentType.handshake,
  contentType.applicationData,
]);

interface RawRecord {
  readonly type: number;
  readonly header: Uint8Array;
  readonly body: Uint8Array;
}

/** Cuts bytes into records and takes their protection off. Calls of `next` must not overlap. */
export class RecordReader {
  readonly #pending = new ByteQueue();
  #protection: RecordProtection | undefined;
  #isWiped = false;

  /** Adds bytes as they arrive. */
  push(bytes: Uint8Array): void {
    this.#pending.push(bytes);
  }

  /** Expects what follows to be protected by `secret`. */
  async setSecret(suite: CipherSuite, secret: Uint8Array): Promise<void> {
    this.#protection?.wipe();
    this.#keep(await RecordProtection.create(suite, secret));
  }

  /** Moves to the peer's next key, after its KeyUpdate. */
  async updateKey(): Promise<void> {
    if (this.#protection !== undefined) this.#keep(await this.#protection.next());
  }

  /** Records opened under the present key. */
  get recordCount(): number {
    return this.#protection?.recordCount ?? 0;
  }

  /**
   * The next record's content; undefined until its last byte is there.
   * @throws UntrustedError TLS_RECORD_TYPE, TLS_RECORD_OVERFLOW, TLS_RECORD_MAC, TLS_RECORD_EMPTY
   */
  async next(): Promise<RecordContent | undefined> {
    const record = this.#isWiped ? undefined : this.#nextRaw();
    if (record === undefined) return undefined;
    const { type, header, body } = record;
    // change_cipher_spec is never protected (RFC 8446 §5); what it may do here, the client decides.
    if (this.#protection === undefined || type === contentType.changeCipherSpec)
      return { type, content: body };
    const opened = await this.#protection.open(header, body);
    checkType(opened.type, innerTypes);
    return opened;
  }

  /** Forgets the key and all that waits. */
  wipe(): void {
    this.#protection?.wipe();
    this.#protection = undefined;
    this.#isWiped = true;
    this.#pending.take(this.#pending.length);
  }

  /** A key that was derived while the connection ended is not kept. */
  #keep(protection: RecordProtection): void {
    if (this.#isWiped) protection.wipe();
    else this.#protection = protection;
  }

  #nextRaw(): RawRecord | undefined {
    const head = this.#pending.peek(recordHeaderBytes);
    if (head === undefined) return undefined;
    // RFC 8446 §5.1: legacy_record_version is ignored.
    const { type, length } = parseAll(head, (reader) => {
      const outer = reader.uint(1);
      reader.uint(2);
      return { type: outer, length: reader.uint(2) };
    });
    this.#checkHeader(type, length);
    const record = this.#pending.take(recordHeaderBytes + length);
    if (record === undefined) return undefined;
    return { type, header: record.slice(0, recordHeaderBytes), body: record.slice(recordHeaderBytes) };
  }

  #checkHeader(type: number, length: number): void {
    const isClear = this.#protection === undefined || type === contentType.changeCipherSpec;
    if (isClear) checkType(type, clearTypes);
    else checkType(type, new Set([contentType.applicationData]));
    const max = isClear ? maxPlaintextBytes : maxCiphertextBytes;
    if (length > max) {
      throw new UntrustedError("TLS_RECORD_OVERFLOW", {
        expected: `at most ${String(max)} bytes`,
        actual: `${String(length)} bytes`,
      });
    }
  }
}

function checkType(type: number, allowed: ReadonlySet<number>): void {
  if (!allowed.has(type)) throw new UntrustedError("TLS_RECORD_TYPE", { actual: String(type) });
}
