import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { codes } from "#protocol/codes/index.ts";
import { describe, expect, it } from "vitest";
import { troubleshooting } from "../../codesDoc/document.ts";

const folder = join(import.meta.dirname, "../../../protocol/codes");
const files = readdirSync(folder)
  .filter((name) => name !== "index.ts" && name !== "entry.ts")
  .map((name) => ({ name: name.replace(/\.ts$/, ""), source: readFileSync(join(folder, name), "utf8") }));

describe("TROUBLESHOOTING.md", () => {
  const text = troubleshooting(files);

  it("holds every code exactly once", () => {
    const rows = [...text.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, code]) => code);
    expect(rows.toSorted()).toEqual(Object.keys(codes).toSorted());
  });

  it("has a heading and a sentence for each file", () => {
    expect(text).toMatch(/^## Tls\n\n\S.*\.\n/m);
  });

  it("ends every sentence with a full stop", () => {
    const open = Object.entries(codes).filter(([, { sentence }]) => !/[.?!]$/.test(sentence));
    expect(open.map(([code]) => code)).toEqual([]);
  });
});
