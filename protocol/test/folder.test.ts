import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8 } from "../bytes.ts";
import { parseDomains, isHostName } from "../folder/domains.ts";
import { checkFolder, encodeManifest, isFolderPath, oracleHash } from "../folder/manifest.ts";
import vectors from "../vectors/oracleHash.json" with { type: "json" };

const file = (path: string, text = "") => ({ path, bytes: utf8(text) });
const sized = (path: string, size = 0) => ({ path, size });
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

describe("oracleHash", () => {
  it.each(vectors.folders)("vector: $name", async ({ files, manifest, oracleHash: expected }) => {
    const folder = files.map(({ path, text }) => file(path, text));
    expect(new TextDecoder().decode(await encodeManifest(folder))).toBe(manifest);
    expect(await oracleHash(folder)).toBe(expected);
  });

  it.each(vectors.refused)("refuses: $name", async ({ files, code: expected }) => {
    const folder = files.map(({ path, text }) => file(path, text));
    await expect(oracleHash(folder)).rejects.toEqual(code(expected));
  });

  it("does not depend on the order of files", async () => {
    const files = [file("oracle.py", "a"), file("b/c", "x"), file("b-d", "y")];
    expect(await oracleHash([...files].reverse())).toBe(await oracleHash(files));
  });

  it("changes where a byte moves between two files", async () => {
    const one = await oracleHash([file("oracle.py", "ab"), file("x", "c")]);
    expect(await oracleHash([file("oracle.py", "a"), file("x", "bc")])).not.toBe(one);
  });

  it("bounds the number of files and their size", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => sized(`f${String(index)}`));
    expect(() => checkFolder([sized("oracle.py"), ...many])).toThrow(code("FOLDER_TOO_MANY_FILES"));
    expect(() => checkFolder([sized("oracle.py", 67_108_865)])).toThrow(code("FOLDER_TOO_LARGE"));
  });

  it("never accepts a path outside the alphabet", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 20 }), (path) => {
        const plain = /^[A-Za-z0-9._ +@=/-]+$/.test(path);
        expect(isFolderPath(path) && !plain).toBe(false);
      }),
    );
  });
});

describe("domains.txt", () => {
  const parse = (text: string) => parseDomains([file("oracle.py"), file("domains.txt", text)]);

  it("lists names; none without a file", () => {
    expect(parse("a.example\nb.example\n")).toEqual(["a.example", "b.example"]);
    expect(parse("*\n")).toBe("*");
    expect(parseDomains([file("oracle.py")])).toEqual([]);
    expect(parseDomains([file("domain_whitelist.txt", "old.example")])).toEqual(["old.example"]);
  });

  it.each([
    "A.example",
    "a",
    "1.2.3.4",
    "a..b",
    "-a.example",
    "a.example:443",
    "*.example",
    " a.example",
    "a.b\n*",
  ])("refuses %j", (text) => {
    expect(() => parse(text)).toThrow(code("DOMAINS_INVALID"));
  });

  it("never takes an IP literal for a name", () => {
    fc.assert(fc.property(fc.ipV4(), (ip) => !isHostName(ip)));
  });
});
