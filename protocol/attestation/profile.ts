import { parseCommonName } from "../commonName.ts";
import { UntrustedError } from "../errors.ts";
import type { NitroChain } from "./chain.ts";
import type { NitroDocument } from "./document.ts";

const longestLeafLifetimeMs = 4 * 60 * 60_000;
const regionPattern = /^[0-9a-f]{1,32}\.([a-z0-9-]{1,32})\.aws\.nitro-enclaves$/;

function compareName(name: Uint8Array, expected: string): void {
  const actual = parseCommonName(name);
  if (actual !== expected) throw new UntrustedError("ATTESTATION_NAME_MISMATCH", { expected, actual });
}

function readRegion(name: Uint8Array): string {
  const actual = parseCommonName(name);
  const region = regionPattern.exec(actual)?.[1];
  if (region === undefined) throw new UntrustedError("ATTESTATION_NAME_MISMATCH", { actual });
  return region;
}

function compareZone(name: Uint8Array, region: string): void {
  const actual = parseCommonName(name);
  const [id = "", ...rest] = actual.split(".");
  const isZone = /^[0-9a-f]{1,32}$/.test(id) && rest.join(".") === `zonal.${region}.aws.nitro-enclaves`;
  if (!isZone) {
    throw new UntrustedError("ATTESTATION_NAME_MISMATCH", {
      expected: `zonal.${region}.aws.nitro-enclaves`,
      actual,
    });
  }
}

/**
 * Holds the Nitro profile: the names of region, zone, instance and leaf agree with each other and with the
 * module id, and the leaf lives at most four hours.
 * @throws UntrustedError ATTESTATION_NAME_MISMATCH, X509_NAME_REFUSED, ATTESTATION_LEAF_LIFETIME_TOO_LONG
 */
export function verifyNitroProfile({ intermediates, leaf }: NitroChain, { moduleId }: NitroDocument): void {
  const [regional, zonal, instance] = intermediates;
  const region = readRegion(regional.subject);
  compareZone(zonal.subject, region);
  compareName(instance.subject, `${moduleId.replace(/-enc.*$/, "")}.${region}.aws.nitro-enclaves`);
  compareName(leaf.subject, `${moduleId}.${region}.aws`);
  const lifetimeMs = leaf.notAfterMs - leaf.notBeforeMs;
  if (lifetimeMs > longestLeafLifetimeMs) {
    throw new UntrustedError("ATTESTATION_LEAF_LIFETIME_TOO_LONG", {
      expected: String(longestLeafLifetimeMs),
      actual: String(lifetimeMs),
    });
  }
}
