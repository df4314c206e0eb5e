import { equalBytes, utf8 } from "#protocol/bytes.ts";
import { UntrustedError } from "#protocol/errors.ts";
import { checkRequest, checkResponse, extensionType, parseExtensions } from "./extensions.ts";
import type { WireReader } from "./wire.ts";
import { parseAll, parseEach } from "./wire.ts";

/** CertificateVerify as on the wire. */
export interface CertificateVerify {
  readonly schemeId: number;
  readonly signature: Uint8Array;
}

/** What EncryptedExtensions is held against. */
export interface ExtensionsExpected {
  readonly offered: ReadonlySet<number>;
  /** The application protocol offered; it must be confirmed. */
  readonly alpn: string | undefined;
}

const parseNothing = (): undefined => undefined;

/**
 * Parses EncryptedExtensions (RFC 8446 §4.3.1) and checks its content against the hello.
 * @throws UntrustedError TLS_DECODE, TLS_EXTENSION_DUPLICATE, TLS_EXTENSION_UNSOLICITED,
 * TLS_EXTENSION_FORBIDDEN, TLS_ALPN_MISSING, TLS_ALPN_OTHER
 */
export function verifyEncryptedExtensions(body: Uint8Array, expected: ExtensionsExpected): void {
  const extensions = parseExtensions(parseAll(body, (reader) => reader.vector(2, 0, 65535)));
  checkResponse(extensions, "EncryptedExtensions", expected.offered);
  // RFC 6066 §3: a server confirms the name by an empty extension.
  const serverName = extensions.get(extensionType.serverName);
  if (serverName !== undefined) parseAll(serverName, parseNothing);
  // The server's own preferences (RFC 8446 §4.2.7) are not acted on, but they must be readable.
  const groups = extensions.get(extensionType.supportedGroups);
  if (groups !== undefined) parseSupportedGroups(groups);
  verifyAlpn(extensions.get(extensionType.alpn), expected.alpn);
}

function parseSupportedGroups(content: Uint8Array): number[] {
  const list = parseAll(content, (reader) => reader.vector(2, 2, 65534));
  return parseEach(list, (reader) => reader.uint(2));
}

/** RFC 7301 §3.1: exactly one name in the server's list, and it must be the offered one. */
function verifyAlpn(content: Uint8Array | undefined, offered: string | undefined): void {
  if (offered === undefined) return;
  if (content === undefined) throw new UntrustedError("TLS_ALPN_MISSING", { expected: offered });
  const list = parseAll(content, (reader) => reader.vector(2, 2, 65535));
  const selected = parseAll(list, (reader) => reader.vector(1, 1, 255));
  if (!equalBytes(selected, utf8(offered))) throw new UntrustedError("TLS_ALPN_OTHER", { expected: offered });
}

/**
 * Parses a CertificateRequest (RFC 8446 §4.3.2). Its wishes do not matter: this client has no certificate.
 * @throws UntrustedError TLS_DECODE, TLS_CERTIFICATE_CONTEXT, TLS_EXTENSION_DUPLICATE,
 * TLS_EXTENSION_FORBIDDEN, TLS_EXTENSION_MISSING
 */
export function verifyCertificateRequest(body: Uint8Array): void {
  const { context, block } = parseAll(body, (reader) => ({
    context: reader.vector(1, 0, 255),
    block: reader.vector(2, 2, 65535),
  }));
  if (context.length !== 0) throw new UntrustedError("TLS_CERTIFICATE_CONTEXT");
  const extensions = parseExtensions(block);
  checkRequest(extensions, "CertificateRequest");
  if (!extensions.has(extensionType.signatureAlgorithms)) {
    throw new UntrustedError("TLS_EXTENSION_MISSING", { expected: "signature_algorithms" });
  }
}

function readCertificateEntry(reader: WireReader, offered: ReadonlySet<number>): Uint8Array {
  const certificate = reader.vector(3, 1, 2 ** 24 - 1);
  checkResponse(parseExtensions(reader.vector(2, 0, 65535)), "Certificate", offered);
  return certificate;
}

/**
 * Parses a server's Certificate message (RFC 8446 §4.4.2) into its entries, DER, in wire order.
 * @throws UntrustedError TLS_DECODE, TLS_CERTIFICATE_CONTEXT, TLS_CERTIFICATE_EMPTY,
 * TLS_EXTENSION_DUPLICATE, TLS_EXTENSION_UNSOLICITED, TLS_EXTENSION_FORBIDDEN
 */
export function parseCertificate(body: Uint8Array, offered: ReadonlySet<number>): Uint8Array[] {
  const { context, list } = parseAll(body, (reader) => ({
    context: reader.vector(1, 0, 255),
    list: reader.vector(3, 0, 2 ** 24 - 1),
  }));
  if (context.length !== 0) throw new UntrustedError("TLS_CERTIFICATE_CONTEXT");
  if (list.length === 0) throw new UntrustedError("TLS_CERTIFICATE_EMPTY");
  return parseEach(list, (reader) => readCertificateEntry(reader, offered));
}

/** Parses CertificateVerify (RFC 8446 §4.4.3). @throws UntrustedError TLS_DECODE */
export function parseCertificateVerify(body: Uint8Array): CertificateVerify {
  return parseAll(body, (reader) => ({ schemeId: reader.uint(2), signature: reader.vector(2, 0, 65535) }));
}
