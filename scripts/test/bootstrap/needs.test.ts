import { describe, expect, it } from "vitest";
import { missingPackages, needsOf, sentenceForNamespaces } from "../../bootstrap/needs.mjs";

const all = ["chromium", "bubblewrap", "python3", "openssl"];

function machine(have: { programs?: string[]; files?: string[]; hasBrowser?: boolean }) {
  return {
    hasProgram: (name: string) => have.programs?.includes(name) ?? false,
    hasFile: (path: string) => have.files?.includes(path) ?? false,
    hasBrowser: have.hasBrowser ?? false,
  };
}

describe("needsOf", () => {
  it("asks for a sandbox for the demo", () => {
    expect(needsOf("demo/main.ts", ["--headless"])).toEqual({ packages: all, sandbox: true });
  });

  it("asks for programs, but not for Linux, for the tests", () => {
    expect(needsOf("scripts/test.ts", [])).toEqual({ packages: all, sandbox: false });
    expect(needsOf("scripts/test.ts", ["--only", "lint,e2e"]).packages).toEqual(all);
  });

  it.each([
    ["demo/main.ts", ["--help"]],
    ["scripts/test.ts", ["--list"]],
    ["scripts/test.ts", ["--only", "lint,types"]],
    ["scripts/syncAbi.ts", []],
  ])("asks for nothing for %s %j", (script, args) => {
    expect(needsOf(script, args)).toEqual({ packages: [], sandbox: false });
  });
});

describe("missingPackages", () => {
  it("names every package of an empty machine", () => {
    expect(missingPackages(all, machine({}))).toEqual(all);
  });

  it("names none where all is there", () => {
    const programs = ["chromium", "bwrap", "openssl"];
    expect(missingPackages(all, machine({ programs, files: ["/usr/bin/python3"] }))).toEqual([]);
  });

  it("takes another Chromium for chromium, but no python3 outside of /usr", () => {
    const programs = ["bwrap", "openssl", "python3"];
    expect(missingPackages(all, machine({ programs, hasBrowser: true }))).toEqual(["python3"]);
  });
});

describe("sentenceForNamespaces", () => {
  it.each([
    ["kernel.unprivileged_userns_clone", "0", "=1"],
    ["kernel.apparmor_restrict_unprivileged_userns", "1", "=0"],
    ["user.max_user_namespaces", "0", "=10000"],
  ])("names %s and the command that mends it", (name, value, mended) => {
    const sentence = sentenceForNamespaces({ "user.max_user_namespaces": "96343", [name]: value }, "");
    expect(sentence).toContain(`${name} is ${value}`);
    expect(sentence).toContain(`sysctl -w ${name}${mended}`);
  });

  it("names the container's profile where no setting refuses, and quotes one line", () => {
    const sentence = sentenceForNamespaces({ "user.max_user_namespaces": "96343" }, "bwrap: no\nmore\n");
    expect(sentence).toContain("--security-opt seccomp=unconfined");
    expect(sentence).toContain("bwrap: no");
    expect(sentence).not.toContain("more");
  });
});
