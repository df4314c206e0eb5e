import { parseArgs } from "node:util";
import { UsageError } from "#protocol/errors.ts";

/** One argument `--name <value>` of a process entry. */
export interface ArgumentSpec {
  /** What `--help` says; one line. */
  readonly help: string;
  /** How the value is named in `--help`. */
  readonly value: string;
  /** May be given any number of times, also none; otherwise it must be given once. */
  readonly isList?: true;
}

/** What {@link parseArguments} makes of a table of arguments. */
export type Arguments<T extends Readonly<Record<string, ArgumentSpec>>> = {
  readonly [K in keyof T]: T[K] extends { readonly isList: true } ? readonly string[] : string;
};

/**
 * Parses a process's arguments (without node and script). Every argument of the table is needed, none besides.
 * @throws UsageError SERVICE_ARGUMENTS_INVALID
 */
export function parseArguments<T extends Readonly<Record<string, ArgumentSpec>>>(
  specs: T,
  argv: readonly string[],
): Arguments<T> {
  const values = parseStrictly(specs, argv);
  const parsed = Object.entries(specs).map(([name, { isList }]) => {
    const given = values[name] ?? [];
    const value = isList === true ? given : given[0];
    if (value === undefined || (isList !== true && given.length > 1)) {
      throw new UsageError("SERVICE_ARGUMENTS_INVALID", { expected: `--${name} once` });
    }
    return [name, value];
  });
  return Object.fromEntries(parsed) as Arguments<T>;
}

function parseStrictly(
  specs: Readonly<Record<string, ArgumentSpec>>,
  argv: readonly string[],
): Readonly<Record<string, string[] | undefined>> {
  const options = Object.fromEntries(
    Object.keys(specs).map((name) => [name, { type: "string", multiple: true } as const]),
  );
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw new UsageError("SERVICE_ARGUMENTS_INVALID", { actual: argv.join(" "), cause });
  }
}

/** The text of `--help`. */
export function formatHelp(what: string, specs: Readonly<Record<string, ArgumentSpec>>): string {
  const lines = Object.entries(specs).map(
    ([name, { help, value, isList }]) =>
      `  --${name} <${value}>  ${help}${isList === true ? " (any number of times)" : ""}`,
  );
  return [what, "", ...lines, "  --help  this text", ""].join("\n");
}
