import type { ByteStream } from "#protocol/byteStream.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import type { ChainReader } from "../chain/reader.ts";

/** What a session needs from outside: the worker gives browser parts, tests and Node give theirs. */
export interface SessionPorts {
  /** Opens a stream of bytes to a relay. @throws TransportError */
  connect(url: string): Promise<ByteStream>;
  readonly chain: ChainReader;
  readonly trust: TrustConfig;
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Cryptographically secure random bytes. */
  random(length: number): Uint8Array;
  /** A signal that aborts after `timeoutMs`, such as `AbortSignal.timeout`. */
  deadline(timeoutMs: number): AbortSignal;
}
