import { randomBytes, X509Certificate } from "node:crypto";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import { nitroAttestation } from "#protocol/attestation/nitro.ts";
import { decodeCbor, type CborMap, type CborValue } from "#protocol/cbor.ts";
import { parseAllowlist } from "#protocol/trust/allowlist.ts";
import { awsNitroRootDer } from "#protocol/trust/awsNitroRoot.ts";
import { simulatedAllowlistEntry, simulatedPcrs } from "../nsm/simulated/measurement.ts";
import { createModuleId, openSimulatedNsm, type SimulatedNsmOptions } from "../nsm/simulated/nsm.ts";
import { createSimulatedRoot, type SimulatedRoot } from "../nsm/simulated/root.ts";

const cbor = createRequire(import.meta.url)("cbor-web") as { decodeFirstSync(bytes: Uint8Array): unknown };
const hourMs = 60 * 60_000;
const startMs = Date.UTC(2026, 5, 1);
const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));
const request = { publicKey: random(91), userData: random(169), nonce: random(32) };
const expectation = {
  role: "oracle" as const,
  nonce: request.nonce,
  publicKey: request.publicKey,
  readStatement: (userData: Uint8Array) => userData,
};
const allowlist = parseAllowlist({
  format: "open-contracts allowlist v1",
  entries: [simulatedAllowlistEntry("oracle"), simulatedAllowlistEntry("registry")],
});

let nowMs = startMs;
const clock = (): number => nowMs;
let root: SimulatedRoot;
beforeAll(async () => {
  root = await createSimulatedRoot({ clock, random });
});

const open = (change: Partial<SimulatedNsmOptions> = {}) => {
  nowMs = startMs;
  return openSimulatedNsm({ root, clock, random, measured: "oracle", ...change });
};
const verify = (document: Uint8Array, rootDer = root.rootDer) =>
  nitroAttestation.verify(document, expectation, { rootDer, allowlist, revokedCertificates: [] }, nowMs);

function payloadOf(document: Uint8Array): CborMap {
  const [, , payload] = decodeCbor(document) as readonly CborValue[];
  return decodeCbor(payload as Uint8Array) as CborMap;
}

describe("simulated NSM", () => {
  it.each(["definite", "indefinite"] as const)(
    "makes documents (%s map) that the verifier accepts",
    async (payloadForm) => {
      const nsm = await open({ payloadForm });
      const verdict = await verify(await nsm.attest(request));
      expect(verdict.statement).toEqual(request.userData);
      expect(verdict.pcrs).toEqual(await nsm.describePcrs());
      expect(verdict.release.release).toBe("simulated-oracle");
    },
  );

  it("is refused by whoever trusts the vendor's root", async () => {
    const nsm = await open();
    await expect(verify(await nsm.attest(request), awsNitroRootDer)).rejects.toMatchObject({
      code: "ATTESTATION_ROOT_UNKNOWN",
    });
  });

  it("is refused under another simulated root", async () => {
    const nsm = await open();
    const other = await createSimulatedRoot({ clock, random });
    await expect(verify(await nsm.attest(request), other.rootDer)).rejects.toMatchObject({
      code: "ATTESTATION_ROOT_UNKNOWN",
    });
  });

  it("is refused where a registry answers for an oracle", async () => {
    const nsm = await open({ measured: "registry" });
    await expect(verify(await nsm.attest(request))).rejects.toMatchObject({
      code: "ATTESTATION_ROLE_MISMATCH",
    });
  });

  it("writes fields in the order of real documents, absent ones as null", async () => {
    const nsm = await open();
    const payload = payloadOf(await nsm.attest({ publicKey: null, userData: null, nonce: null }));
    expect([...payload.keys()]).toEqual([
      "module_id",
      "digest",
      "timestamp",
      "pcrs",
      "certificate",
      "cabundle",
      "public_key",
      "user_data",
      "nonce",
    ]);
    expect(["public_key", "user_data", "nonce"].map((name) => payload.get(name))).toEqual([null, null, null]);
  });

  it("writes what another CBOR decoder reads", async () => {
    const nsm = await open();
    const message = cbor.decodeFirstSync(await nsm.attest(request)) as Uint8Array[];
    const payload = cbor.decodeFirstSync(message[2] ?? new Uint8Array(0)) as {
      readonly digest: string;
      readonly cabundle: readonly Uint8Array[];
    };
    expect(payload.digest).toBe("SHA384");
    expect(payload.cabundle).toHaveLength(4);
  });

  it("makes a chain that OpenSSL verifies link by link", async () => {
    const nsm = await open();
    const payload = payloadOf(await nsm.attest(request));
    const bundle = [
      ...(payload.get("cabundle") as readonly Uint8Array[]),
      payload.get("certificate") as Uint8Array,
    ];
    const chain = bundle.map((der) => new X509Certificate(der));
    chain.forEach((certificate, index) => {
      const issuer = chain[Math.max(0, index - 1)] ?? certificate;
      expect(certificate.checkIssued(issuer)).toBe(true);
      expect(certificate.verify(issuer.publicKey)).toBe(true);
    });
  });

  it("issues a new leaf before the old one's three hours are over", async () => {
    const nsm = await open();
    const certificateAfter = async (hours: number): Promise<unknown> => {
      nowMs = startMs + hours * hourMs;
      const document = await nsm.attest(request);
      await expect(verify(document)).resolves.toMatchObject({ timestampMs: nowMs });
      return payloadOf(document).get("certificate");
    };
    const first = await certificateAfter(0);
    expect(await certificateAfter(2.5)).toEqual(first);
    expect(await certificateAfter(2.9)).not.toEqual(first);
    await certificateAfter(24 * 60);
  });

  it("keeps its module id while it runs; each boot has its own", async () => {
    const moduleOf = async (nsm: Awaited<ReturnType<typeof open>>): Promise<string> =>
      (await verify(await nsm.attest(request))).moduleId;
    const [one, two] = [await open(), await open()];
    expect(await moduleOf(one)).toBe(await moduleOf(one));
    expect(await moduleOf(one)).not.toBe(await moduleOf(two));
    const moduleId = createModuleId(random);
    expect(await moduleOf(await open({ moduleId }))).toBe(moduleId);
  });

  it.each([
    ["publicKey", 1025],
    ["userData", 513],
    ["nonce", 513],
  ])("refuses a request whose %s has %i bytes", async (name, length) => {
    const nsm = await open();
    await expect(nsm.attest({ ...request, [name]: random(length) })).rejects.toMatchObject({
      code: "NSM_REQUEST_TOO_LARGE",
    });
  });

  it("holds marked registers that are never zero and differ between roles", () => {
    const [oracle, registry] = [simulatedPcrs("oracle"), simulatedPcrs("registry")];
    for (const index of [0, 1, 2]) {
      expect(Buffer.from(oracle.get(index) ?? []).toString("latin1")).toContain("SIMULATED oracle");
      expect(oracle.get(index)).toHaveLength(48);
      expect(oracle.get(index)).not.toEqual(registry.get(index));
    }
  });
});
