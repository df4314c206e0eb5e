import { derTag, isNextTag, readElement, type DerReader } from "./der.ts";
import { UntrustedError } from "./errors.ts";

const timePattern = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;

/** RFC 5280 section 4.1.2.5.1: two digits from 50 on are of the twentieth century. */
function century(year: string): string {
  return year >= "50" ? "19" : "20";
}

/**
 * Reads a Time of RFC 5280 section 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on, in UTC, with
 * seconds, without fraction. Milliseconds since 1970.
 * @throws UntrustedError DER_TIME_REFUSED
 */
export function readTime(reader: DerReader): number {
  const isUtcTime = isNextTag(reader, derTag.utcTime);
  const { content } = readElement(reader, isUtcTime ? derTag.utcTime : derTag.generalizedTime);
  const text = String.fromCharCode(...content.subarray(0, 16));
  const whole = isUtcTime ? century(text.slice(0, 2)) + text : text;
  const iso = whole.replace(timePattern, "$1-$2-$3T$4:$5:$6.000Z");
  const timeMs = Date.parse(iso);
  const isExact = iso !== whole && !Number.isNaN(timeMs) && new Date(timeMs).toISOString() === iso;
  if (!isExact || (!isUtcTime && whole < "2050"))
    throw new UntrustedError("DER_TIME_REFUSED", { actual: text });
  return timeMs;
}
