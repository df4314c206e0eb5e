import type { Duplex } from "node:stream";
import type { ByteStream } from "#protocol/byteStream.ts";
import { TransportError } from "#protocol/errors.ts";

/**
 * A node stream (socket, TLS socket) as a {@link ByteStream}. `write` resolves when the bytes have left this process's
 * buffer, so that whoever awaits it feels the reader's pace.
 * @throws (from `read` and `write`) TransportError SERVICE_CLIENT_GONE
 */
export function createDuplexStream(duplex: Duplex): ByteStream {
  const chunks = duplex.iterator({ destroyOnReturn: false });
  return {
    async read() {
      try {
        const next = await chunks.next();
        return next.done === true ? null : bytesOf(next.value);
      } catch (cause) {
        throw new TransportError("SERVICE_CLIENT_GONE", { cause });
      }
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        duplex.write(bytes, (cause) => {
          if (cause) reject(new TransportError("SERVICE_CLIENT_GONE", { cause }));
          else resolve();
        });
      }),
    close: () => endDuplex(duplex),
  };
}

function bytesOf(chunk: unknown): Uint8Array {
  if (!(chunk instanceof Uint8Array)) throw new TypeError("a byte stream in object mode");
  // Plain, because schemas and comparisons know no Buffer.
  return new Uint8Array(chunk);
}

/** Says goodbye (close_notify, FIN) and resolves when it is written, or at once where the other side is gone. */
function endDuplex(duplex: Duplex): Promise<void> {
  if (duplex.destroyed || duplex.writableEnded) return Promise.resolve();
  return new Promise((resolve) => {
    duplex.once("close", () => resolve());
    duplex.end(() => resolve());
  });
}
