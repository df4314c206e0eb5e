import { TransportError, UntrustedError } from "#protocol/errors.ts";
import { alert } from "./alert.ts";
import { checkExpected, nextState } from "./handshake.ts";
import type { HandshakeContext } from "./handshakeContext.ts";
import type { HandshakeMessage } from "./handshakeMessage.ts";
import { HandshakeBuffer, handshakeType } from "./handshakeMessage.ts";
import type { HandshakeState } from "./handshakeState.ts";
import type { KeyUsageLimits } from "./limits.ts";
import { maxConsecutiveEmptyRecords, maxPostHandshakeMessages } from "./limits.ts";
import type { VerifyPeer } from "./peer.ts";
import { parseKeyUpdate, verifyNewSessionTicket } from "./postHandshake.ts";
import { contentType } from "./recordFormat.ts";
import type { RecordContent } from "./recordProtection.ts";
import { RecordReader } from "./recordReader.ts";
import type { RecordWriter } from "./recordWriter.ts";

/** What the core tells its caller, in order. */
export type TlsEvent =
  | { readonly type: "connected"; readonly leaf: Uint8Array }
  | { readonly type: "data"; readonly bytes: Uint8Array }
  | { readonly type: "closed" };

/** What the receiving half is built from. */
export interface InboundOptions {
  readonly writer: RecordWriter;
  readonly verifyPeer: VerifyPeer;
  readonly maxCertificates: number;
  readonly keyLimits: KeyUsageLimits;
}

/** The receiving half: bytes to records, records to messages, messages to the next state. */
export class Inbound {
  readonly #writer: RecordWriter;
  readonly #keyLimits: KeyUsageLimits;
  readonly #context: HandshakeContext;
  readonly #reader = new RecordReader();
  readonly #messages = new HandshakeBuffer();
  #state: HandshakeState;
  #events: TlsEvent[] = [];
  #isEnded = false;
  #emptyRecords = 0;
  #postHandshakeMessages = 0;
  #hasAskedForUpdate = false;

  constructor(state: HandshakeState, options: InboundOptions) {
    const { writer, verifyPeer, maxCertificates, keyLimits } = options;
    this.#state = state;
    this.#writer = writer;
    this.#keyLimits = keyLimits;
    this.#context = {
      verifyPeer,
      maxCertificates,
      port: {
        send: (content) => writer.write({ type: contentType.handshake, content }),
        sendChangeCipherSpec: () => {
          writer.writeChangeCipherSpec();
        },
        setReadSecret: async (suite, secret) => {
          this.#checkMessageBoundary();
          if (this.#isEnded) throw new TransportError("TLS_CLOSED");
          await this.#reader.setSecret(suite, secret);
        },
        setWriteSecret: (suite, secret, phase) => writer.setSecret(suite, secret, phase),
      },
    };
  }

  /** Where the handshake stands. */
  get state(): HandshakeState {
    return this.#state;
  }

