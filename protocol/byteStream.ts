/**
 * A two-way stream of bytes; message boundaries mean nothing. What TLS runs over, and what TLS gives.
 * Implemented over a WebSocket in the worker and over a socket in Node.
 */
export interface ByteStream {
  /** The next bytes, at least one; null when the other side has ended the stream. @throws TransportError */
  read(): Promise<Uint8Array | null>;
  /** Hands `bytes` to the other side. @throws TransportError once the stream is closed */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the stream from this side. Safe to call twice. */
  close(): Promise<void>;
}
