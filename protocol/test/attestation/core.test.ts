import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const importPattern = /^import (?!type )[^;]*?from "([^"]+)";/gms;
const room = new URL("../../", import.meta.url);

/** Every module that a module loads at runtime: files of the room by path, packages by name. */
function loadedBy(entry: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const source = new URL(entry, room);
  for (const [, name = ""] of readFileSync(source, "utf8").matchAll(importPattern)) {
    const file = new URL(name, source).href.slice(room.href.length);
    if (name.startsWith(".")) loadedBy(file, seen);
    else seen.add(name);
  }
  return seen;
}

describe("verifier core", () => {
  const loaded = [...loadedBy("attestation/nitro.ts")];

  it("loads nothing of others but Keccak", () => {
    expect(loaded.filter((name) => !name.endsWith(".ts"))).toEqual(["@noble/hashes/sha3.js"]);
  });

  it("loads no sentences and no trust: both are arguments or looked up elsewhere", () => {
    expect(loaded).toContain("attestation/chain.ts");
    expect(loaded.filter((name) => /^(codes|trust|wire)\//.test(name))).toEqual([]);
  });
});
