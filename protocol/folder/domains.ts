import { textFromUtf8 } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import type { FolderFile } from "./manifest.ts";

/** The host names a script may open over TLS on port 443; `"*"` for all. */
export type Domains = readonly string[] | "*";

const fileNames = ["domains.txt", "domain_whitelist.txt"];
const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const maxNames = 256;

/**
 * Reads the folder's `domains.txt` (or its 2022 alias): one lower-case A-label host name per line, exact.
 * No file means no domains; `*` stands alone. Empty lines are skipped.
 * @throws UsageError DOMAINS_INVALID
 */
export function parseDomains(files: readonly FolderFile[]): Domains {
  const file =
    files.find(({ path }) => path === fileNames[0]) ?? files.find(({ path }) => path === fileNames[1]);
  if (file === undefined) return [];
  const text = textFromUtf8(file.bytes);
  if (text === undefined) throw new UsageError("DOMAINS_INVALID", { actual: "not UTF-8" });
  const names = text.split(/\r?\n/).filter((line) => line !== "");
  if (names.length === 1 && names[0] === "*") return "*";
  const wrong = names.find((name) => !isHostName(name));
  if (wrong !== undefined)
    throw new UsageError("DOMAINS_INVALID", { actual: JSON.stringify(wrong.slice(0, 200)) });
  if (names.length > maxNames)
    throw new UsageError("DOMAINS_INVALID", { actual: `${String(names.length)} names` });
  return [...new Set(names)];
}

/** True for a lower-case A-label DNS name of at least two labels; IP literals are none (RFC 1123, RFC 5890). */
export function isHostName(name: string): boolean {
  const labels = name.split(".");
  return (
    name.length <= 253 &&
    labels.length >= 2 &&
    labels.every((part) => label.test(part)) &&
    !/^[0-9]+$/.test(labels.at(-1) ?? "")
  );
}
