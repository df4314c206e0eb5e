import { codes, type ErrorCode } from "#protocol/codes/index.ts";
import { decodeError, type OpenContractsError } from "#protocol/errors.ts";

/** The error that an attested enclave reports, with the class that its code has in our table. */
export function errorFromPeer({ code }: { readonly code: ErrorCode }): OpenContractsError {
  return decodeError({ code, action: codes[code].action });
}
