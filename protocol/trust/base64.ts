declare function atob(text: string): string;

/** Bytes of compiled-in base64 (RFC 4648 section 4). Throws what the platform throws where it is none. */
export function bytesFromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
