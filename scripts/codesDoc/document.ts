import { codes, isErrorCode, type Action, type ErrorCode } from "#protocol/codes/index.ts";

/** One file of `protocol/codes`: its text says which codes it holds and what they have in common. */
export interface CodeFile {
  /** File name without `.ts`. */
  readonly name: string;
  readonly source: string;
}

const meaning: Record<Action, string> = {
  "fix-code": "**Correct** what was asked for, then ask again.",
  retry: "**Try again**; nothing is lost.",
  stop: "**Stop.** Trying again on the same terms will not help, and may not be safe.",
  "ask-user": "**Decide**, or mend what the sentence names; then go on.",
};

const preface = `# Troubleshooting

Every error that Open Contracts shows has a code. Look for yours here: the sentence says what happened and what to do
next, the last column what kind of answer it needs.

| answer | what it means |
| --- | --- |
${Object.entries(meaning)
  .map(([action, text]) => `| ${action} | ${text} |`)
  .join("\n")}

No error has a way around it: nothing in Open Contracts continues after a failed check.

This file is generated from \`protocol/codes\` by \`npm run docs:codes\`; do not edit it.
`;

/** The text of TROUBLESHOOTING.md: one table per code file, codes in the order of the file. */
export function troubleshooting(files: readonly CodeFile[]): string {
  return [preface, ...files.map(sectionOf)].join("\n");
}

function sectionOf({ name, source }: CodeFile): string {
  const about = /\/\*\* (.+?) \*\/\nexport const/.exec(source)?.[1] ?? "";
  const heading = `## ${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const rows = codesIn(source).map(
    (code) => `| \`${code}\` | ${escape(codes[code].sentence)} | ${codes[code].action} |`,
  );
  return [
    heading,
    "",
    about,
    "",
    "| code | what happened, what to do | answer |",
    "| --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function codesIn(source: string): ErrorCode[] {
  return [...source.matchAll(/^ {2}([A-Z0-9_]+):/gm)].map(([, code = ""]) => code).filter(isErrorCode);
}

function escape(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("*", "\\*").replaceAll("<", "&lt;");
}
