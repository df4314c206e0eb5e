import { codes } from "#protocol/codes/index.ts";
import { encodeError } from "#protocol/errors.ts";
import type { PageError } from "#messages/page.ts";
import type { Phase } from "#messages/phase.ts";
import type { ErrorView } from "#messages/view.ts";

/** An error as a person reads it. What is not ours becomes INTERNAL; its own text stays behind. */
export function toErrorView(error: unknown): ErrorView {
  const wire = encodeError(error);
  const { expected, actual } = wire;
  return {
    code: wire.code,
    action: wire.action,
    sentence: codes[wire.code].sentence,
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual }),
  };
}

/** EIP-1193 and JSON-RPC numbers of what a page may meet. */
const providerCodes = {
  userRejected: 4001,
  unsupportedMethod: 4200,
  disconnected: 4900,
  chainDisconnected: 4901,
  invalidParams: -32602,
  internal: -32603,
} as const;

/** The EIP-1193 number of an error. */
function providerCode({ code, action }: ErrorView): number {
  if (code === "REQUEST_METHOD_UNKNOWN") return providerCodes.unsupportedMethod;
  if (code === "CHAIN_NOT_SUPPORTED") return providerCodes.chainDisconnected;
  if (code === "SESSION_WORKER_RESTARTED") return providerCodes.disconnected;
  if (action === "ask-user") return providerCodes.userRejected;
  return action === "fix-code" ? providerCodes.invalidParams : providerCodes.internal;
}

/** An error as a page gets it: number, reason and what to do, and for an unknown chain the known ones. */
export function toPageError(
  error: unknown,
  { phase, chains }: { readonly phase: Phase | null; readonly chains: readonly number[] },
): PageError {
  const view = toErrorView(error);
  return {
    code: providerCode(view),
    message: view.sentence,
    data: {
      reason: view.code,
      action: view.action,
      phase,
      ...(view.code === "CHAIN_NOT_SUPPORTED" ? { chains } : {}),
    },
  };
}
