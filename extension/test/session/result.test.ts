import { describe, expect, it } from "vitest";
import type { Address, Hex } from "#protocol/bytes.ts";
import type { ErrorCode } from "#protocol/codes/index.ts";
import { createSigner } from "../../../enclave/common/signer.ts";
import { isExpired } from "../../background/session/result.ts";
import {
  decodeResultRecord,
  encodeResultRecord,
  type ResultRecord,
} from "../../background/session/resultRecord.ts";
import { createSubmissionTransaction } from "../../background/session/submissionTransaction.ts";
import { decodeSubmission } from "#protocol/submission.ts";
import { expectRefusal, runWorld } from "./refusal.ts";
import { call, chainId, createWorld, hub, sendResult, user, type World } from "./world.ts";

const other: Address = "0x00000000000000000000000000000000000000ee";
const halfOrder = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

function changeResult(change: Partial<World["result"]>): (world: World) => void {
  return (world) => {
    world.result = { ...world.result, ...change };
  };
}

/** The same signature with the other s: valid mathematics, refused by the Hub. */
function twin(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${Buffer.from(signature.slice(32, 64)).toString("hex")}`);
  const high = (halfOrder - s).toString(16).padStart(64, "0");
  const v = signature[64] === 27 ? 28 : 27;
  return Uint8Array.from([...signature.slice(0, 32), ...Buffer.from(high, "hex"), v]);
}

const lies: readonly (readonly [name: string, code: ErrorCode, change: (world: World) => void])[] = [
  [
    "is signed by another key",
    "RESULT_SIGNER_MISMATCH",
    (world) => {
      world.signResult = (result) => createSigner().signResult({ chainId, hub }, result);
    },
  ],
  [
    "is for another chain",
    "RESULT_SIGNER_MISMATCH",
    (world) => {
      world.signResult = (result) => world.oracle.signer.signResult({ chainId: 1, hub }, result);
    },
  ],
  [
    "is for another Hub",
    "RESULT_SIGNER_MISMATCH",
    (world) => {
      world.signResult = (result) => world.oracle.signer.signResult({ chainId, hub: other }, result);
    },
  ],
  [
    "carries a signature with high s",
    "RESULT_SIGNATURE_INVALID",
    (world) => {
      world.signResult = async (result) =>
        twin(await world.oracle.signer.signResult({ chainId, hub }, result));
    },
  ],
  [
    "carries a signature with v 0",
    "RESULT_SIGNATURE_INVALID",
    (world) => {
      world.signResult = async (result) => {
        const signature = await world.oracle.signer.signResult({ chainId, hub }, result);
        return signature.with(64, 0);
      };
    },
  ],
  ["is for another contract", "RESULT_TARGET_MISMATCH", changeResult({ target: other })],
  [
    "calls another function",
    "RESULT_SELECTOR_MISMATCH",
    changeResult({ call: `0x12345678${call.slice(10)}` }),
  ],
  ["carries bytes beside its arguments", "RESULT_ARGUMENTS_MALFORMED", changeResult({ call: `${call}00` })],
  ["lacks an argument", "RESULT_ARGUMENTS_MALFORMED", changeResult({ call: call.slice(0, 74) as Hex })],
  ["belongs to another account", "RESULT_USER_MISMATCH", changeResult({ user: other })],
  [
    "was made by another script",
    "RESULT_SCRIPT_MISMATCH",
    changeResult({ oracleHash: `0x${"22".repeat(32)}` }),
  ],
  ["carries more value than consented", "RESULT_VALUE_ABOVE_CONSENT", changeResult({ value: 6n })],
  ["names another registry", "RESULT_REGISTRY_MISMATCH", changeResult({ registry: other })],
  [
    "was signed before it started",
    "RESULT_TIMES_DISORDERED",
    (world) => changeResult({ startedAt: world.result.signedAt + 1 })(world),
  ],
  [
    "outlives the certificate",
    "RESULT_DEADLINE_AFTER_CERTIFICATE",
    (world) => changeResult({ deadline: world.certificate.notAfter + 1 })(world),
  ],
  [
    "has expired",
    "RESULT_EXPIRED",
    (world) => {
      const { startedAt } = world.result;
      changeResult({ startedAt: startedAt - 9, signedAt: startedAt - 8, deadline: startedAt - 7 })(world);
    },
  ],
];

/** Changes made after the session has begun: the certificate beside the result. */
const lateLies: typeof lies = [
  [
    "comes with other prices",
    "RESULT_PRICES_CHANGED",
    (world) => {
      world.certificate = { ...world.certificate, oraclePrice: 51n };
    },
  ],
  [
    "comes with an expired certificate",
    "SESSION_CERTIFICATE_EXPIRED",
    (world) => {
      const notAfter = Math.floor(world.nowMs / 1000) - 1;
      world.certificate = { ...world.certificate, notAfter };
      world.result = {
        ...world.result,
        startedAt: notAfter - 2,
        signedAt: notAfter - 2,
        deadline: notAfter - 1,
      };
    },
  ],
  [
    "comes with a certificate of another registry",
    "SESSION_CERTIFICATE_REGISTRY_MISMATCH",
    (world) => {
      world.certify = (certificate) => createSigner().signCertificate({ chainId, hub }, certificate);
    },
  ],
  [
    "comes with a certificate of another oracle",
    "SESSION_SIGNER_CERTIFICATE_MISMATCH",
    (world) => {
      world.certificate = { ...world.certificate, oracle: other };
    },
  ],
];

describe("a result is refused where it", () => {
  it.each(lies)("%s: %s", async (_name, code, change) => {
    const world = await createWorld();
    change(world);
    await expectRefusal(runWorld(world), code);
    expect(world.heard.steps.map(({ name }) => name)).not.toContain("result-verified");
  });

  it.each(lateLies)("%s: %s", async (_name, code, change) => {
    const world = await createWorld();
    world.dialog = async (talk) => {
      change(world);
      await sendResult(world, talk);
    };
    await expectRefusal(runWorld(world), code);
  });

  it("accepts a renewed certificate that runs longer", async () => {
    const world = await createWorld();
    world.dialog = async (talk) => {
      world.certificate = { ...world.certificate, notAfter: world.certificate.notAfter + 60 };
      await sendResult(world, talk);
    };
    expect((await runWorld(world)).certificate).toEqual(world.certificate);
  });
});

describe("a stored result", () => {
  it("survives JSON and is verified again", async () => {
    const world = await createWorld();
    const verified = await runWorld(world);
    const json: unknown = JSON.parse(JSON.stringify(encodeResultRecord(verified)));
    expect(await decodeResultRecord(json)).toEqual(verified);
    expect(isExpired(verified, world.nowMs)).toBe(false);
    expect(isExpired(verified, (verified.result.deadline + 1) * 1000)).toBe(true);
  });

  it("is refused with any field changed, missing or added", async () => {
    const record = encodeResultRecord(await runWorld(await createWorld()));
    const changed: readonly (readonly [ErrorCode, unknown])[] = [
      ["RESULT_RECORD_MALFORMED", { ...record, extra: 1 }],
      ["RESULT_RECORD_MALFORMED", { ...record, version: 2 }],
      ["RESULT_RECORD_MALFORMED", { ...record, signature: undefined }],
      ["RESULT_RECORD_MALFORMED", null],
      ["RESULT_RECORD_MALFORMED", { ...record, document: "0xZZ" }],
      ["RESULT_SIGNER_MISMATCH", { ...record, result: { ...record.result, nonce: "1" } }],
      ["RESULT_SIGNER_MISMATCH", withCall(record, { hub: other })],
      ["RESULT_USER_MISMATCH", withCall(record, { user: other })],
      ["RESULT_TARGET_MISMATCH", withCall(record, { target: other })],
      ["RESULT_VALUE_ABOVE_CONSENT", withCall(record, { valueWei: "4" })],
      ["SESSION_PRICE_ABOVE_CAP", withCall(record, { maxPaymentWei: "71" })],
      ["RESULT_SIGNER_MISMATCH", { ...record, identity: { ...record.identity, signer: other } }],
      ["RESULT_SIGNATURE_INVALID", { ...record, signature: "0x00" }],
    ];
    for (const [code, json] of changed) await expectRefusal(decodeResultRecord(json), code);
  });
});

function withCall(record: ResultRecord, change: Partial<ResultRecord["call"]>): ResultRecord {
  return { ...record, call: { ...record.call, ...change } };
}

describe("the submission of a result", () => {
  const zero = "0x0000000000000000000000000000000000000000";

  it("goes from its user to the Hub, with the certificate only where the Hub needs it", async () => {
    const verified = await runWorld(await createWorld());
    const first = createSubmissionTransaction(verified, { provider: zero, notAfter: 0 });
    expect(first).toMatchObject({ chainId, from: user, to: hub, valueWei: 5n });
    expect(decodeSubmission(first.input).proof?.certificate.oraclePrice).toBe(50n);
    const { notAfter } = verified.certificate;
    const again = createSubmissionTransaction(verified, { provider: other, notAfter });
    expect(decodeSubmission(again.input).proof).toBeUndefined();
    expect(decodeSubmission(again.input).maxPaymentWei).toBe(100n);
  });
});
