import { concatBytes, hexFromBytes, toHex, utf8, type Hex } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import { sha256 } from "../webcrypto.ts";
import { maxFolderBytes, maxFolderFiles, maxPathBytes } from "../wire/limits.ts";

/** One regular file of an oracle folder. */
export interface FolderFile {
  /** Relative path with `/` between components; see {@link checkPaths} for the alphabet. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

const header = "open-contracts oracle v1\n";
const component = /^(?! )[A-Za-z0-9._ +@=-]{1,128}(?<! )$/;

/**
 * Checks an oracle folder's shape: paths, their uniqueness, `oracle.py`, sizes. Nothing is ever normalised.
 * @throws UsageError FOLDER_PATH_INVALID, FOLDER_PATH_DUPLICATE, FOLDER_NO_ORACLE, FOLDER_TOO_LARGE,
 * FOLDER_TOO_MANY_FILES
 */
export function checkFolder(files: readonly { readonly path: string; readonly size: number }[]): void {
  if (files.length > maxFolderFiles) throw new UsageError("FOLDER_TOO_MANY_FILES");
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > maxFolderBytes) {
    throw new UsageError("FOLDER_TOO_LARGE", {
      expected: `at most ${String(maxFolderBytes)}`,
      actual: String(total),
    });
  }
  checkPaths(files.map(({ path }) => path));
}

function checkPaths(paths: readonly string[]): void {
  const invalid = paths.find((path) => !isFolderPath(path));
  if (invalid !== undefined) {
    throw new UsageError("FOLDER_PATH_INVALID", { actual: JSON.stringify(invalid.slice(0, 200)) });
  }
  // A path that is also another one's folder cannot be written to a disk.
  const taken = new Set<string>();
  for (const path of paths) {
    if (taken.has(path)) throw new UsageError("FOLDER_PATH_DUPLICATE", { actual: path });
    taken.add(path);
  }
  const clash = paths.find((path) => parents(path).some((parent) => taken.has(parent)));
  if (clash !== undefined) throw new UsageError("FOLDER_PATH_DUPLICATE", { actual: clash });
  if (!taken.has("oracle.py")) throw new UsageError("FOLDER_NO_ORACLE");
}

/** True when `path` keeps to the alphabet; the alphabet has no newline, so no two folders share a manifest. */
export function isFolderPath(path: string): boolean {
  return (
    path.length <= maxPathBytes &&
    path.split("/").every((part) => component.test(part) && part !== "." && part !== "..")
  );
}

function parents(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

/**
 * The manifest whose SHA-256 is the oracleHash: a header line, then per file, sorted by path bytes,
 * `<sha256> <size> <path>`.
 * @throws UsageError as {@link checkFolder}
 */
export async function encodeManifest(files: readonly FolderFile[]): Promise<Uint8Array> {
  checkFolder(files.map(({ path, bytes }) => ({ path, size: bytes.length })));
  // The alphabet is ASCII, so comparing UTF-16 code units compares bytes.
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const lines = await Promise.all(
    sorted.map(async ({ path, bytes }) =>
      utf8(`${hexFromBytes(await sha256(bytes))} ${String(bytes.length)} ${path}\n`),
    ),
  );
  return concatBytes(utf8(header), ...lines);
}

/** The oracleHash of a folder, 32 bytes in hex. @throws UsageError as {@link checkFolder} */
export async function oracleHash(files: readonly FolderFile[]): Promise<Hex> {
  return toHex(await sha256(await encodeManifest(files)));
}
