import type { tlsCodes } from "#protocol/codes/tls.ts";
import { OpenContractsError } from "#protocol/errors.ts";

/** Error codes of this room. */
export type TlsCode = keyof typeof tlsCodes;

/** AlertDescription values (RFC 8446 §6) that this client sends or treats specially. */
export const alert = {
  closeNotify: 0,
  unexpectedMessage: 10,
  badRecordMac: 20,
  recordOverflow: 22,
  badCertificate: 42,
  unsupportedCertificate: 43,
  illegalParameter: 47,
  decodeError: 50,
  decryptError: 51,
  protocolVersion: 70,
  internalError: 80,
  userCanceled: 90,
  missingExtension: 109,
  unsupportedExtension: 110,
  noApplicationProtocol: 120,
} as const;

/** The alert that answers each failed check; null where nothing is sent, since nobody could make use of it. */
export const alertByCode = {
  TLS_DECODE: alert.decodeError,
  TLS_UNEXPECTED_MESSAGE: alert.unexpectedMessage,
  TLS_MESSAGE_TOO_LARGE: alert.illegalParameter,
  TLS_MESSAGE_ACROSS_KEYS: alert.unexpectedMessage,
  TLS_MESSAGE_INTERLEAVED: alert.unexpectedMessage,
  TLS_RECORD_TYPE: alert.unexpectedMessage,
  TLS_RECORD_OVERFLOW: alert.recordOverflow,
  TLS_RECORD_EMPTY: alert.unexpectedMessage,
  TLS_RECORD_FLOOD: alert.unexpectedMessage,
  TLS_RECORD_MAC: alert.badRecordMac,
  TLS_RECORD_LIMIT: alert.unexpectedMessage,
  TLS_CCS_INVALID: alert.unexpectedMessage,
  TLS_VERSION: alert.protocolVersion,
  TLS_VERSION_SELECTED: alert.illegalParameter,
  TLS_DOWNGRADE: alert.illegalParameter,
  TLS_SESSION_ID_ECHO: alert.illegalParameter,
  TLS_COMPRESSION: alert.illegalParameter,
  TLS_CIPHER_SUITE: alert.illegalParameter,
  TLS_CIPHER_SUITE_CHANGED: alert.illegalParameter,
  TLS_RETRY_SECOND: alert.unexpectedMessage,
  TLS_RETRY_POINTLESS: alert.illegalParameter,
  TLS_RETRY_GROUP: alert.illegalParameter,
  TLS_KEY_SHARE_GROUP: alert.illegalParameter,
  TLS_KEY_SHARE_INVALID: alert.illegalParameter,
  TLS_EXTENSION_DUPLICATE: alert.decodeError,
  TLS_EXTENSION_UNSOLICITED: alert.unsupportedExtension,
  TLS_EXTENSION_FORBIDDEN: alert.illegalParameter,
  TLS_EXTENSION_MISSING: alert.missingExtension,
  TLS_ALPN_MISSING: alert.noApplicationProtocol,
  TLS_ALPN_OTHER: alert.illegalParameter,
  TLS_CERTIFICATE_EMPTY: alert.decodeError,
  TLS_CERTIFICATE_COUNT: alert.badCertificate,
  TLS_CERTIFICATE_CONTEXT: alert.illegalParameter,
  TLS_PEER_KEY: alert.unsupportedCertificate,
  TLS_SIGNATURE_SCHEME: alert.illegalParameter,
  TLS_SIGNATURE_KEY: alert.illegalParameter,
  TLS_SIGNATURE_INVALID: alert.decryptError,
  TLS_FINISHED_INVALID: alert.decryptError,
  TLS_KEY_UPDATE_VALUE: alert.illegalParameter,
  TLS_POST_HANDSHAKE_FLOOD: alert.unexpectedMessage,
  TLS_ALERT_MALFORMED: alert.decodeError,
  TLS_PEER_ALERT: null,
  TLS_TRUNCATED: null,
  TLS_TIMEOUT: null,
  TLS_CLOSED: null,
  TLS_NOT_CONNECTED: null,
  TLS_OPTION_INVALID: null,
} as const satisfies Record<TlsCode, number | null>;

function isTlsCode(code: string): code is TlsCode {
  return Object.hasOwn(alertByCode, code);
}

/**
 * The alert to send for `error`. An error of another room can only come from the caller's `verifyPeer`,
 * hence bad_certificate; one that is not the project's is a mistake of ours.
 */
export function alertForError(error: unknown): number | null {
  if (!(error instanceof OpenContractsError) || error.code === "INTERNAL") return alert.internalError;
  return isTlsCode(error.code) ? alertByCode[error.code] : alert.badCertificate;
}
