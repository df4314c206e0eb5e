import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { utf8 } from "#protocol/bytes.ts";
import { oracleHash, type FolderFile } from "#protocol/folder/manifest.ts";
import type { OracleRequest } from "#protocol/wire/session.ts";
import { receiveFolder } from "../oracle/upload.ts";
import { createSandboxWorld } from "./sandboxWorld.ts";

const files: readonly FolderFile[] = [
  { path: "deep/in/side.txt", bytes: utf8("uploaded") },
  { path: "oracle.py", bytes: utf8("print()\n") },
];

/** The announcement of `files`, and their pieces in order; `before` runs ahead of each. */
function upload(before: (path: string) => Promise<void> = () => Promise.resolve()) {
  const pieces = files.map(({ bytes, path }, index) => ({
    path,
    piece: { type: "file", index, bytes } as const,
  }));
  const next = async (): Promise<OracleRequest> => {
    const one = pieces.shift();
    if (one === undefined) throw new Error("asked for more than was announced");
    await before(one.path);
    return one.piece;
  };
  return { announced: files.map(({ path, bytes }) => ({ path, size: bytes.length })), next };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "oracle-stage-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the hash that is signed", () => {
  it("is that of the uploaded files", async () => {
    const { announced, next } = upload();
    const received = await receiveFolder(announced, folder, next);
    expect(received.oracleHash).toBe(await oracleHash(files));
  });

  it("is that of a file as it lies there, where it was changed after its upload", async () => {
    const changed = utf8("tampered");
    const { announced, next } = upload(async (path) => {
      if (path === "oracle.py") await writeFile(join(folder, "deep/in/side.txt"), changed);
    });
    const received = await receiveFolder(announced, folder, next);
    expect(received.oracleHash).not.toBe(await oracleHash(files));
    expect(received.oracleHash).toBe(
      await oracleHash(files.map((file) => (file.path === "oracle.py" ? file : { ...file, bytes: changed }))),
    );
  });
});

describe("the files that are run", () => {
  it("are the hashed ones themselves, and no user of the session may write them", async () => {
    const world = await createSandboxWorld();
    const source = `import opencontracts, os
s = opencontracts.session()
s.print([os.stat("/run/folder/" + name).st_ino for name in ("oracle.py", "deep/in/side.txt")])
try: open("/run/folder/oracle.py", "a")
except OSError as error: s.print(type(error).__name__ if isinstance(error, PermissionError) else error.strerror)
`;
    const { prints, stagePath } = await world.run(source, { files: { "deep/in/side.txt": "uploaded" } });
    const inodes = ["oracle.py", "deep/in/side.txt"].map(async (name) => {
      const { ino, mode } = await stat(join(stagePath, "folder", name));
      expect(mode & 0o027).toBe(0);
      return ino;
    });
    expect(prints[0]).toBe(`[${(await Promise.all(inodes)).join(", ")}]`);
    expect(prints[1]).toMatch(/^(?:PermissionError|Read-only file system)$/);
    await world.close();
  });
});
