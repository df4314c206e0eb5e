import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8 } from "#protocol/bytes.ts";
import { scriptLineSchema } from "#protocol/wire/script.ts";
import { createValueReader } from "../oracle/sandbox/lines.ts";
import { encodeSeccompFilter } from "../oracle/sandbox/seccomp.ts";
import { createSessionCa } from "../oracle/sandbox/sessionCa.ts";
import { refusedSyscalls } from "../oracle/sandbox/syscalls.ts";
import { leaseUsers, returnUsers } from "../oracle/sandbox/users.ts";

const nowMs = Date.UTC(2030, 0, 1);

describe("lines", () => {
  const read = (mostBytes: number, chunks: readonly Uint8Array[]) => {
    const values: unknown[] = [];
    const reader = createValueReader(mostBytes, (value) => {
      values.push(value);
      return true;
    });
    return { values, isSound: chunks.map((chunk) => reader.push(chunk)).at(-1) ?? true };
  };

  it("any values come out whole, however the bytes are cut", () => {
    const chunking = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), chunking, (values, sizes) => {
        const bytes = utf8(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
        const chunks: Uint8Array[] = [];
        for (let start = 0, turn = 0; start < bytes.length; turn++) {
          const end = start + (sizes[turn % sizes.length] ?? 1);
          chunks.push(bytes.slice(start, end));
          start = end;
        }
        const plain = JSON.parse(JSON.stringify(values)) as unknown;
        expect(read(1 << 20, chunks)).toEqual({ values: plain, isSound: true });
      }),
    );
  });

  it.each([
    ["too long, with its end", utf8(`"${"x".repeat(9)}"\n`)],
    ["too long, without", utf8("x".repeat(11))],
    ["no UTF-8", Uint8Array.of(0x22, 0xff, 0x22, 0x0a)],
    ["no JSON", utf8("{\n")],
    ["empty", utf8("\n")],
  ])("%s: nothing more is read", (_name, bytes) => {
    expect(read(10, [bytes, utf8("1\n")])).toEqual({ values: [], isSound: false });
  });

  it("no bytes make the schema throw", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(scriptLineSchema.safeParse(value).success).toBe(false);
      }),
    );
  });
});

describe("seccomp filter", () => {
  it.each(["x64", "arm64"] as const)(
    "%s: whole instructions, every jump inside, ends in a verdict",
    (arch) => {
      const filter = encodeSeccompFilter(arch);
      const view = new DataView(filter.buffer);
      const count = filter.length / 8;
      expect(Number.isInteger(count)).toBe(true);
      for (let index = 0; index < count; index++) {
        const jumps = Math.max(view.getUint8(8 * index + 2), view.getUint8(8 * index + 3));
        expect(index + jumps).toBeLessThan(count);
      }
      expect(view.getUint16(filter.length - 8, true)).toBe(0x06);
      expect(view.getUint32(filter.length - 4, true)).toBe(0x7fff0000);
    },
  );

  it("names every call once", () => {
    const names = refusedSyscalls.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("the session's authority", () => {
  it("issues a leaf for the name, under itself, for now", async () => {
    const ca = await createSessionCa(() => nowMs);
    const authority = new X509Certificate(ca.certificatePem);
    const leaf = new X509Certificate(await ca.issueLeaf("bank.test"));
    expect(authority.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(leaf.checkIssued(authority)).toBe(true);
    expect(leaf.checkHost("bank.test")).toBe("bank.test");
    expect(leaf.checkHost("www.bank.test")).toBeUndefined();
    expect(Date.parse(leaf.validFrom)).toBeLessThan(nowMs);
    expect(Date.parse(leaf.validTo)).toBeGreaterThan(nowMs);
  });

  it("takes names longer than a common name may be", async () => {
    const host = `${"a".repeat(60)}.${"b".repeat(60)}.test`;
    const leaf = new X509Certificate(await (await createSessionCa(() => nowMs)).issueLeaf(host));
    expect(leaf.checkHost(host)).toBe(host);
  });

  it("is another one in each session", async () => {
    const [one, two] = await Promise.all([createSessionCa(() => nowMs), createSessionCa(() => nowMs)]);
    const leaf = new X509Certificate(await one.issueLeaf("bank.test"));
    expect(leaf.verify(new X509Certificate(two.certificatePem).publicKey)).toBe(false);
  });
});

describe("users of a session", () => {
  it("are no one else's at the time, and nobody is uid 0", () => {
    const one = leaseUsers();
    const two = leaseUsers();
    const numbers = [one.script, one.site, two.script, two.site];
    if (one.isOwn) expect(new Set(numbers).size).toBe(4);
    expect(numbers).not.toContain(0);
    returnUsers(one);
    expect(leaseUsers()).toEqual(one);
    returnUsers(one);
    returnUsers(two);
  });
});
