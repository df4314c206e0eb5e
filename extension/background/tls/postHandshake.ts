import { UntrustedError } from "#protocol/errors.ts";
import { checkRequest, parseExtensions } from "./extensions.ts";
import { encodeHandshake, handshakeType } from "./handshakeMessage.ts";
import { encodeUint, parseAll } from "./wire.ts";

/**
 * Checks that a NewSessionTicket (RFC 8446 §4.6.1) is one, and keeps nothing of it: sessions are not resumed.
 * @throws UntrustedError TLS_DECODE, TLS_EXTENSION_DUPLICATE, TLS_EXTENSION_FORBIDDEN
 */
export function verifyNewSessionTicket(body: Uint8Array): void {
  const block = parseAll(body, (reader) => {
    reader.uint(4);
    reader.uint(4);
    reader.vector(1, 0, 255);
    reader.vector(2, 1, 65535);
    return reader.vector(2, 0, 65534);
  });
  checkRequest(parseExtensions(block), "NewSessionTicket");
}

/**
 * Parses a KeyUpdate (RFC 8446 §4.6.3); true when the sender asks for one in return.
 * @throws UntrustedError TLS_DECODE, TLS_KEY_UPDATE_VALUE
 */
export function parseKeyUpdate(body: Uint8Array): boolean {
  const request = parseAll(body, (reader) => reader.uint(1));
  if (request > 1) throw new UntrustedError("TLS_KEY_UPDATE_VALUE", { actual: String(request) });
  return request === 1;
}

/** Encodes a KeyUpdate message. */
export function encodeKeyUpdate(isRequested: boolean): Uint8Array {
  return encodeHandshake(handshakeType.keyUpdate, encodeUint(isRequested ? 1 : 0, 1));
}
