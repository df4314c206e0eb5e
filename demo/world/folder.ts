import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { UsageError } from "#protocol/errors.ts";
import type { FolderFile } from "#protocol/folder/manifest.ts";

/**
 * Reads every file under `folder`; whether it is an oracle folder is checked by who uses it.
 * @throws UsageError FOLDER_PATH_INVALID for a symbolic link, a socket, a pipe or a device: a hash covers files alone
 */
export async function readFolder(folder: string): Promise<FolderFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = entries.filter((entry) => !entry.isDirectory());
  const pathOf = (entry: Dirent): string => join(entry.parentPath, entry.name);
  const within = (entry: Dirent): string => relative(folder, pathOf(entry)).split(sep).join("/");
  const strange = found.find((entry) => !entry.isFile());
  if (strange !== undefined) {
    throw new UsageError("FOLDER_PATH_INVALID", { expected: "a regular file", actual: within(strange) });
  }
  return Promise.all(
    found.map(async (entry) => ({
      path: within(entry),
      bytes: new Uint8Array(await readFile(pathOf(entry))),
    })),
  );
}
