/**
 * Writes TROUBLESHOOTING.md: every error code a person can meet, with what it means and what to do.
 * With `--check` nothing is written; a stale file is named and the process ends with 1.
 */
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { troubleshooting, type CodeFile } from "./codesDoc/document.ts";

const usage = `usage: npm run docs:codes [-- --check]
Writes TROUBLESHOOTING.md from protocol/codes. --check only says whether it is up to date.`;

const root = join(import.meta.dirname, "..");
const document = "TROUBLESHOOTING.md";
const notTables = new Set(["index.ts", "entry.ts"]);

async function readCodeFiles(): Promise<CodeFile[]> {
  const folder = join(root, "protocol", "codes");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ts") && !notTables.has(name)).sort();
  return Promise.all(
    names.map(async (name) => ({
      name: name.replace(/\.ts$/, ""),
      source: await readFile(join(folder, name), "utf8"),
    })),
  );
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(usage);
    return 0;
  }
  const path = join(root, document);
  const wanted = troubleshooting(await readCodeFiles());
  const isFresh = (await readFile(path, "utf8").catch(() => "")) === wanted;
  if (!args.includes("--check")) {
    await writeFile(path, wanted);
    return 0;
  }
  if (!isFresh) console.log(`stale: ${document}`);
  console.log("checked 1 file");
  return isFresh ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
