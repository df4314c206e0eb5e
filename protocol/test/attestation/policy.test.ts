import { describe, expect, it } from "vitest";
import { nitroAttestation } from "../../attestation/nitro.ts";
import { requireVerdict } from "../../attestation/verdict.ts";
import { UntrustedError } from "../../errors.ts";
import type { AllowlistEntry } from "../../trust/allowlist.ts";
import { readSessionUserData } from "../../userData.ts";
import { simulatedAllowlistEntry, simulatedPcrs } from "../../../enclave/nsm/simulated/measurement.ts";
import {
  allowlist,
  codeOf,
  nonce,
  nowMs,
  publicKey,
  random,
  userData,
  verify,
  writeDocument,
  type Circumstances,
  type Recipe,
} from "./synthetic.ts";

const good = simulatedPcrs("oracle");
const withPcrs = (...changes: readonly (readonly [number, Uint8Array])[]): Recipe => ({
  fields: { pcrs: new Map([...good, ...changes]) },
});
const zero = new Uint8Array(48);
const other = new Uint8Array(48).fill(0xaa);
const only = (change: Partial<AllowlistEntry>): Circumstances => ({
  trust: { allowlist: { entries: [{ ...simulatedAllowlistEntry("oracle"), ...change }] } },
});
const { pcr0 } = simulatedAllowlistEntry("oracle");
const expecting = (expectation: Circumstances["expectation"]): Circumstances =>
  expectation === undefined ? {} : { expectation };

const refused: readonly (readonly [string, Recipe, Circumstances, string])[] = [
  ["59 debug-zero-PCR012", withPcrs([0, zero], [1, zero], [2, zero]), {}, "ATTESTATION_DEBUG_ENCLAVE"],
  ["60 only-PCR1-zero", withPcrs([1, zero]), {}, "ATTESTATION_DEBUG_ENCLAVE"],
  ["61 PCR0-ok-PCR2-other", withPcrs([2, other]), {}, "ATTESTATION_PCR_MISMATCH"],
  ["61 PCR0-other", withPcrs([0, other]), {}, "ATTESTATION_PCR_MISMATCH"],
  [
    "61 PCRs of two entries mixed",
    withPcrs([2, simulatedPcrs("registry").get(2) ?? zero]),
    {},
    "ATTESTATION_PCR_MISMATCH",
  ],
  [
    "62 registry-PCRs-presented-as-oracle",
    { fields: { pcrs: simulatedPcrs("registry") } },
    {},
    "ATTESTATION_ROLE_MISMATCH",
  ],
  ["62 oracle-PCRs-presented-as-registry", {}, expecting({ role: "registry" }), "ATTESTATION_ROLE_MISMATCH"],
  ["63 revoked entry", {}, only({ status: "revoked" }), "ATTESTATION_RELEASE_NOT_ACTIVE"],
  ["63 deprecated entry", {}, only({ status: "deprecated" }), "ATTESTATION_RELEASE_NOT_ACTIVE"],
  ["63 expired entry", {}, only({ validUntil: "2026-01-01T00:00:00Z" }), "ATTESTATION_RELEASE_OUT_OF_TIME"],
  [
    "63 entry of tomorrow",
    {},
    only({ validFrom: "2026-02-01T00:00:00Z" }),
    "ATTESTATION_RELEASE_OUT_OF_TIME",
  ],
  ["63 entry without a date", {}, only({ validFrom: "soon" }), "ATTESTATION_RELEASE_OUT_OF_TIME"],
  ["65 empty-allowlist", {}, { trust: { allowlist: { entries: [] } } }, "ATTESTATION_ALLOWLIST_EMPTY"],
  ["66 PCR-hex-case", {}, only({ pcr0: pcr0.toUpperCase() }), "ATTESTATION_PCR_MISMATCH"],
  ["66 PCR-whitespace", {}, only({ pcr0: ` ${pcr0}` }), "ATTESTATION_PCR_MISMATCH"],
  ["66 PCR-prefix-match", {}, only({ pcr0: pcr0.slice(0, 94) }), "ATTESTATION_PCR_MISMATCH"],
  ["68 nonce-null", { fields: { nonce: null } }, {}, "ATTESTATION_NONCE_MISMATCH"],
  ["69 nonce-stale", { fields: { nonce: random(32) } }, {}, "ATTESTATION_NONCE_MISMATCH"],
  ["70 nonce-prefix", { fields: { nonce: nonce.subarray(0, 31) } }, {}, "ATTESTATION_NONCE_MISMATCH"],
  ["70 nonce-longer", { fields: { nonce: new Uint8Array(33).fill(7) } }, {}, "ATTESTATION_NONCE_MISMATCH"],
  [
    "71 nonce-in-user_data-instead",
    { fields: { nonce: null, userData: nonce } },
    {},
    "ATTESTATION_NONCE_MISMATCH",
  ],
  ["72 public_key-other", { fields: { publicKey: random(91) } }, {}, "ATTESTATION_PUBLIC_KEY_MISMATCH"],
  ["72 public_key-null", { fields: { publicKey: null } }, {}, "ATTESTATION_PUBLIC_KEY_MISMATCH"],
  [
    "73 public_key-raw-point",
    { fields: { publicKey: publicKey.subarray(26) } },
    {},
    "ATTESTATION_PUBLIC_KEY_MISMATCH",
  ],
  ["user_data-null", { fields: { userData: null } }, {}, "ATTESTATION_USER_DATA_MISSING"],
  [
    "expectation without a nonce",
    {},
    expecting({ nonce: new Uint8Array(0) }),
    "ATTESTATION_EXPECTATION_INVALID",
  ],
  [
    "expectation without a key",
    {},
    expecting({ publicKey: new Uint8Array(0) }),
    "ATTESTATION_EXPECTATION_INVALID",
  ],
  ["115 clock at 1970", {}, { nowMs: 0 }, "ATTESTATION_CLOCK_IMPLAUSIBLE"],
  ["115 clock at 2100", {}, { nowMs: Date.UTC(2100, 0, 1) }, "ATTESTATION_CLOCK_IMPLAUSIBLE"],
  ["115 clock that shows nothing", {}, { nowMs: Number.NaN }, "ATTESTATION_CLOCK_IMPLAUSIBLE"],
];

