import { hexFromBytes, utf8 } from "#protocol/bytes.ts";
import type { AllowlistEntry } from "#protocol/trust/allowlist.ts";
import type { Role } from "#protocol/userData.ts";

const pcrBytes = 48;
const pcrCount = 16;
const measured = 3;

/** 48 bytes that say in ASCII what they are, so that nobody takes them for a measurement. */
function createPattern(role: Role, index: number): Uint8Array {
  return utf8(`SIMULATED ${role} PCR${index} `.padEnd(pcrBytes, "."));
}

/** The registers of a simulated enclave of `role`: PCR0 to PCR2 a marked pattern, the others zero. */
export function simulatedPcrs(role: Role): ReadonlyMap<number, Uint8Array> {
  const registers = Array.from({ length: pcrCount }, (_, index) =>
    index < measured ? createPattern(role, index) : new Uint8Array(pcrBytes),
  );
  return new Map(registers.entries());
}

/** The allowlist entry that a development build holds for simulated enclaves of `role`. */
export function simulatedAllowlistEntry(role: Role): AllowlistEntry {
  const [pcr0, pcr1, pcr2] = Array.from({ length: measured }, (_, index) =>
    hexFromBytes(createPattern(role, index)),
  ) as [string, string, string];
  return {
    role,
    pcr0,
    pcr1,
    pcr2,
    status: "active",
    validFrom: "2025-01-01T00:00:00Z",
    validUntil: "2049-01-01T00:00:00Z",
    release: `simulated-${role}`,
    sourceCommit: "0".repeat(40),
  };
}
