import { beforeAll, describe, expect, it } from "vitest";
import { recoverAddress } from "viem";
import { toHex } from "#protocol/bytes.ts";
import { certificateDigest, hubDomain } from "#protocol/eip712.ts";
import { parseLeafCertificate, verifyLeafIssuedBy, verifyLeafProfile } from "#protocol/leafCertificate.ts";
import { encodeEnrollUserData, encodeSessionUserData } from "#protocol/userData.ts";
import { sha256 } from "#protocol/webcrypto.ts";
import { encodeMessage } from "#protocol/wire/framing.ts";
import type { Role } from "#protocol/userData.ts";
import { encodeCertificateRequest } from "../common/certificateRequest.ts";
import { createSigner } from "../common/signer.ts";
import { createTlsKey, type TlsKey } from "../common/tlsKey.ts";
import { openSimulatedNsm } from "../nsm/simulated/nsm.ts";
import { simulatedPcrs } from "../nsm/simulated/measurement.ts";
import { admitOracle, type AdmissionOffice } from "../registry/admit.ts";
import { createCertificateAuthority } from "../registry/certificateAuthority.ts";
import { chainId, hub, oracleProvider, random } from "./devWorld.ts";
import { createTrust } from "./oracleWorld.ts";

const nowMs = Date.now();
const signer = "0x00000000000000000000000000000000000000d1";
const endpoint = "ws://127.0.0.1:1";
const challenge = new Uint8Array(32).fill(1);
const exporter = new Uint8Array(32).fill(2);
const context = { challenge, exporter, nowMs };

let office: AdmissionOffice;
let root: Awaited<ReturnType<typeof createTrust>>["root"];
let key: TlsKey;
beforeAll(async () => {
  const made = await createTrust();
  root = made.root;
  key = await createTlsKey();
  office = {
    trust: made.trust,
    authority: await createCertificateAuthority(nowMs, random),
    signer: createSigner(),
    hubs: [{ chainId, hub, registryPrice: 5n }],
  };
});

interface BodyChange {
  readonly key?: TlsKey;
  readonly endpoint?: string;
  readonly oraclePrice?: string;
  readonly hub?: string;
  readonly twice?: true;
}

async function body(change: BodyChange = {}): Promise<Uint8Array> {
  const price = { chainId, hub: change.hub ?? hub, oraclePrice: change.oraclePrice ?? "10" };
  return encodeMessage({
    csr: await encodeCertificateRequest(change.key ?? key),
    endpoint: change.endpoint ?? endpoint,
    prices: change.twice ? [price, price] : [price],
  }).subarray(4);
}

interface DocumentChange {
  readonly measured?: Role | ReadonlyMap<number, Uint8Array>;
  readonly nonce?: Uint8Array;
  readonly publicKey?: Uint8Array | null;
  readonly exporter?: Uint8Array;
  readonly userData?: Uint8Array;
}

async function document(of: Uint8Array, change: DocumentChange = {}): Promise<Uint8Array> {
  const nsm = await openSimulatedNsm({
    root,
    clock: () => nowMs,
    random,
    measured: change.measured ?? "oracle",
  });
  const userData =
    change.userData ??
    encodeEnrollUserData({
      ...{ bodySha256: await sha256(of), exporter: change.exporter ?? exporter },
      ...{ signer, provider: oracleProvider },
    });
  return nsm.attest({
    userData,
    publicKey: change.publicKey === undefined ? key.spki : change.publicKey,
    nonce: change.nonce ?? challenge,
  });
}

async function admit(bytes: Uint8Array, documentBytes: Uint8Array) {
  return admitOracle(office, { type: "enroll", body: bytes, document: documentBytes }, context);
}

describe("admitting an oracle", () => {
  it("issues a leaf for the attested signer and a certificate per Hub", async () => {
    const bytes = await body();
    const admission = await admit(bytes, await document(bytes));
    const leaf = parseLeafCertificate(admission.leafDer);
    await verifyLeafIssuedBy(leaf, office.authority.caDer);
    expect(verifyLeafProfile(leaf, { role: "oracle", nowMs })).toEqual({ spki: key.spki, signer });
    const [certified] = admission.certificates;
    if (certified === undefined) throw new Error("no certificate");
    const { certificate, registrySignature } = certified;
    expect(certificate).toMatchObject({
      oracle: signer,
      provider: oracleProvider,
      oraclePrice: 10n,
      registryPrice: 5n,
    });
    expect(certificate.notBefore).toBeLessThanOrEqual(nowMs / 1000);
    expect(certificate.notAfter - certificate.notBefore).toBeLessThanOrEqual(24 * 60 * 60);
    const hash = certificateDigest(hubDomain(chainId, hub), certificate);
    const recovered = await recoverAddress({ hash, signature: toHex(registrySignature) });
    expect(recovered.toLowerCase()).toBe(office.signer.address);
  });

  it.each<[string, BodyChange]>([
    ["another endpoint", { endpoint: "ws://127.0.0.1:2" }],
    ["another price", { oraclePrice: "0" }],
  ])("refuses a body with %s than attested", async (_, change) => {
    const attested = await document(await body());
    await expect(admit(await body(change), attested)).rejects.toMatchObject({
      code: "USER_DATA_BODY_MISMATCH",
    });
  });

  it("refuses a request of another key than attested", async () => {
    const bytes = await body({ key: await createTlsKey() });
    await expect(admit(bytes, await document(bytes))).rejects.toMatchObject({
      code: "ATTESTATION_PUBLIC_KEY_MISMATCH",
    });
  });

  const wrong = (fill: number) => new Uint8Array(32).fill(fill);
  it.each<[string, () => DocumentChange]>([
    ["ATTESTATION_NONCE_MISMATCH", () => ({ nonce: wrong(9) })],
    ["USER_DATA_EXPORTER_MISMATCH", () => ({ exporter: wrong(9) })],
    ["ATTESTATION_ROLE_MISMATCH", () => ({ measured: "registry" })],
    ["ATTESTATION_PUBLIC_KEY_MISMATCH", () => ({ publicKey: null })],
    [
      "ATTESTATION_PCR_MISMATCH",
      () => ({ measured: new Map([...simulatedPcrs("oracle"), [2, new Uint8Array(48).fill(1)]]) }),
    ],
    [
      "ATTESTATION_DEBUG_ENCLAVE",
      () => ({ measured: new Map([...simulatedPcrs("oracle"), [0, new Uint8Array(48)]]) }),
    ],
    [
      "USER_DATA_LENGTH_MISMATCH",
      () => ({
        userData: encodeSessionUserData({
          ...{ role: "oracle", leafSha256: wrong(1), caSpkiSha256: wrong(2), exporter },
          ...{ signer, provider: oracleProvider },
        }),
      }),
    ],
  ])("refuses with %s", async (code, change) => {
    const bytes = await body();
    await expect(admit(bytes, await document(bytes, change()))).rejects.toMatchObject({ code });
  });

  it("refuses a Hub that it does not serve", async () => {
    const bytes = await body({ hub: signer });
    await expect(admit(bytes, await document(bytes))).rejects.toMatchObject({ code: "SERVICE_HUB_UNKNOWN" });
  });

  it("refuses a Hub named twice", async () => {
    const bytes = await body({ twice: true });
    await expect(admit(bytes, await document(bytes))).rejects.toMatchObject({ code: "WIRE_MALFORMED" });
  });

  it("refuses a body that is none", async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    await expect(admit(bytes, await document(bytes))).rejects.toMatchObject({ code: "WIRE_MALFORMED" });
  });
});
