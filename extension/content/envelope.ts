import type { PageError, PageSession } from "#messages/page.ts";

/*
 * What the page's world and the bridge say to each other by `window.postMessage`. Any script of the page can speak
 * and listen here; nothing of it is trusted, and nothing goes through it that the page may not know.
 */

/** From the page's world: one request; `contents` are the bytes of `params.files`, in their order. */
export interface PageCall {
  readonly openContracts: "call";
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
  readonly contents: readonly Uint8Array[];
}

/** From the bridge: an answer, news of a session, or the loss of the worker. */
export type BridgeNews =
  | { readonly openContracts: "result"; readonly id: number; readonly result: unknown }
  | { readonly openContracts: "error"; readonly id: number; readonly error: PageError }
  | { readonly openContracts: "session"; readonly session: PageSession }
  | { readonly openContracts: "disconnect" };

/** EIP-1193: the provider is cut off from everything. */
const disconnected = 4900;

/** The worker, or the whole extension, went away. */
export const lostWorker: PageError = {
  code: disconnected,
  message: "Open Contracts was restarted. Ask for the session again; reload the page if this stays.",
  data: { reason: "PAGE_DISCONNECTED", action: "retry", phase: null },
};

/** The page is sandboxed: its origin is opaque, so a person could not be told who asks. */
export const opaqueOrigin: PageError = {
  code: disconnected,
  message:
    "This page is sandboxed and has no origin that a person could be shown. Open it without a sandbox.",
  data: { reason: "PAGE_OPAQUE_ORIGIN", action: "fix-code", phase: null },
};

/** The call itself cannot be sent on. */
export const malformedCall: PageError = {
  code: -32602,
  message: "The request does not have the form that window.openContracts documents.",
  data: { reason: "REQUEST_INVALID", action: "fix-code", phase: null },
};
