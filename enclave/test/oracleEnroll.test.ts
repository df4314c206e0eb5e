import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashImage, readMeasurement } from "#protocol/attestation/measurement.ts";
import type { RegistryReply, RegistryRequestWire } from "#protocol/wire/registry.ts";
import { createTlsKey } from "../common/tlsKey.ts";
import { createSigner } from "../common/signer.ts";
import { openSimulatedNsm } from "../nsm/simulated/nsm.ts";
import { simulatedPcrs } from "../nsm/simulated/measurement.ts";
import { enroll, verifyEnrolled, type EnrollSubject } from "../oracle/enroll.ts";
import { openRegistryLine, type RegistryLine } from "../oracle/registryLine.ts";
import { expectReply } from "./devClient.ts";
import { chainId, hub, oracleProvider, random, registryUrl } from "./devWorld.ts";
import { createOracleWorld, createTrust, type OracleWorld } from "./oracleWorld.ts";

type Enrolled = Extract<RegistryReply, { type: "enrolled" }>;
const endpoint = "ws://127.0.0.1:1";
const context = { endpoint, nowMs: () => Date.now() };

let world: OracleWorld;
let subject: EnrollSubject;
let reply: Enrolled;
let sent: Extract<RegistryRequestWire, { type: "enroll" }>;

const open = () => openRegistryLine(registryUrl, `${world.folder}/egress.sock`, AbortSignal.timeout(20_000));

/** A line that keeps what goes over it. */
function spied(line: RegistryLine): RegistryLine {
  return {
    ...line,
    messages: {
      ...line.messages,
      async read() {
        const message = await line.messages.read();
        if (message?.type === "enrolled") reply = message;
        return message;
      },
      write(message) {
        if (message.type === "enroll") sent = message;
        return line.messages.write(message);
      },
    },
  };
}

beforeAll(async () => {
  world = await createOracleWorld();
  subject = await createSubject(world.root);
  const line = await open();
  await enroll(spied(line), subject, context);
  line.close();
});
afterAll(() => world.close());

async function createSubject(
  root: OracleWorld["root"],
  hubs?: EnrollSubject["hubs"],
): Promise<EnrollSubject> {
  return {
    nsm: await openSimulatedNsm({ root, clock: () => Date.now(), random, measured: "oracle" }),
    tlsKey: await createTlsKey(),
    signer: createSigner().address,
    provider: oracleProvider,
    image: hashImage(readMeasurement(simulatedPcrs("oracle"))),
    hubs: hubs ?? [{ chainId, hub, oraclePrice: 3n }],
  };
}

describe("enrolling", () => {
  it("gives a leaf and certificates that are the oracle's own", async () => {
    const enrollment = await verifyEnrolled(reply, subject, Date.now());
    expect(enrollment.registry).toBe((await world.registryControl.status("started")).signer);
    expect(enrollment.certificates[0]?.certificate.registryPrice).toBe(5n);
  });

  it("takes a challenge once", async () => {
    const line = await open();
    await enroll(spied(line), subject, context);
    await line.messages.write(sent);
    expect((await expectReply(line.messages, "failed")).code).toBe("ENROLL_CHALLENGE_INVALID");
    line.close();
  });

  it("takes no request of another connection", async () => {
    const line = await open();
    await line.messages.write({ type: "challenge" });
    await expectReply(line.messages, "challenge");
    await line.messages.write(sent);
    expect((await expectReply(line.messages, "failed")).code).toBe("ATTESTATION_NONCE_MISMATCH");
    line.close();
  });

  it("is refused under another root", async () => {
    const stranger = await createSubject((await createTrust()).root);
    const line = await open();
    await expect(enroll(line, stranger, context)).rejects.toMatchObject({
      code: "ENROLL_REFUSED",
      actual: "ATTESTATION_ROOT_UNKNOWN",
    });
    line.close();
  });
});

