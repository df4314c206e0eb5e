import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { folderChunkBytes, pageMessageSchema } from "#messages/page.ts";
import { createUpload, type Upload } from "../../background/upload.ts";
import { cutFolder, uploadChunkBytes } from "../../content/folderUpload.ts";
import { expectRefusal } from "../session/refusal.ts";

const waitMs = 10_000;

/** Takes the pieces as the worker does: parsed, then decoded. */
function feed(upload: Upload, contents: readonly Uint8Array[]): void {
  for (const piece of cutFolder(1, contents)) {
    const message = pageMessageSchema.parse(JSON.parse(JSON.stringify(piece)));
    if (message.type === "chunk") upload.take(message.index, Buffer.from(message.bytes, "base64"));
  }
}

const announce = (contents: readonly Uint8Array[]): { path: string; size: number }[] =>
  contents.map(({ length }, index) => ({
    path: index === 0 ? "oracle.py" : `f${String(index)}`,
    size: length,
  }));

describe("a folder on its way from the page", () => {
  it("cuts into pieces as large as the schema allows", () => {
    expect(uploadChunkBytes).toBe(folderChunkBytes);
  });

  it.each([0, 1, 2, 3, uploadChunkBytes - 1, uploadChunkBytes, uploadChunkBytes + 1, 3 * uploadChunkBytes])(
    "arrives whole: %i bytes",
    async (length) => {
      const contents = [Uint8Array.from({ length }, (_, index) => index % 251)];
      const upload = createUpload();
      feed(upload, contents);
      const [file] = await upload.receive(announce(contents), waitMs);
      expect(Buffer.compare(Buffer.from(file?.bytes ?? []), Buffer.from(contents[0] ?? []))).toBe(0);
    },
  );

  it("arrives as it was, whatever the files, before or after it is asked for", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 64 }), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (contents, isEarly) => {
          const upload = createUpload();
          if (isEarly) feed(upload, contents);
          const received = upload.receive(announce(contents), waitMs);
          if (!isEarly) feed(upload, contents);
          expect((await received).map(({ bytes }) => [...bytes])).toEqual(
            contents.map((bytes) => [...bytes]),
          );
        },
      ),
      { numRuns: 100, seed: 3 },
    );
  });

  it.each([
    ["a byte more than announced", (upload: Upload) => upload.take(0, new Uint8Array(4))],
    ["a file that was not announced", (upload: Upload) => upload.take(1, new Uint8Array(1))],
    ["an empty piece", (upload: Upload) => upload.take(0, new Uint8Array(0))],
  ])("is refused with %s", async (_name, feedWrong) => {
    const upload = createUpload();
    const received = upload.receive([{ path: "oracle.py", size: 3 }], waitMs);
    feedWrong(upload);
    await expectRefusal(received, "UPLOAD_MALFORMED");
  });

  it("is refused when a byte does not come in time", async () => {
    const upload = createUpload();
    upload.take(0, new Uint8Array(2));
    await expectRefusal(upload.receive([{ path: "oracle.py", size: 3 }], 10), "UPLOAD_TIMEOUT");
  });

  it("is refused by its announcement, before a byte is kept", async () => {
    const upload = createUpload();
    await expectRefusal(upload.receive([{ path: "../oracle.py", size: 3 }], waitMs), "FOLDER_PATH_INVALID");
    await expectRefusal(upload.receive([{ path: "other.py", size: 3 }], waitMs), "FOLDER_NO_ORACLE");
  });
});
