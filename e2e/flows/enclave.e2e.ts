import type { ErrorCode } from "#protocol/codes/index.ts";
import { codes } from "#protocol/codes/index.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import { expect, test } from "../world/flow.ts";
import { openImpostor } from "../world/impostor.ts";
import { countBytes, exampleFolder, type Stage } from "../world/stage.ts";
import type { Visit } from "../world/visit.ts";

/** Where an oracle is refused: while TLS is set up, or by what it proves inside of it. */
type Point = "handshake" | "proof";

/** The session ends with `code`, in words, in window and page, and the oracle's host saw less than the folder. */
async function expectRefusal(
  { stage: { relay }, visitor: { start, person } }: { readonly stage: Stage; readonly visitor: Visit },
  code: ErrorCode,
  at: Point,
): Promise<void> {
  const session = await start();
  await expect(session.getByTestId("ended").getByTestId("error-code")).toHaveText(code);
  await expect(session.getByTestId("error-sentence")).toHaveText(codes[code].sentence);
  await expect(person.page.getByTestId("problem")).toContainText(code);
  // The registry's channel is always there; the oracle's only where its handshake came to an end.
  await expect(session.getByTestId("step-tls-established")).toHaveCount(at === "handshake" ? 1 : 2);
  await expect(session.getByTestId("step-oracle-attested")).toHaveCount(0);
  expect(relay.seen().connections).toBe(1);
  expect(relay.seen().bytes).toBeLessThan(await countBytes(exampleFolder));
}

/** The same trust, with another measurement of the oracle. */
function otherOracle(trust: TrustConfig): TrustConfig {
  const entries = trust.allowlist.entries.map((entry) =>
    entry.role === "oracle" ? { ...entry, pcr0: "ab".repeat(48) } : entry,
  );
  return { ...trust, allowlist: { entries } };
}

test("an enclave with another measurement is refused before anything is uploaded", async ({
  stage,
  visit,
}) => {
  const extension = await stage.buildWith("other-oracle", otherOracle(stage.world.trust));
  await expectRefusal({ stage, visitor: await visit({ extension }) }, "ATTESTATION_PCR_MISMATCH", "proof");
});

test("a relay that flips a bit of the handshake is refused", async ({ stage, visit }) => {
  const visitor = await visit();
  stage.relay.behave({ kind: "flip", answer: 0, byte: 1_300 });
  await expectRefusal({ stage, visitor }, "TLS_RECORD_MAC", "handshake");
});

test("a relay that flips a bit of the enclave's proof is refused", async ({ stage, visit }) => {
  const visitor = await visit();
  stage.relay.behave({ kind: "flip", answer: 1, byte: 1_000 });
  await expectRefusal({ stage, visitor }, "TLS_RECORD_MAC", "proof");
});

test("a relay that replays an old session is refused", async ({ stage, visit }) => {
  const visitor = await visit();
  const session = await visitor.start();
  await session.getByTestId("prompt").waitFor();
  await session.getByTestId("cancel").click();
  await session.getByTestId("ended").waitFor();
  stage.relay.behave({ kind: "replay" });
  await expectRefusal({ stage, visitor }, "TLS_SESSION_ID_ECHO", "handshake");
});

test("a relay that answers in the oracle's name with keys of its own is refused", async ({
  stage,
  visit,
}) => {
  const visitor = await visit();
  const impostor = await openImpostor(stage.relay.upstream);
  try {
    stage.relay.behave({ kind: "divert", url: impostor.url });
    await expectRefusal({ stage, visitor }, "LEAF_SIGNATURE_INVALID", "handshake");
    expect(impostor.heard()).toBe(0);
  } finally {
    await impostor.stop();
  }
});