describe("what a registry gives", () => {
  const [certified] = [() => reply.certificates[0]];
  const withCertificate = (change: object): Enrolled => {
    const one = certified();
    if (one === undefined) throw new Error("no certificate");
    return { ...reply, certificates: [{ ...one, certificate: { ...one.certificate, ...change } }] };
  };
  const stranger = `0x${"99".repeat(20)}` as const;
  it.each<[string, () => Enrolled]>([
    ["signer", () => withCertificate({ oracle: stranger })],
    ["provider", () => withCertificate({ provider: stranger })],
    ["image", () => withCertificate({ image: `0x${"99".repeat(32)}` })],
    ["price", () => withCertificate({ oraclePrice: 4n })],
    ["any script", () => withCertificate({ onlyOracleHash: `0x${"99".repeat(32)}` })],
    ["times", () => withCertificate({ notAfter: 1 })],
    ["times", () => withCertificate({ notBefore: 1 })],
    ["number of Hubs", () => ({ ...reply, certificates: [] })],
    [
      "a certificate per Hub",
      () => ({ ...reply, certificates: reply.certificates.map((one) => ({ ...one, chainId: 1 })) }),
    ],
    [
      "a signature",
      () => ({
        ...reply,
        certificates: reply.certificates.map((one) => ({ ...one, registrySignature: new Uint8Array(65) })),
      }),
    ],
  ])("is refused where it differs in: %s", async (expected, change) => {
    await expect(verifyEnrolled(change(), subject, Date.now())).rejects.toMatchObject({
      code: "ENROLL_REPLY_MISMATCH",
      expected,
    });
  });

  it("is refused for another key or signer", async () => {
    const otherKey = { ...subject, tlsKey: await createTlsKey() };
    await expect(verifyEnrolled(reply, otherKey, Date.now())).rejects.toMatchObject({
      ...{ code: "ENROLL_REPLY_MISMATCH", expected: "key of the leaf" },
    });
    const otherSigner = { ...subject, signer: stranger };
    await expect(verifyEnrolled(reply, otherSigner, Date.now())).rejects.toMatchObject({
      ...{ code: "ENROLL_REPLY_MISMATCH", expected: "name of the leaf" },
    });
  });

  it("is refused where two registries have signed", async () => {
    const two = await createSubject(world.root, [
      { chainId, hub, oraclePrice: 3n },
      { chainId: 1, hub, oraclePrice: 3n },
    ]);
    const { certificate, registrySignature } = certified() ?? {};
    if (certificate === undefined || registrySignature === undefined) throw new Error("no certificate");
    const certificates = two.hubs.map((one) => ({ ...one, certificate, registrySignature }));
    const both = { ...subject, hubs: two.hubs };
    await expect(verifyEnrolled({ ...reply, certificates }, both, Date.now())).rejects.toMatchObject({
      ...{ code: "ENROLL_REPLY_MISMATCH", expected: "one registry signer" },
    });
  });

  it("is refused with a leaf of another CA", async () => {
    const other = await createOracleWorld();
    const otherSubject = await createSubject(other.root);
    const line = await openRegistryLine(
      registryUrl,
      `${other.folder}/egress.sock`,
      AbortSignal.timeout(20_000),
    );
    await enroll(spiedCa(line), otherSubject, context);
    line.close();
    await other.close();
    await expect(
      verifyEnrolled({ ...reply, caCertificate: otherCa }, subject, Date.now()),
    ).rejects.toMatchObject({
      code: "LEAF_ISSUER_MISMATCH",
    });
  });
});

let otherCa: Uint8Array;
function spiedCa(line: RegistryLine): RegistryLine {
  return {
    ...line,
    messages: {
      ...line.messages,
      async read() {
        const message = await line.messages.read();
        if (message?.type === "enrolled") otherCa = message.caCertificate;
        return message;
      },
    },
  };
}

describe("the way to a registry", () => {
  it.each([
    ["a name that is not mapped", "ws://other.demo.internal:8081", "status 403"],
    ["an IP literal", "ws://127.0.0.1:8081", "status 403"],
  ])("refuses %s", async (_, url, actual) => {
    const opening = openRegistryLine(url, `${world.folder}/egress.sock`, AbortSignal.timeout(20_000));
    await expect(opening).rejects.toMatchObject({ code: "SERVICE_UPLINK_FAILED", actual });
  });

  it("fails without an egress", async () => {
    const opening = openRegistryLine(registryUrl, `${world.folder}/none.sock`, AbortSignal.timeout(20_000));
    await expect(opening).rejects.toMatchObject({ code: "SERVICE_UPLINK_FAILED", actual: "no egress" });
  });
});
