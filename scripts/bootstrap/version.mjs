/**
 * Reads `v24.21.0` or `24.21.0`; null for anything else.
 * @param {string} text
 * @returns {[number, number, number] | null}
 */
export function parseVersion(text) {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text.trim());
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/**
 * True when `version` is `minimum` or newer. What cannot be read is not.
 * @param {string} version
 * @param {string} minimum
 */
export function isAtLeast(version, minimum) {
  const have = parseVersion(version);
  const want = parseVersion(minimum);
  if (have === null || want === null) return false;
  const differing = [0, 1, 2].find((index) => have[index] !== want[index]);
  return differing === undefined || have[differing] > want[differing];
}
