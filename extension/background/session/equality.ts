import type { ErrorCode } from "#protocol/codes/index.ts";
import { UntrustedError } from "#protocol/errors.ts";

/** Holds one equality between two pieces of a session. @throws UntrustedError with `code` */
export function requireEqual(code: ErrorCode, expected: string, actual: string): void {
  if (expected !== actual) throw new UntrustedError(code, { expected, actual });
}
