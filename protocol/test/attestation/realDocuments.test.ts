import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { nitroAttestation, verifyNitroAttestationAsOf } from "../../attestation/nitro.ts";
import { hexFromBytes } from "../../bytes.ts";
import { awsNitroRootDer } from "../../trust/awsNitroRoot.ts";
import { simulatedAllowlistEntry } from "../../../enclave/nsm/simulated/measurement.ts";

const folder = fileURLToPath(new URL("../../../../shared/data/attestation/", import.meta.url));
const isAbsent = !existsSync(folder);
const why = isAbsent ? " (shared folder absent)" : "";
const trust = { rootDer: awsNitroRootDer, revokedCertificates: [] };
const read = (name: string): Uint8Array => Uint8Array.from(readFileSync(`${folder}${name}.bin`));
const asOf = (name: string, time: string) => verifyNitroAttestationAsOf(read(name), trust, Date.parse(time));

const genuine = [
  ["real-2021-08-ok", "2021-08-18T02:59:45Z", "873182f1"],
  ["real-2022-10-ok-pcr8", "2022-10-13T08:58:03Z", "f4d48b81"],
  ["real-2024-12-ok", "2024-12-13T07:37:59Z", "189038ec"],
  ["real-2025-12-ok-indefinite-map", "2025-12-25T13:15:38Z", "5cb70295"],
] as const;

describe("documents of real enclaves", () => {
  it.skipIf(isAbsent).each(genuine)(`verifies %s as of %s${why}`, async (name, time, pcr0) => {
    const facts = await asOf(name, time);
    expect(hexFromBytes(facts.pcrs.get(0) ?? new Uint8Array(0)).slice(0, 8)).toBe(pcr0);
    expect(Math.abs(facts.timestampMs - Date.parse(time))).toBeLessThan(2000);
  });

  it.skipIf(isAbsent).each(genuine)(`refuses %s a day after %s${why}`, async (name, time) => {
    const dayAfter = new Date(Date.parse(time) + 86_400_000).toISOString();
    await expect(asOf(name, dayAfter)).rejects.toMatchObject({ code: "CERTIFICATE_EXPIRED" });
  });

  it.skipIf(isAbsent).each([
    ["59 real-2022-10-debug", "2022-10-12T13:50:06Z", "ATTESTATION_DEBUG_ENCLAVE"],
    ["real-2022-11-bad-signature", "2022-11-09T22:52:00Z", "ATTESTATION_SIGNATURE_INVALID"],
    ["78 mock-root", "2024-12-13T07:37:58Z", "ATTESTATION_ROOT_UNKNOWN"],
  ])(`refuses %s as of %s${why}`, async (name, time, code) => {
    await expect(asOf(name.replace(/^\d+ /, ""), time)).rejects.toMatchObject({ code });
  });

  it.skipIf(isAbsent)(`refuses a genuine document of another image, even at its own time${why}`, async () => {
    const time = Date.parse("2025-12-25T13:15:38Z");
    const expectation = {
      role: "oracle" as const,
      nonce: new Uint8Array(32),
      publicKey: new Uint8Array(91),
      readStatement: () => 0,
    };
    const held = { ...trust, allowlist: { entries: [simulatedAllowlistEntry("oracle")] } };
    const verdict = nitroAttestation.verify(read("real-2025-12-ok-indefinite-map"), expectation, held, time);
    await expect(verdict).rejects.toMatchObject({ code: "ATTESTATION_PCR_MISMATCH" });
  });

  it.skipIf(isAbsent)(`refuses a genuine document with any one byte changed${why}`, async () => {
    const document = read("real-2025-12-ok-indefinite-map");
    for (let at = 0; at < document.length; at += 41) {
      const changed = document.map((byte, index) => (index === at ? byte ^ 0x10 : byte));
      const verdict = verifyNitroAttestationAsOf(changed, trust, Date.parse("2025-12-25T13:15:38Z"));
      await expect(verdict, `byte ${at}`).rejects.toMatchObject({ action: "stop" });
    }
  });
});
