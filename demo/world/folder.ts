import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { FolderFile } from "#protocol/folder/manifest.ts";

/** Reads every regular file under `folder`; whether it is an oracle folder is checked by who uses it. */
export async function readFolder(folder: string): Promise<FolderFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return {
        path: relative(folder, path).split(sep).join("/"),
        bytes: new Uint8Array(await readFile(path)),
      };
    }),
  );
}
