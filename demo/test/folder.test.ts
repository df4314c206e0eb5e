import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { oracleHash } from "#protocol/folder/manifest.ts";
import { utf8 } from "#protocol/bytes.ts";
import { readFolder } from "../world/folder.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folder-test-"));
  await mkdir(join(folder, "own"));
  await writeFile(join(folder, "oracle.py"), "pass\n");
  await writeFile(join(folder, "own", "part.py"), "");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const refused = (actual: string) => ({ code: "FOLDER_PATH_INVALID", action: "fix-code", actual });

describe("a folder on disk", () => {
  it("is its regular files, with / in their paths", async () => {
    const files = [
      { path: "oracle.py", bytes: utf8("pass\n") },
      { path: "own/part.py", bytes: new Uint8Array() },
    ];
    expect(await oracleHash(await readFolder(folder))).toBe(await oracleHash(files));
  });

  it.each([
    ["a file", "oracle.py"],
    ["a folder", "own"],
    ["nothing", "nowhere"],
    ["a file outside", "/etc/hostname"],
  ])("may hold no symbolic link to %s", async (_, target) => {
    await symlink(target, join(folder, "own", "link"));
    await expect(readFolder(folder)).rejects.toMatchObject(refused("own/link"));
  });

  it("may hold no socket", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(folder, "socket"), resolve));
    await expect(readFolder(folder)).rejects.toMatchObject(refused("socket"));
    await new Promise((resolve) => server.close(resolve));
  });
});
