import { describe, expect, it } from "vitest";
import { approvalLifetimeMs, createApprovals } from "../../background/approvals.ts";
import { createFakeStore } from "../platform/fakeStore.ts";
import { expectRefusal } from "../session/refusal.ts";

const session = "11111111-1111-4111-8111-111111111111";
const other = "22222222-2222-4222-8222-222222222222";

function create() {
  const clock = { nowMs: 1_000 };
  const store = createFakeStore();
  const approvals = createApprovals(store, { nowMs: () => clock.nowMs, newId: () => crypto.randomUUID() });
  return { approvals, store, clock };
}

describe("approvals", () => {
  it("are used up by the answer", async () => {
    const { approvals } = create();
    const { approvalId } = await approvals.open(session);
    await approvals.take(approvalId, session);
    await expectRefusal(approvals.take(approvalId, session), "APPROVAL_UNKNOWN");
  });

  it("survive the worker, in the browser's session store", async () => {
    const { approvals, store, clock } = create();
    const { approvalId } = await approvals.open(session);
    const later = createApprovals(store, { nowMs: () => clock.nowMs, newId: () => "" });
    await expect(later.take(approvalId, session)).resolves.toBeUndefined();
  });

  it("refuse another id, and are gone after the wrong answer", async () => {
    const { approvals } = create();
    const { approvalId } = await approvals.open(session);
    await expectRefusal(approvals.take(other, session), "APPROVAL_UNKNOWN");
    await expectRefusal(approvals.take(approvalId, session), "APPROVAL_UNKNOWN");
  });

  it("refuse another session", async () => {
    const { approvals } = create();
    const { approvalId } = await approvals.open(session);
    await expectRefusal(approvals.take(approvalId, other), "APPROVAL_UNKNOWN");
  });

  it("expire", async () => {
    const { approvals, clock } = create();
    const { approvalId } = await approvals.open(session);
    clock.nowMs += approvalLifetimeMs + 1;
    await expectRefusal(approvals.take(approvalId, session), "APPROVAL_EXPIRED");
  });

  it("count what is unreadable as refused", async () => {
    const { approvals, store } = create();
    const { approvalId } = await approvals.open(session);
    await store.write(`approval:${session}`, { approvalId, isApproved: true });
    await expectRefusal(approvals.take(approvalId, session), "APPROVAL_UNKNOWN");
  });
});
