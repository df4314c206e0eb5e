import type { ByteStream } from "#protocol/byteStream.ts";
import { TlsClient } from "./client.ts";
import { waitWithin } from "./deadline.ts";
import { gcmLimits, paddingBuckets } from "./limits.ts";
import type { VerifyPeer } from "./peer.ts";
import type { TlsOffer } from "./suites.ts";

export type { VerifyPeer } from "./peer.ts";

/** How long a handshake may take, the caller's `verifyPeer` included. */
export const handshakeTimeoutMs = 30_000;
/** How long the last bytes may take to leave when a connection is closed. */
export const closeTimeoutMs = 5_000;

/** What a connection needs from its caller; every field is required, so that no check has a default to fall to. */
export interface TlsOptions {
  /** Name in the server_name extension (RFC 6066 §3), ASCII. */
  readonly serverName: string;
  /** The one application protocol offered and demanded (RFC 7301). */
  readonly alpn: string;
  /** Suites, groups and signature schemes offered. */
  readonly offer: TlsOffer;
  readonly verifyPeer: VerifyPeer;
  /** Longest certificate list accepted. */
  readonly maxCertificates: number;
  /** Cryptographically secure random bytes. */
  readonly random: (length: number) => Uint8Array;
  /** A signal that aborts after `timeoutMs`, such as `AbortSignal.timeout`. */
  readonly deadline: (timeoutMs: number) => AbortSignal;
}

/** An established TLS 1.3 connection: the server's key is verified, both Finished are exchanged. */
export interface TlsConnection extends ByteStream {
  /** DER of the server's leaf certificate, as verified. */
  readonly leaf: Uint8Array;
  /**
   * Keying material of this connection (RFC 8446 §7.5), `length` bytes.
   * @throws TransportError TLS_CLOSED
   */
  exporter(label: string, context: Uint8Array, length: number): Promise<Uint8Array>;
}

/** A {@link TlsClient} joined to the stream it speaks over. */
class Connection implements TlsConnection {
  readonly #stream: ByteStream;
  readonly #client: TlsClient;
  readonly #deadline: TlsOptions["deadline"];
  #leaf = new Uint8Array(0);
  #received: Uint8Array[] = [];
  #isEnded = false;
  #isConnected = false;
  #failure: { readonly error: unknown } | undefined;
  #closing: Promise<void> | undefined;
  readonly #stopReading = new AbortController();
  #reading: Promise<unknown> = Promise.resolve();
  #flushing: Promise<void> = Promise.resolve();

  constructor(stream: ByteStream, client: TlsClient, deadline: TlsOptions["deadline"]) {
    this.#stream = stream;
    this.#client = client;
    this.#deadline = deadline;
  }

  get leaf(): Uint8Array {
    return this.#leaf.slice();
  }

  async handshake(): Promise<void> {
    await this.#flush();
    while (!this.#isConnected) {
      await this.#receiveMore();
      if (this.#failure !== undefined) throw this.#failure.error;
      await this.#flush();
    }
  }

  read(): Promise<Uint8Array | null> {
    const next = this.#reading.then(() => this.#readNext());
    this.#reading = next.catch(() => undefined);
    return next;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#client.send(bytes);
    await this.#flush();
  }

  // async, so that a closed connection rejects instead of throwing at once.
  async exporter(label: string, context: Uint8Array, length: number): Promise<Uint8Array> {
    return Promise.resolve(this.#client.exporter(label, context, length));
  }

  close(): Promise<void> {
    this.#closing ??= this.#sendLast(this.#client.close());
    return this.#closing;
  }

  /** Sends the alert that waits, if any, forgets the secrets and closes the stream. Never rejects. */
  abort(): Promise<void> {
    this.#closing ??= this.#sendLast(Promise.resolve());
    return this.#closing;
  }

  async #readNext(): Promise<Uint8Array | null> {
    while (this.#received.length === 0 && !this.#isEnded && this.#failure === undefined) {
      await this.#receiveMore();
    }
    const bytes = this.#received.shift();
    if (bytes === undefined && this.#failure !== undefined) throw this.#failure.error;
    return bytes ?? null;
  }

  /** Takes one piece from the stream. A failure is kept, so that what arrived before it is read first. */
  async #receiveMore(): Promise<void> {
    try {
      const bytes = await waitWithin(this.#stream.read(), this.#stopReading.signal, "TLS_CLOSED");
      await (bytes === null ? this.#client.receiveEnd() : this.#client.receive(bytes));
    } catch (error) {
      this.#failure = { error };
    }
    this.#takeEvents();
    if (this.#failure !== undefined) void this.abort();
    // Not awaited: a peer that waits for us to read must not keep us from reading. `write` meets the failure.
    else this.#flush().catch(() => undefined);
  }

  #takeEvents(): void {
    for (const event of this.#client.takeEvents()) {
      if (event.type === "data") this.#received.push(event.bytes);
      else if (event.type === "closed") this.#isEnded = true;
      else this.#isConnected = true;
      if (event.type === "connected") this.#leaf = event.leaf.slice();
    }
  }

  #flush(): Promise<void> {
    this.#flushing = this.#flushing.then(async () => {
      const output = this.#client.takeOutput();
      if (output.length > 0) await this.#stream.write(output);
    });
    return this.#flushing;
  }

  async #sendLast(lastAlert: Promise<void>): Promise<void> {
    this.#stopReading.abort();
    const sent = lastAlert.then(() => this.#flush());
    // What cannot leave in time, or at all, does not keep the connection open.
    await waitWithin(sent, this.#deadline(closeTimeoutMs), "TLS_TIMEOUT").catch(() => undefined);
    this.#client.destroy();
    const closed = this.#stream.close();
    await waitWithin(closed, this.#deadline(closeTimeoutMs), "TLS_TIMEOUT").catch(() => undefined);
  }
}

/**
 * Opens TLS 1.3 over `stream` (docs/TLS.md). Owns the stream from here on: it is closed with the connection,
 * or when the handshake fails.
 * @throws UntrustedError with the code of the check that failed, or what `verifyPeer` rejected with
 * @throws TransportError TLS_TIMEOUT, TLS_TRUNCATED, TLS_PEER_ALERT
 * @throws UsageError TLS_OPTION_INVALID
 */
export async function openTls(stream: ByteStream, options: TlsOptions): Promise<TlsConnection> {
  const client = await createClient(stream, options);
  const connection = new Connection(stream, client, options.deadline);
  try {
    await waitWithin(connection.handshake(), options.deadline(handshakeTimeoutMs), "TLS_TIMEOUT");
  } catch (error) {
    await connection.abort();
    throw error;
  }
  return connection;
}

async function createClient(stream: ByteStream, options: TlsOptions): Promise<TlsClient> {
  try {
    return await TlsClient.create({ ...options, paddingBuckets, keyLimits: gcmLimits });
  } catch (error) {
    await stream.close().catch(() => undefined);
    throw error;
  }
}
