import { UsageError } from "#protocol/errors.ts";
import { textFromUtf8 } from "#protocol/bytes.ts";
import { uiSchemas } from "#messages/ui.ts";
import type { BuildView } from "#messages/view.ts";
import type { KeyValueStore } from "./platform/storage.ts";
import type { SessionWindows } from "./platform/windows.ts";
import type { StoredResult } from "./results.ts";
import { uiRoute, type Routes } from "./router.ts";
import { readHome, readSessionView, type SessionSources } from "./sessions/views.ts";
import { readTrustView } from "./trustView.ts";

const phraseKey = "phrase";

/** What the requests of our own pages need from the rest of the worker. */
export interface UiRoutesOptions {
  readonly sources: SessionSources;
  readonly windows: SessionWindows;
  readonly local: KeyValueStore;
  readonly version: string;
  /** Tells all pages of ours to look again. */
  readonly changed: () => void;
}

/** The requests of the extension's own pages. */
export function createUiRoutes(options: UiRoutesOptions): Routes {
  return { ...buildRoutes(options), ...consentRoutes(options), ...submissionRoutes(options) };
}

function buildRoutes({ sources, local, windows, version, changed }: UiRoutesOptions): Routes {
  return {
    getBuild: uiRoute(uiSchemas.getBuild, () => readBuild(sources, local, version)),
    getHome: uiRoute(uiSchemas.getHome, () => readHome(sources)),
    getTrust: uiRoute(uiSchemas.getTrust, () => readTrustView(sources.trust)),
    setPhrase: uiRoute(uiSchemas.setPhrase, async ({ phrase }) => {
      await local.write(phraseKey, phrase);
      changed();
      return null;
    }),
    getSession: uiRoute(uiSchemas.getSession, ({ sessionId }) => readSessionView(sources, sessionId)),
    openSession: uiRoute(uiSchemas.openSession, async ({ sessionId }) => {
      await windows.show(sessionId);
      return null;
    }),
  };
}

function consentRoutes({ sources }: UiRoutesOptions): Routes {
  const { sessions } = sources;
  const done = async (work: Promise<void>): Promise<null> => {
    await work;
    return null;
  };
  return {
    readFile: uiRoute(uiSchemas.readFile, async ({ sessionId, path }) => {
      const file = sessions.find(sessionId)?.request.files.find((one) => one.path === path);
      if (file === undefined) throw new UsageError("SESSION_UNKNOWN");
      return textFromUtf8(file.bytes) ?? `(${String(file.bytes.length)} bytes that are no text)`;
    }),
    askAccounts: uiRoute(uiSchemas.askAccounts, ({ sessionId }) => done(sessions.askAccounts(sessionId))),
    chooseAccount: uiRoute(uiSchemas.chooseAccount, ({ sessionId, account, confirmedNew }) =>
      done(sessions.chooseAccount(sessionId, account, confirmedNew)),
    ),
    approve: uiRoute(uiSchemas.approve, ({ sessionId, approvalId }) =>
      done(sessions.approve(sessionId, approvalId)),
    ),
    deny: uiRoute(uiSchemas.deny, ({ sessionId }) => done(sessions.deny(sessionId))),
    cancel: uiRoute(uiSchemas.cancel, ({ sessionId }) => done(sessions.cancel(sessionId))),
    answer: uiRoute(uiSchemas.answer, ({ sessionId, promptId, text }) =>
      done(sessions.answer(sessionId, promptId, text)),
    ),
  };
}

function submissionRoutes({ sources, changed }: UiRoutesOptions): Routes {
  const { submissions, results, sessions } = sources;
  const withResult = async (
    sessionId: string,
    act: (result: StoredResult) => Promise<void>,
  ): Promise<null> => {
    const result = await results.find(sessionId);
    if (result === undefined) throw new UsageError("SESSION_UNKNOWN");
    await act(result);
    return null;
  };
  return {
    checkSubmission: uiRoute(uiSchemas.checkSubmission, ({ sessionId }) =>
      withResult(sessionId, (result) => submissions.check(result)),
    ),
    mendSubmission: uiRoute(uiSchemas.mendSubmission, ({ sessionId }) =>
      withResult(sessionId, (result) => submissions.mend(result)),
    ),
    submit: uiRoute(uiSchemas.submit, ({ sessionId }) =>
      withResult(sessionId, (result) => submissions.submit(result)),
    ),
    discard: uiRoute(uiSchemas.discard, ({ sessionId }) =>
      withResult(sessionId, async () => {
        await results.remove(sessionId);
        submissions.forget(sessionId);
        sessions.discard(sessionId);
        changed();
      }),
    ),
  };
}

async function readBuild(
  { trust }: SessionSources,
  local: KeyValueStore,
  version: string,
): Promise<BuildView> {
  const phrase = await local.read(phraseKey);
  return {
    kind: trust.kind,
    version,
    phrase: typeof phrase === "string" ? phrase : null,
    chains: trust.chains.map(({ chainId, name, hub }) => ({ chainId, name, hub })),
    allowsEnclaves: trust.allowlist.entries.length > 0,
  };
}
