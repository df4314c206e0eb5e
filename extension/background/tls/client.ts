import { utf8 } from "#protocol/bytes.ts";
import { TransportError, UsageError } from "#protocol/errors.ts";
import { alert, alertForError } from "./alert.ts";
import type { HelloContent } from "./clientHello.ts";
import { createKeyShares, encodeClientHello } from "./clientHello.ts";
import type { TlsEvent } from "./inbound.ts";
import { Inbound } from "./inbound.ts";
import { exportKeyingMaterial } from "./keySchedule.ts";
import type { KeyUsageLimits } from "./limits.ts";
import type { VerifyPeer } from "./peer.ts";
import { contentType } from "./recordFormat.ts";
import { RecordWriter } from "./recordWriter.ts";
import type { TlsOffer } from "./suites.ts";

/** What the core is built from. It knows neither sockets nor clocks. */
export interface TlsClientOptions {
  readonly serverName: string;
  /** Offered and demanded; undefined offers none, which only a conformance harness does. */
  readonly alpn: string | undefined;
  readonly offer: TlsOffer;
  readonly verifyPeer: VerifyPeer;
  readonly maxCertificates: number;
  readonly random: (length: number) => Uint8Array;
  /** Ascending content lengths that records are padded to; empty for no padding. */
  readonly paddingBuckets: readonly number[];
  readonly keyLimits: KeyUsageLimits;
}

/**
 * TLS 1.3 client, bytes in and bytes out (RFC 8446). After each call the caller sends {@link takeOutput} and
 * handles {@link takeEvents}, in this order also when the call threw: the output then holds the alert.
 * Calls may overlap; they take effect in the order they were made.
 */
export class TlsClient {
  readonly #writer: RecordWriter;
  readonly #inbound: Inbound;
  #turn: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #isClosed = false;

  private constructor(writer: RecordWriter, inbound: Inbound) {
    this.#writer = writer;
    this.#inbound = inbound;
  }

  /** Makes ephemeral keys and writes the ClientHello. @throws UsageError TLS_OPTION_INVALID */
  static async create(options: TlsClientOptions): Promise<TlsClient> {
    const content = createHelloContent(options);
    const hello = encodeClientHello(content, await createKeyShares(options.offer.keyShares));
    const writer = new RecordWriter(options);
    await writer.write({ type: contentType.handshake, content: hello.encoded });
    const start = { name: "wait-server-hello", hello, retry: undefined } as const;
    return new TlsClient(writer, new Inbound(start, { ...options, writer }));
  }

  /** Bytes for the server since the last call. */
  takeOutput(): Uint8Array {
    return this.#writer.takeOutput();
  }

  /** What happened since the last call. */
  takeEvents(): TlsEvent[] {
    return this.#inbound.takeEvents();
  }

  /** Takes bytes from the server. @throws OpenContractsError of the check that failed, and again on every call after */
  receive(bytes: Uint8Array): Promise<void> {
    const copy = bytes.slice();
    return this.#inTurn(() => this.#inbound.receive(copy));
  }

  /** The server's byte stream ended. @throws TransportError TLS_TRUNCATED unless close_notify came before */
  receiveEnd(): Promise<void> {
    return this.#inTurn(() => {
      if (!this.#inbound.isEnded) throw new TransportError("TLS_TRUNCATED");
      return Promise.resolve();
    });
  }

  /**
   * Sends application data.
   * @throws UsageError TLS_NOT_CONNECTED before the handshake is complete
   * @throws TransportError TLS_CLOSED after {@link close}
   */
  async send(bytes: Uint8Array): Promise<void> {
    this.#checkOpen();
    this.#connected();
    const content = bytes.slice();
    await this.#inTurn(() => this.#writer.write({ type: contentType.applicationData, content }));
  }

  /** Moves to a new sending key, and asks the server for one where `isRequested`. @throws as {@link send} */
  async updateKey(isRequested: boolean): Promise<void> {
    this.#checkOpen();
    this.#connected();
    await this.#inTurn(() => this.#writer.updateKey(isRequested));
  }

  /** Sends close_notify. The server's data may still come, until its own. Safe to call twice. */
  async close(): Promise<void> {
    if (this.#isClosed || this.#failure !== undefined) return;
    this.#isClosed = true;
    await this.#inTurn(() => this.#writer.writeLastAlert(alert.closeNotify));
  }

  /**
   * Exported keying material (RFC 8446 §7.5), `length` bytes.
   * @throws UsageError TLS_NOT_CONNECTED, TLS_OPTION_INVALID
   * @throws TransportError TLS_CLOSED
   */
  exporter(label: string, context: Uint8Array, length: number): Uint8Array {
    this.#checkOpen();
    const { suite, exporterSecret } = this.#connected();
    const maxBytes = 255 * suite.hash.outputLen;
    const isLabel = label.length > 0 && utf8(label).length <= 249;
    if (!isLabel || !Number.isInteger(length) || length < 1 || length > maxBytes) {
      throw new UsageError("TLS_OPTION_INVALID", { expected: `label, 1 to ${String(maxBytes)} bytes` });
    }
    return exportKeyingMaterial(suite, exporterSecret, { label, context, length });
  }

  /** Forgets every secret at once. Whatever is called after this throws. */
  destroy(): void {
    this.#isClosed = true;
    this.#failure ??= { error: new TransportError("TLS_CLOSED") };
    this.#inbound.wipe();
    this.#writer.wipe();
  }

  #checkOpen(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#isClosed) throw new TransportError("TLS_CLOSED");
  }

  #connected(): Extract<Inbound["state"], { name: "connected" }> {
    const { state } = this.#inbound;
    if (state.name !== "connected") throw new UsageError("TLS_NOT_CONNECTED", { actual: state.name });
    return state;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(() => this.#guard(work));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      await work();
    } catch (error) {
      await this.#fail(error);
      throw error;
    }
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#failure !== undefined) return;
    const description = alertForError(error);
    if (description !== null) await this.#writer.writeLastAlert(description);
    this.#failure = { error };
    this.destroy();
  }
}

function createHelloContent(options: TlsClientOptions): HelloContent {
  const { serverName, alpn, offer, maxCertificates, random } = options;
  const isName = /^[\x21-\x7e]{1,255}$/.test(serverName);
  const isProtocol = alpn === undefined || (alpn.length > 0 && utf8(alpn).length <= 255);
  const isOffer = offer.keyShares.every((group) => offer.groups.includes(group));
  const content = { serverName, alpn, offer, random: random(32), sessionId: random(32) };
  const isRandom = content.random.length === 32 && content.sessionId.length === 32;
  const isCount = Number.isInteger(maxCertificates) && maxCertificates >= 1;
  if (!isName || !isProtocol || !isOffer || !isRandom || !isCount) {
    throw new UsageError("TLS_OPTION_INVALID", {
      expected: "serverName, alpn, offer, maxCertificates and random as documented",
    });
  }
  return content;
}
