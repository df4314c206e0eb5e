import type { PageMessage } from "#messages/page.ts";

/** The largest piece of a file that goes into one message, bytes; a multiple of 3, so that base64 needs no fill. */
export const uploadChunkBytes = 196_608;
const binaryStride = 8_192;

function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let start = 0; start < bytes.length; start += binaryStride) {
    binary += String.fromCharCode(...bytes.subarray(start, start + binaryStride));
  }
  return btoa(binary);
}

/** Cuts `contents` into `chunk` messages of the request `id`: file after file, in order; an empty file has none. */
export function* cutFolder(id: number, contents: readonly Uint8Array[]): Generator<PageMessage> {
  for (const [index, bytes] of contents.entries()) {
    for (let start = 0; start < bytes.length; start += uploadChunkBytes) {
      const piece = bytes.subarray(start, start + uploadChunkBytes);
      yield { type: "chunk", id, index, bytes: encodeBase64(piece) };
    }
  }
}
