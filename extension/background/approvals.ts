import { z } from "zod";
import { DeniedError } from "#protocol/errors.ts";
import type { KeyValueStore } from "./platform/storage.ts";

/** How long a person may look at a request before it counts as refused, ms. */
export const approvalLifetimeMs = 10 * 60_000;

const prefix = "approval:";
const approvalSchema = z.strictObject({ approvalId: z.uuid(), sessionId: z.uuid(), expiresAtMs: z.int() });
/** A question put to the person, open until answered once or expired. */
export type Approval = Readonly<z.infer<typeof approvalSchema>>;

/** Open approvals. What is unknown, used, expired or unreadable counts as refused. */
export interface Approvals {
  open(sessionId: string): Promise<Approval>;
  /**
   * Uses up an approval.
   * @throws DeniedError APPROVAL_UNKNOWN, APPROVAL_EXPIRED
   */
  take(approvalId: string, sessionId: string): Promise<void>;
  /** Forgets what is open for a session. */
  drop(sessionId: string): Promise<void>;
}

/** Makes the approvals over `store`, which lives as long as the browser does and no longer. */
export function createApprovals(
  store: KeyValueStore,
  { nowMs, newId }: { readonly nowMs: () => number; readonly newId: () => string },
): Approvals {
  return {
    async open(sessionId) {
      const approval = { approvalId: newId(), sessionId, expiresAtMs: nowMs() + approvalLifetimeMs };
      await store.write(prefix + sessionId, approval);
      return approval;
    },
    async take(approvalId, sessionId) {
      const stored = approvalSchema.safeParse(await store.read(prefix + sessionId));
      await store.remove(prefix + sessionId);
      if (!stored.success || stored.data.approvalId !== approvalId) throw new DeniedError("APPROVAL_UNKNOWN");
      if (stored.data.expiresAtMs < nowMs()) throw new DeniedError("APPROVAL_EXPIRED");
    },
    drop: (sessionId) => store.remove(prefix + sessionId),
  };
}
