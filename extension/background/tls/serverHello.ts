import { bytesFromHex, equalBytes, hexFromBytes } from "#protocol/bytes.ts";
import { UntrustedError } from "#protocol/errors.ts";
import type { Extensions } from "./extensions.ts";
import { extensionType, parseExtensions } from "./extensions.ts";
import type { WireReader } from "./wire.ts";
import { parseAll } from "./wire.ts";

const tls13 = 0x0304;
/** Last eight bytes of a random by which a TLS 1.3 server confesses to a lower version (RFC 8446 §4.1.3). */
const downgradeSentinels: ReadonlySet<string> = new Set(["444f574e47524400", "444f574e47524401"]);
/** SHA-256 of "HelloRetryRequest" (RFC 8446 §4.1.3). */
const retryRandom = bytesFromHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

/** A ServerHello or, of the same form, a HelloRetryRequest. */
export interface ServerHello {
  readonly isRetry: boolean;
  readonly random: Uint8Array;
  readonly sessionIdEcho: Uint8Array;
  readonly suiteId: number;
  readonly compression: number;
  readonly extensions: Extensions;
}

/** A KeyShareEntry. */
export interface KeyShareEntry {
  readonly groupId: number;
  readonly share: Uint8Array;
}

function readServerHello(reader: WireReader): ServerHello {
  // RFC 8446 §4.2.1: legacy_version is ignored, supported_versions decides.
  reader.uint(2);
  const random = reader.take(32);
  const sessionIdEcho = reader.vector(1, 0, 32);
  const suiteId = reader.uint(2);
  const compression = reader.uint(1);
  // Before TLS 1.3 the block may be absent: then the version check below has the right word for it.
  const block = reader.remaining === 0 ? new Uint8Array(0) : reader.vector(2, 0, 65535);
  const extensions = parseExtensions(block);
  const isRetry = retryRandom !== undefined && equalBytes(random, retryRandom);
  return { isRetry, random, sessionIdEcho, suiteId, compression, extensions };
}

/** Parses a ServerHello's body (RFC 8446 §4.1.3). @throws UntrustedError TLS_DECODE, TLS_EXTENSION_DUPLICATE */
export function parseServerHello(body: Uint8Array): ServerHello {
  return parseAll(body, readServerHello);
}

/**
 * Demands TLS 1.3 (RFC 8446 §4.1.3, §4.2.1).
 * @throws UntrustedError TLS_DOWNGRADE, TLS_VERSION, TLS_VERSION_SELECTED
 */
export function verifyVersion(hello: ServerHello): void {
  const selected = hello.extensions.get(extensionType.supportedVersions);
  if (selected === undefined) {
    const isSentinel = downgradeSentinels.has(hexFromBytes(hello.random.subarray(24)));
    throw new UntrustedError(isSentinel ? "TLS_DOWNGRADE" : "TLS_VERSION", { expected: "TLS 1.3" });
  }
  const version = parseAll(selected, (reader) => reader.uint(2));
  if (version !== tls13) {
    throw new UntrustedError("TLS_VERSION_SELECTED", { expected: String(tls13), actual: String(version) });
  }
}

/** Parses key_share as a ServerHello carries it (RFC 8446 §4.2.8). @throws UntrustedError TLS_DECODE */
export function parseKeyShareEntry(content: Uint8Array): KeyShareEntry {
  return parseAll(content, (reader) => ({ groupId: reader.uint(2), share: reader.vector(2, 1, 65535) }));
}

/** Parses key_share as a HelloRetryRequest carries it: a group alone. @throws UntrustedError TLS_DECODE */
export function parseSelectedGroup(content: Uint8Array): number {
  return parseAll(content, (reader) => reader.uint(2));
}

/** Parses a cookie (RFC 8446 §4.2.2), at least one byte. @throws UntrustedError TLS_DECODE */
export function parseCookie(content: Uint8Array): Uint8Array {
  return parseAll(content, (reader) => reader.vector(2, 1, 65535));
}
