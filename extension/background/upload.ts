import { TransportError, UsageError } from "#protocol/errors.ts";
import { checkFolder, type FolderFile } from "#protocol/folder/manifest.ts";
import { maxFolderBytes } from "#protocol/wire/limits.ts";

/** A file as a request announces it; `size` in bytes. */
export interface AnnouncedFile {
  readonly path: string;
  readonly size: number;
}

/** A folder on its way from a page, piece by piece. */
export interface Upload {
  /** Takes the next piece of the file at `index`; what does not fit ends the upload. */
  take(index: number, bytes: Uint8Array): void;
  /**
   * The files once the last byte of `announced` is there.
   * @throws UsageError UPLOAD_MALFORMED, and FOLDER_* as `checkFolder`; TransportError UPLOAD_TIMEOUT
   */
  receive(announced: readonly AnnouncedFile[], timeoutMs: number): Promise<FolderFile[]>;
}

interface Piece {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Starts an upload. It holds at most the largest folder that is allowed, whatever is sent. */
export function createUpload(): Upload {
  const early: Piece[] = [];
  let earlyBytes = 0;
  let place = (piece: Piece): void => {
    earlyBytes += piece.bytes.length;
    if (earlyBytes <= maxFolderBytes) early.push(piece);
  };
  return {
    take(index, bytes) {
      place({ index, bytes });
    },
    async receive(announced, timeoutMs) {
      checkFolder(announced);
      const slots = announced.map(({ path, size }) => ({ path, bytes: new Uint8Array(size), filled: 0 }));
      let timer: ReturnType<typeof setTimeout> | undefined;
      try {
        await new Promise<undefined>((resolve, reject) => {
          timer = setTimeout(() => {
            reject(new TransportError("UPLOAD_TIMEOUT"));
          }, timeoutMs);
          place = (piece) => {
            if (!fill(slots, piece)) reject(new UsageError("UPLOAD_MALFORMED"));
            else if (slots.every(isFull)) resolve(undefined);
          };
          if (slots.every(isFull)) resolve(undefined);
          early.splice(0).forEach(place);
        });
      } finally {
        clearTimeout(timer);
        place = () => undefined;
      }
      return slots.map(({ path, bytes }) => ({ path, bytes }));
    },
  };
}

interface Slot extends FolderFile {
  filled: number;
}

function isFull({ bytes, filled }: Slot): boolean {
  return filled === bytes.length;
}

/** Puts a piece where it belongs; false where there is no such file or no room in it. */
function fill(slots: readonly Slot[], { index, bytes }: Piece): boolean {
  const slot = slots[index];
  if (slot === undefined || bytes.length === 0 || slot.filled + bytes.length > slot.bytes.length)
    return false;
  slot.bytes.set(bytes, slot.filled);
  slot.filled += bytes.length;
  return true;
}
