/** What the simulation takes from outside, so that it can be repeated. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** `length` random bytes. */
  readonly random: (length: number) => Uint8Array;
}