  /** True once the peer has sent close_notify. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Events since the last call. */
  takeEvents(): TlsEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Takes bytes as they arrive; what follows close_notify is ignored (RFC 8446 §6.1). */
  async receive(bytes: Uint8Array): Promise<void> {
    if (this.#isEnded) return;
    this.#reader.push(bytes);
    for (let record = await this.#nextRecord(); record !== undefined; record = await this.#nextRecord()) {
      await this.#onRecord(record);
    }
  }

  /** Forgets every secret and ends: nothing is taken any more. */
  wipe(): void {
    this.#isEnded = true;
    this.#reader.wipe();
    if (this.#state.name === "connected") this.#state.exporterSecret.fill(0);
  }

  async #nextRecord(): Promise<RecordContent | undefined> {
    if (this.#isEnded) return undefined;
    await this.#watchKeyUsage();
    return this.#reader.next();
  }

  /** RFC 8446 §5.5: no key is used without end. */
  async #watchKeyUsage(): Promise<void> {
    const { recordCount } = this.#reader;
    if (recordCount >= this.#keyLimits.openRecords) throw new UntrustedError("TLS_RECORD_LIMIT");
    if (recordCount < this.#keyLimits.askRecords || this.#hasAskedForUpdate) return;
    if (this.#state.name !== "connected") return;
    this.#hasAskedForUpdate = true;
    await this.#writer.updateKey(true);
  }

  async #onRecord({ type, content }: RecordContent): Promise<void> {
    this.#countEmpty(type, content);
    switch (type) {
      case contentType.handshake:
        return this.#onHandshake(content);
      case contentType.alert:
        this.#onAlert(content);
        return;
      case contentType.changeCipherSpec:
        this.#onChangeCipherSpec(content);
        return;
      default:
        this.#onApplicationData(content);
    }
  }

  #countEmpty(type: number, content: Uint8Array): void {
    const isEmpty = content.length === 0;
    // RFC 8446 §5.1: only application data may be empty.
    if (isEmpty && (type === contentType.handshake || type === contentType.alert)) {
      throw new UntrustedError("TLS_RECORD_EMPTY", { actual: String(type) });
    }
    const isIdle = isEmpty || type === contentType.changeCipherSpec || type === contentType.alert;
    this.#emptyRecords = isIdle ? this.#emptyRecords + 1 : 0;
    if (this.#emptyRecords > maxConsecutiveEmptyRecords) throw new UntrustedError("TLS_RECORD_FLOOD");
  }

  async #onHandshake(fragment: Uint8Array): Promise<void> {
    this.#messages.push(fragment);
    for (let message = this.#messages.next(); message !== undefined; message = this.#messages.next()) {
      checkExpected(this.#state, message);
      await this.#onMessage(message);
      if (this.#isEnded) return;
    }
  }

  async #onMessage(message: HandshakeMessage): Promise<void> {
    if (this.#state.name === "connected") {
      await this.#onPostHandshake(message);
      return;
    }
    this.#state = await nextState(this.#state, message, this.#context);
    if (this.#state.name === "connected") {
      this.#events.push({ type: "connected", leaf: this.#state.peer.leaf });
    }
  }

  async #onPostHandshake({ type, body }: HandshakeMessage): Promise<void> {
    this.#postHandshakeMessages += 1;
    if (this.#postHandshakeMessages > maxPostHandshakeMessages) {
      throw new UntrustedError("TLS_POST_HANDSHAKE_FLOOD");
    }
    if (type === handshakeType.newSessionTicket) {
      verifyNewSessionTicket(body);
      return;
    }
    const isRequested = parseKeyUpdate(body);
    this.#checkMessageBoundary();
    await this.#reader.updateKey();
    this.#hasAskedForUpdate = false;
    // RFC 8446 §4.6.3: answered before any further application data of ours.
    if (isRequested) await this.#writer.updateKey(false);
  }

  #onAlert(content: Uint8Array): void {
    this.#checkNotInterleaved();
    const [level, description] = content;
    if (content.length !== 2 || (level !== 1 && level !== 2)) throw new UntrustedError("TLS_ALERT_MALFORMED");
    // RFC 8446 §6.1: user_canceled announces a close_notify; every other alert is an end, whatever its level.
    if (description === alert.userCanceled && level === 1) return;
    if (description !== alert.closeNotify || this.#state.name !== "connected") {
      throw new TransportError("TLS_PEER_ALERT", { actual: `alert ${String(description)}` });
    }
    this.#isEnded = true;
    this.#events.push({ type: "closed" });
  }

  /** RFC 8446 §5: the single byte 1, until the peer's Finished, dropped. */
  #onChangeCipherSpec(content: Uint8Array): void {
    const isDummy = content.length === 1 && content[0] === 1;
    if (!isDummy || this.#state.name === "connected" || !this.#messages.isEmpty) {
      throw new UntrustedError("TLS_CCS_INVALID");
    }
  }

  #onApplicationData(bytes: Uint8Array): void {
    this.#checkNotInterleaved();
    if (this.#state.name !== "connected") {
      throw new UntrustedError("TLS_RECORD_TYPE", { actual: "application data before Finished" });
    }
    if (bytes.length === 0) return;
    this.#postHandshakeMessages = 0;
    this.#events.push({ type: "data", bytes });
  }

  /** RFC 8446 §5.1: a message's fragments follow one another. */
  #checkNotInterleaved(): void {
    if (!this.#messages.isEmpty) throw new UntrustedError("TLS_MESSAGE_INTERLEAVED");
  }

  /** RFC 8446 §5.1: a message that changes keys ends its record. */
  #checkMessageBoundary(): void {
    if (!this.#messages.isEmpty) throw new UntrustedError("TLS_MESSAGE_ACROSS_KEYS");
  }
}
