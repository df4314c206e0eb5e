import { concatBytes } from "#protocol/bytes.ts";
import { UntrustedError } from "#protocol/errors.ts";
import { encodeUint, encodeVector, parseEach } from "./wire.ts";

/** ExtensionType values that this client knows (RFC 8446 §4.2 and the registry it started from). */
export const extensionType = {
  serverName: 0,
  maxFragmentLength: 1,
  statusRequest: 5,
  supportedGroups: 10,
  signatureAlgorithms: 13,
  useSrtp: 14,
  heartbeat: 15,
  alpn: 16,
  signedCertificateTimestamp: 18,
  clientCertificateType: 19,
  serverCertificateType: 20,
  padding: 21,
  recordSizeLimit: 28,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  cookie: 44,
  pskKeyExchangeModes: 45,
  certificateAuthorities: 47,
  oidFilters: 48,
  postHandshakeAuth: 49,
  signatureAlgorithmsCert: 50,
  keyShare: 51,
} as const;

/** Messages of a server that carry extensions. */
export type ExtendedMessage =
  | "ServerHello"
  | "HelloRetryRequest"
  | "EncryptedExtensions"
  | "CertificateRequest"
  | "Certificate"
  | "NewSessionTicket";

/** The table of RFC 8446 §4.2: which known extension may stand in which message of a server. */
const allowedIn: Readonly<Record<ExtendedMessage, ReadonlySet<number>>> = {
  ServerHello: new Set([extensionType.keyShare, extensionType.preSharedKey, extensionType.supportedVersions]),
  HelloRetryRequest: new Set([extensionType.keyShare, extensionType.cookie, extensionType.supportedVersions]),
  EncryptedExtensions: new Set([
    extensionType.serverName,
    extensionType.maxFragmentLength,
    extensionType.supportedGroups,
    extensionType.useSrtp,
    extensionType.heartbeat,
    extensionType.alpn,
    extensionType.clientCertificateType,
    extensionType.serverCertificateType,
    extensionType.recordSizeLimit,
    extensionType.earlyData,
  ]),
  CertificateRequest: new Set([
    extensionType.statusRequest,
    extensionType.signatureAlgorithms,
    extensionType.signedCertificateTimestamp,
    extensionType.certificateAuthorities,
    extensionType.oidFilters,
    extensionType.signatureAlgorithmsCert,
  ]),
  Certificate: new Set([extensionType.statusRequest, extensionType.signedCertificateTimestamp]),
  NewSessionTicket: new Set([extensionType.earlyData]),
};

const knownTypes: ReadonlySet<number> = new Set(Object.values(extensionType));

/** Extensions of one block, by type. */
export type Extensions = ReadonlyMap<number, Uint8Array>;

/** Encodes one extension. */
export function encodeExtension(type: number, content: Uint8Array): Uint8Array {
  return concatBytes(encodeUint(type, 2), encodeVector(2, content));
}

/**
 * Parses the content of an extension block. Duplicates are refused before anything else is asked of it.
 * @throws UntrustedError TLS_DECODE, TLS_EXTENSION_DUPLICATE
 */
export function parseExtensions(block: Uint8Array): Extensions {
  const extensions = new Map<number, Uint8Array>();
  const entries = parseEach(block, (reader) => ({
    type: reader.uint(2),
    content: reader.vector(2, 0, 65535),
  }));
  for (const { type, content } of entries) {
    if (extensions.has(type)) throw new UntrustedError("TLS_EXTENSION_DUPLICATE", { actual: String(type) });
    extensions.set(type, content);
  }
  return extensions;
}

/**
 * Checks a block that answers our hello: each extension was offered and may stand in this message.
 * @throws UntrustedError TLS_EXTENSION_UNSOLICITED, TLS_EXTENSION_FORBIDDEN
 */
export function checkResponse(
  extensions: Extensions,
  message: ExtendedMessage,
  offered: ReadonlySet<number>,
): void {
  for (const type of extensions.keys()) {
    // RFC 8446 §4.2: the cookie is the one extension a server may start with.
    const isCookie = message === "HelloRetryRequest" && type === extensionType.cookie;
    if (!isCookie && !offered.has(type)) {
      throw new UntrustedError("TLS_EXTENSION_UNSOLICITED", { actual: `${message}: ${String(type)}` });
    }
    checkPlace(type, message);
  }
}

/**
 * Checks a block that is the server's own request: unknown extensions are ignored there (RFC 8446 §4.3.2,
 * §4.6.1), known ones must be in their place.
 * @throws UntrustedError TLS_EXTENSION_FORBIDDEN
 */
export function checkRequest(extensions: Extensions, message: ExtendedMessage): void {
  for (const type of extensions.keys()) {
    if (knownTypes.has(type)) checkPlace(type, message);
  }
}

function checkPlace(type: number, message: ExtendedMessage): void {
  if (!allowedIn[message].has(type)) {
    throw new UntrustedError("TLS_EXTENSION_FORBIDDEN", { actual: `${message}: ${String(type)}` });
  }
}
