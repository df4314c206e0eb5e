import { mkdir, open, readFile, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Hex } from "#protocol/bytes.ts";
import { UntrustedError } from "#protocol/errors.ts";
import { parseDomains, type Domains } from "#protocol/folder/domains.ts";
import { checkFolder, oracleHash, type FolderFile } from "#protocol/folder/manifest.ts";
import type { OracleRequest } from "#protocol/wire/session.ts";
import type { RunRequest } from "./result.ts";

/** The oracle folder as it lies on the enclave's disk, where it is run. */
export interface UploadedFolder {
  /** Hash of the files as written. */
  readonly oracleHash: Hex;
  readonly domains: Domains;
}

type Announced = RunRequest["files"][number];
type NextRequest = () => Promise<OracleRequest>;

/**
 * Receives the announced files and writes them below `folder`, which is empty; then reads them back and hashes what is
 * there. A file of size 0 has no pieces.
 * @throws UsageError FOLDER_*, DOMAINS_INVALID; UntrustedError SERVICE_UPLOAD_MISMATCH
 */
export async function receiveFolder(
  announced: readonly Announced[],
  folder: string,
  next: NextRequest,
): Promise<UploadedFolder> {
  checkFolder(announced);
  for (const [index, { path, size }] of announced.entries()) {
    // checkFolder has refused every path that could lead out.
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    const file = await open(target, "wx");
    try {
      await receiveFile(file, { index, size, next });
    } finally {
      await file.close();
    }
  }
  const files = await Promise.all(announced.map(({ path }) => readBack(folder, path)));
  return { oracleHash: await oracleHash(files), domains: parseDomains(files) };
}

async function receiveFile(
  file: FileHandle,
  { index, size, next }: { readonly index: number; readonly size: number; readonly next: NextRequest },
): Promise<void> {
  let missing = size;
  while (missing > 0) {
    const piece = await next();
    if (piece.type !== "file") throw mismatch("file", piece.type);
    if (piece.index !== index) throw mismatch(`file ${String(index)}`, String(piece.index));
    if (piece.bytes.length === 0 || piece.bytes.length > missing) {
      throw mismatch(`1 to ${String(missing)} bytes`, String(piece.bytes.length));
    }
    await file.writeFile(piece.bytes);
    missing -= piece.bytes.length;
  }
}

function mismatch(expected: string, actual: string): UntrustedError {
  return new UntrustedError("SERVICE_UPLOAD_MISMATCH", { expected, actual });
}

async function readBack(folder: string, path: string): Promise<FolderFile> {
  return { path, bytes: new Uint8Array(await readFile(join(folder, path))) };
}
