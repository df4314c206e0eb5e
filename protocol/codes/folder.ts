import type { CodeEntry } from "./entry.ts";

/** The oracle folder: paths, limits, domains.txt. */
export const folderCodes = {
  FOLDER_PATH_INVALID: {
    action: "fix-code",
    sentence:
      "A path in the oracle folder is not allowed: it must be a regular file, no link, and its components 1 to 128 of A-Z a-z 0-9 . _ space + @ = -, without blanks at the ends.",
  },
  FOLDER_PATH_DUPLICATE: { action: "fix-code", sentence: "The oracle folder names the same file twice." },
  FOLDER_NO_ORACLE: { action: "fix-code", sentence: "The oracle folder has no oracle.py." },
  FOLDER_TOO_LARGE: { action: "fix-code", sentence: "The oracle folder is larger than 64 MiB." },
  FOLDER_TOO_MANY_FILES: { action: "fix-code", sentence: "The oracle folder has more than 1,000 files." },
  DOMAINS_INVALID: {
    action: "fix-code",
    sentence: "domains.txt must hold one lower-case host name per line, or a single *.",
  },
} as const satisfies Record<string, CodeEntry>;
