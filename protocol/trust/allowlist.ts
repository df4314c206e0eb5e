import { z } from "zod";
import { hexFromBytes, utf8 } from "../bytes.ts";
import { UsageError } from "../errors.ts";
import { sha256 } from "../webcrypto.ts";

const formatLine = "open-contracts allowlist v1";
const pcr = z.string().regex(/^(?!0{96}$)[0-9a-f]{96}$/);
const instant = z.iso.datetime();

const entrySchema = z.strictObject({
  role: z.enum(["oracle", "registry"]),
  pcr0: pcr,
  pcr1: pcr,
  pcr2: pcr,
  status: z.enum(["active", "deprecated", "revoked"]),
  validFrom: instant,
  validUntil: instant,
  release: z.string().min(1).max(64),
  sourceCommit: z.string().regex(/^[0-9a-f]{40}$/),
});
const listSchema = z.strictObject({ format: z.literal(formatLine), entries: z.array(entrySchema).max(256) });

/**
 * One released enclave image. `pcr0..2`: 48 bytes in lower-case hex without prefix; `validFrom` and
 * `validUntil`: ISO 8601 in UTC, both inclusive; `sourceCommit`: what to rebuild to get the same measurements.
 */
export type AllowlistEntry = Readonly<z.infer<typeof entrySchema>>;

/** The images that a build accepts. Empty: none. */
export interface Allowlist {
  readonly entries: readonly AllowlistEntry[];
}

/** The list that denies every enclave. */
export const emptyAllowlist: Allowlist = { entries: [] };

/** The three measurements of an entry as one text, equal only for equal images. */
function measurement(entry: AllowlistEntry): string {
  return entry.pcr0 + entry.pcr1 + entry.pcr2;
}

/**
 * Parses what `JSON.parse` made of an allowlist file: no unknown key, no zero or malformed PCR, and no
 * measurement twice, be it in one role or in two.
 * @throws UsageError ALLOWLIST_INVALID, ALLOWLIST_DUPLICATE
 */
export function parseAllowlist(json: unknown): Allowlist {
  const parsed = listSchema.safeParse(json);
  if (!parsed.success) throw new UsageError("ALLOWLIST_INVALID", { cause: parsed.error });
  const { entries } = parsed.data;
  if (new Set(entries.map(measurement)).size !== entries.length) throw new UsageError("ALLOWLIST_DUPLICATE");
  return { entries };
}

/** The JSON value of an allowlist: entries in order of their measurements, keys in the order of the type. */
export function encodeAllowlist(allowlist: Allowlist): unknown {
  const entries = allowlist.entries
    .map((entry) => entrySchema.parse(entry))
    .sort((a, b) => (measurement(a) < measurement(b) ? -1 : 1));
  return { format: formatLine, entries };
}

/** The one byte form of an allowlist: UTF-8 of its JSON without blanks. This is what maintainers sign. */
export function canonicalAllowlist(allowlist: Allowlist): Uint8Array {
  return utf8(JSON.stringify(encodeAllowlist(allowlist)));
}

/** SHA-256 of the canonical form, lower-case hex: the name of an allowlist for people. */
export async function hashAllowlist(allowlist: Allowlist): Promise<string> {
  return hexFromBytes(await sha256(canonicalAllowlist(allowlist)));
}
