import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildExtension } from "./buildExtension.ts";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const helpText = `npm run release

Builds the release extension and packs it as dist/open-contracts-<version>.zip, with its SHA-256 beside it. The bytes
depend on nothing but the source.
`;

/** Builds and packs the release; returns the line that people compare. */
async function packRelease(): Promise<string> {
  const folder = resolve(root, "dist/release");
  await buildExtension({ kind: "release", outDir: folder });
  const manifest = JSON.parse(await readFile(resolve(root, "manifest.json"), "utf8")) as { version: string };
  const name = `open-contracts-${manifest.version}.zip`;
  const zip = resolve(root, "dist", name);
  await promisify(execFile)("python3", [resolve(root, "scripts/packZip.py"), folder, zip]);
  const line = `${createHash("sha256")
    .update(await readFile(zip))
    .digest("hex")}  ${name}\n`;
  await writeFile(`${zip}.sha256`, line);
  return line;
}

process.stdout.write(process.argv.includes("--help") ? helpText : await packRelease());
