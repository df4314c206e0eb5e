import { attestationCodes } from "./attestation.ts";
import { chainCodes } from "./chain.ts";
import { demoCodes } from "./demo.ts";
import { enclaveCodes } from "./enclave.ts";
import { extensionCodes } from "./extension.ts";
import { folderCodes } from "./folder.ts";
import { serviceCodes } from "./services.ts";
import { sessionCodes } from "./session.ts";
import { setupCodes } from "./setup.ts";
import { tlsCodes } from "./tls.ts";

export type { Action, CodeEntry } from "./entry.ts";

/** Every error code of the project, with what to do and the sentence a person reads. */
export const codes = {
  ...attestationCodes,
  ...chainCodes,
  ...demoCodes,
  ...enclaveCodes,
  ...extensionCodes,
  ...folderCodes,
  ...serviceCodes,
  ...sessionCodes,
  ...setupCodes,
  ...tlsCodes,
} as const;

/** One literal union for the whole repository. */
export type ErrorCode = keyof typeof codes;

/** True when `value` is one of the project's codes. */
export function isErrorCode(value: string): value is ErrorCode {
  return Object.hasOwn(codes, value);
}
