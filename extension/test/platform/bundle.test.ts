import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hexFromBytes } from "#protocol/bytes.ts";
import { awsNitroRootDer } from "#protocol/trust/awsNitroRoot.ts";
import { buildExtension, fakeTrust, makeFolder, writeTrust } from "./browser.ts";

const maxContentBytes = 15_000;
const trust = fakeTrust(["http://127.0.0.1:1", "http://127.0.0.1:2"]);
const rootLiteral = (der: Uint8Array): string => Array.from(der).join(",");

interface Built {
  readonly manifest: {
    readonly name: string;
    readonly key?: string;
    readonly permissions: readonly string[];
    readonly host_permissions: readonly string[];
    readonly web_accessible_resources?: unknown;
    readonly externally_connectable: unknown;
    readonly content_scripts: readonly {
      js: string[];
      matches: string[];
      world?: string;
      run_at: string;
      all_frames: boolean;
    }[];
    readonly content_security_policy: { readonly extension_pages: string };
  };
  /** Every text of the bundle. */
  readonly text: string;
  readonly folder: string;
}

async function readBuilt(folder: string): Promise<Built> {
  const names = await readdir(folder, { recursive: true });
  const texts = names.filter((name) => /\.(js|json|html|css)$/.test(name));
  const text = (await Promise.all(texts.map((name) => readFile(join(folder, name), "utf8")))).join("\n");
  const manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as Built["manifest"];
  return { manifest, text, folder };
}

describe("the built bundles", () => {
  let scratch: string;
  let release: Built;
  let development: Built;

  beforeAll(async () => {
    scratch = await makeFolder("bundle");
    await buildExtension(join(scratch, "release"));
    release = await readBuilt(join(scratch, "release"));
    const trustFile = await writeTrust(scratch, trust);
    await buildExtension(join(scratch, "development"), trustFile);
    development = await readBuilt(join(scratch, "development"));
  }, 120_000);
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  it.each([
    "31337",
    "127.0.0.1",
    "localhost:",
    "ws://",
    "simulated-root",
    "createSimulatedRoot",
    "openSimulatedNsm",
  ])("hold nothing of the development world in a release: %s", (word) => {
    expect(release.text).not.toContain(word);
  });

  it("hold the vendor's root in a release, and no reader of another trust", () => {
    const base64 = Buffer.from(awsNitroRootDer).toString("base64");
    expect(release.text.replace(/["'`\s,]/g, "")).toContain(base64.slice(0, 60));
    expect(release.text).not.toContain("loopback");
  });

  it("hold exactly the given trust in a development build", () => {
    expect(development.text.replace(/\s/g, "")).toContain(rootLiteral(trust.rootDer));
    expect(development.text).toContain(trust.chains[0]?.hubCodeHash);
    expect(development.text).not.toContain(hexFromBytes(awsNitroRootDer));
  });

  it("tell the two kinds apart by name and id", () => {
    expect([release.manifest.name, release.manifest.key]).toEqual(["Open Contracts", undefined]);
    expect(development.manifest.name).toBe("Open Contracts (development, simulated enclave)");
    expect(development.manifest.key).toMatch(/^MII/);
  });

  it("reach this machine in development only", () => {
    expect(release.manifest.host_permissions).toEqual(["https://*/*"]);
    expect(release.manifest.content_security_policy.extension_pages).toContain("connect-src https: wss:;");
    expect(development.manifest.host_permissions).toContain("http://127.0.0.1/*");
  });

  it("cannot be framed, run no foreign code, and expose nothing to pages", () => {
    for (const { manifest } of [release, development]) {
      expect(manifest.content_security_policy.extension_pages).toContain("frame-ancestors 'none'");
      expect(manifest.content_security_policy.extension_pages).toContain("script-src 'self';");
      expect(manifest.web_accessible_resources).toBeUndefined();
      expect(manifest.externally_connectable).toEqual({ ids: [] });
      expect(manifest.permissions).toEqual(["storage", "scripting"]);
      expect(
        manifest.content_scripts.every((script) => !script.all_frames && script.run_at === "document_start"),
      ).toBe(true);
    }
  });

  it("keep each content script small", async () => {
    for (const path of release.manifest.content_scripts.flatMap(({ js }) => js)) {
      expect((await stat(join(release.folder, path))).size).toBeLessThanOrEqual(maxContentBytes);
    }
  });
});

describe("the build", () => {
  it("refuses a trust file that mixes the two kinds", async () => {
    const scratch = await makeFolder("mixed");
    const mixed = { ...trust, rootDer: awsNitroRootDer };
    const trustFile = await writeTrust(scratch, mixed);
    const built = buildExtension(join(scratch, "out"), trustFile);
    await expect(built).rejects.toThrow("TRUST_CONFIG_INVALID");
    await rm(scratch, { recursive: true, force: true });
  });
});
