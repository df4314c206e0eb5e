import { concatBytes } from "#protocol/bytes.ts";
import { InternalError } from "#protocol/errors.ts";
import { alert } from "./alert.ts";
import type { KeyUsageLimits } from "./limits.ts";
import { maxPlaintextBytes } from "./limits.ts";
import { encodeKeyUpdate } from "./postHandshake.ts";
import { contentType, encodeRecordHeader } from "./recordFormat.ts";
import type { RecordContent } from "./recordProtection.ts";
import { RecordProtection } from "./recordProtection.ts";
import type { CipherSuite } from "./suites.ts";

/** How records are written. */
export interface RecordWriterOptions {
  /** Ascending content lengths to pad to; empty for no padding. */
  readonly paddingBuckets: readonly number[];
  readonly keyLimits: KeyUsageLimits;
}

/** Turns content into records, in the clear until a secret is set. Calls must not overlap. */
export class RecordWriter {
  readonly #options: RecordWriterOptions;
  #protection: RecordProtection | undefined;
  #isProtected = false;
  #canUpdateKey = false;
  #isClosed = false;
  #isWiped = false;
  #output: Uint8Array[] = [];

  constructor(options: RecordWriterOptions) {
    this.#options = options;
  }

  /** Records written since the last call. */
  takeOutput(): Uint8Array {
    const output = concatBytes(...this.#output);
    this.#output = [];
    return output;
  }

  /** Protects what follows by `secret`. KeyUpdate exists under application secrets only. */
  async setSecret(suite: CipherSuite, secret: Uint8Array, phase: "handshake" | "application"): Promise<void> {
    this.#isProtected = true;
    this.#protection?.wipe();
    this.#keep(await RecordProtection.create(suite, secret));
    this.#canUpdateKey = phase === "application";
  }

  /** The dummy record of compatibility mode (RFC 8446 §D.4), never protected. */
  writeChangeCipherSpec(): void {
    this.#writeClear({ type: contentType.changeCipherSpec, content: Uint8Array.of(1) });
  }

  /** Writes an alert (RFC 8446 §6), after which nothing is written any more. */
  async writeLastAlert(description: number): Promise<void> {
    const level = description === alert.closeNotify ? 1 : 2;
    await this.write({ type: contentType.alert, content: Uint8Array.of(level, description) });
    this.#isClosed = true;
  }

  /** Writes `content` in as many records as it takes. */
  async write({ type, content }: RecordContent): Promise<void> {
    for (let start = 0; start < content.length && !this.#isClosed; start += maxPlaintextBytes) {
      await this.#writeFragment({ type, content: content.subarray(start, start + maxPlaintextBytes) });
    }
  }

  /** Announces a new key of ours and moves to it (RFC 8446 §4.6.3). */
  async updateKey(isRequested: boolean): Promise<void> {
    const protection = this.#protection;
    if (protection === undefined || this.#isClosed) return;
    await this.#seal({ type: contentType.handshake, content: encodeKeyUpdate(isRequested) });
    this.#keep(await protection.next());
  }

  /** Forgets the key. Nothing is written after this; what was written can still be taken. */
  wipe(): void {
    this.#protection?.wipe();
    this.#protection = undefined;
    this.#isClosed = true;
    this.#isWiped = true;
  }

  async #writeFragment(fragment: RecordContent): Promise<void> {
    if (!this.#isProtected) {
      this.#writeClear(fragment);
      return;
    }
    const isUsedUp = (this.#protection?.recordCount ?? 0) >= this.#options.keyLimits.sealRecords;
    if (isUsedUp && this.#canUpdateKey) await this.updateKey(false);
    await this.#seal(fragment);
  }

  #writeClear({ type, content }: RecordContent): void {
    if (type === contentType.applicationData) throw new InternalError("INTERNAL");
    this.#output.push(encodeRecordHeader(type, content.length), content);
  }

  /** A key that was derived while the connection ended is not kept. */
  #keep(protection: RecordProtection): void {
    if (this.#isWiped) protection.wipe();
    else this.#protection = protection;
  }

  async #seal(fragment: RecordContent): Promise<void> {
    if (this.#protection === undefined) return;
    const { length } = fragment.content;
    const padded = this.#options.paddingBuckets.find((bucket) => bucket >= length) ?? length;
    const record = await this.#protection.seal(fragment, padded);
    // Not in one expression with the await: the output may be taken in between.
    this.#output.push(record);
  }
}