describe("policy and binding", () => {
  it.each(refused)("refuses %s", async (_name, recipe, circumstances, code) => {
    expect(await codeOf(recipe, circumstances)).toBe(code);
  });

  it("names what it expected and what it met", async () => {
    const { document, rootDer } = await writeDocument({ fields: { nonce: null } });
    await expect(verify(document, rootDer)).rejects.toMatchObject({
      expected: "07".repeat(32),
      actual: "none",
    });
  });

  it("refuses 74 user_data-other-domain-tag by the reader that the caller brings", async () => {
    const word = new Uint8Array(32);
    const readStatement = (bytes: Uint8Array): number =>
      readSessionUserData(bytes, { role: "oracle", leafSha256: word, caSpkiSha256: word, exporter: word })
        .signer.length;
    expect(await codeOf({}, { expectation: { readStatement } })).toBe("USER_DATA_TAG_MISMATCH");
  });

  it("67 user-override-path-absent: the kind has a name and one function", () => {
    expect(Object.keys(nitroAttestation)).toEqual(["name", "verify"]);
    expect(nitroAttestation.verify).toHaveLength(4);
  });

  it("gives a frozen verdict with what was verified", async () => {
    const { document, rootDer } = await writeDocument();
    const verdict = await verify(document, rootDer);
    expect(verdict).toMatchObject({
      kind: "aws-nitro",
      role: "oracle",
      statement: 169,
      timestampMs: nowMs - 1000,
    });
    expect(verdict.release).toBe(allowlist.entries[0]);
    expect(verdict.image).toMatch(/^0x[0-9a-f]{64}$/);
    expect(verdict.pcrs.get(2)).toEqual(good.get(2));
    expect(Object.isFrozen(verdict)).toBe(true);
    expect(() => {
      requireVerdict(verdict);
    }).not.toThrow();
  });

  it("111 takes no look-alike for a verdict", async () => {
    const { document, rootDer } = await writeDocument();
    const verdict = await verify(document, rootDer);
    for (const pretender of [undefined, null, true, "verified", {}, { ...verdict }]) {
      expect(() => {
        requireVerdict(pretender);
      }).toThrow("ATTESTATION_NOT_VERIFIED");
    }
  });

  it("110, 112 an exception inside the caller's reader rejects", async () => {
    const failure = new UntrustedError("USER_DATA_LEAF_MISMATCH");
    const readStatement = (): never => {
      throw failure;
    };
    const { document, rootDer } = await writeDocument();
    await expect(verify(document, rootDer, { expectation: { readStatement } })).rejects.toBe(failure);
  });

  it("113 a buffer changed while it is verified changes nothing", async () => {
    const { document, rootDer } = await writeDocument();
    const mine = { nonce: Uint8Array.from(nonce), publicKey: Uint8Array.from(publicKey) };
    const before = Uint8Array.from(document);
    const pending = verify(document, rootDer, { expectation: mine });
    document.fill(0);
    mine.nonce.fill(0);
    mine.publicKey.fill(0);
    const verdict = await pending;
    expect(verdict.document).toEqual(before);
    expect(verdict.statement).toBe(userData.length);
  });
});
