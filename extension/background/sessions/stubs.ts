import { z } from "zod";
import type { PageSession } from "#messages/page.ts";
import { isFinal, phases } from "#messages/phase.ts";
import { isErrorCode } from "#protocol/codes/index.ts";
import { TransportError } from "#protocol/errors.ts";
import { addressField } from "#protocol/wire/fields.ts";
import { toErrorView } from "../errorView.ts";
import type { KeyValueStore } from "../platform/storage.ts";
import { pageSessionOf, type LiveSession } from "./live.ts";

const prefix = "session:";
const errorSchema = z.strictObject({
  reason: z.string().refine(isErrorCode),
  action: z.enum(["fix-code", "retry", "stop", "ask-user"]),
  message: z.string(),
});
const stubSchema = z.strictObject({
  origin: z.string(),
  contract: addressField,
  functionName: z.string(),
  session: z.strictObject({
    sessionId: z.uuid(),
    clientRequestId: z.string().nullable(),
    phase: z.enum(phases),
    needsInput: z.boolean(),
    error: errorSchema.nullable(),
    transactionHash: z.string().nullable(),
  }),
});

/** What outlives the worker of a session without a result: that it was, and how it ended. No secret is in it. */
export type SessionStub = z.output<typeof stubSchema>;

/** The stubs of this browser session. */
export interface SessionStubs {
  write(live: LiveSession): Promise<void>;
  find(sessionId: string): Promise<SessionStub | undefined>;
  list(): Promise<readonly SessionStub[]>;
  remove(sessionId: string): Promise<void>;
  /** Ends every session that the former worker left running: its keys are gone with it. */
  endAbandoned(): Promise<void>;
}

/** Makes the stubs over `store`. */
export function createStubs(store: KeyValueStore): SessionStubs {
  const list = async (): Promise<readonly SessionStub[]> => {
    const parsed = (await store.list(prefix)).map(([, value]) => stubSchema.safeParse(value));
    return parsed.flatMap((one) => (one.success ? [one.data] : []));
  };
  const write = (stub: SessionStub): Promise<void> => store.write(prefix + stub.session.sessionId, stub);
  return {
    list,
    write: (live) =>
      write({
        origin: live.page.origin,
        contract: live.request.target,
        functionName: live.call.name,
        session: pageSessionOf(live),
      }),
    find: async (sessionId) => stubSchema.safeParse(await store.read(prefix + sessionId)).data,
    remove: (sessionId) => store.remove(prefix + sessionId),
    async endAbandoned() {
      for (const stub of await list()) {
        if (!isFinal(stub.session.phase)) await write({ ...stub, session: abandoned(stub.session) });
      }
    },
  };
}

function abandoned(session: PageSession): SessionStub["session"] {
  const { code, action, sentence } = toErrorView(new TransportError("SESSION_WORKER_RESTARTED"));
  return {
    ...session,
    phase: "failed",
    needsInput: false,
    error: { reason: code, action, message: sentence },
  };
}
