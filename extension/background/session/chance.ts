/** Cryptographically secure random bytes. */
export type Random = (length: number) => Uint8Array;

/** A whole number from 0 to `bound - 1`, each as likely as the others; `bound` from 1 to 2^32. */
export function randomBelow(bound: number, random: Random): number {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const bytes = random(4);
    const value = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    if (value < limit) return value % bound;
  }
}

/** A copy of `items` in random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  const order: T[] = [];
  while (rest.length > 0) order.push(...rest.splice(randomBelow(rest.length, random), 1));
  return order;
}
