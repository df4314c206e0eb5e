import { UntrustedError } from "../errors.ts";

declare const verdict: unique symbol;

/** A mark that only {@link createVerdict} gives: the values beside it have passed verification. */
export interface Verdict {
  readonly [verdict]: true;
}

const verdicts = new WeakSet();

/** Marks `facts` as verified and freezes them. To be called by an attestation kind, after its last check. */
export function createVerdict<T extends object>(facts: T): T & Verdict {
  verdicts.add(Object.freeze(facts));
  return facts as T & Verdict;
}

/**
 * Holds at runtime what the type says at compile time: `value` came from a verifier of this program, not from a
 * message, a copy or a mistake.
 * @throws UntrustedError ATTESTATION_NOT_VERIFIED
 */
export function requireVerdict(value: unknown): void {
  if (typeof value !== "object" || value === null || !verdicts.has(value)) {
    throw new UntrustedError("ATTESTATION_NOT_VERIFIED");
  }
}
