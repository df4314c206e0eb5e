import type { TrustConfig } from "#protocol/trust/config.ts";
import type { Phase } from "#messages/phase.ts";
import type { ResultView, SubmissionView } from "#messages/view.ts";
import { parseFunctionSignature } from "#protocol/submission.ts";
import type { StoredResult } from "../results.ts";
import { isExpired } from "../session/result.ts";
import type { SubmissionState } from "./submissions.ts";

/** The phase of a session whose result is stored. */
export function phaseOf({ confirmed, sent }: StoredResult, state: SubmissionState): Phase {
  if (confirmed !== null) return "confirmed";
  if (sent !== null) return "broadcast";
  return state.status === "wallet" ? "wallet" : "result";
}

/** The result page of one stored result. */
export function resultView(
  result: StoredResult,
  state: SubmissionState,
  { trust, nowMs }: { readonly trust: TrustConfig; readonly nowMs: number },
): ResultView {
  const { verified, sessionId, origin } = result;
  const { call, cost, digest } = verified;
  return {
    sessionId,
    origin,
    contract: call.target,
    chainId: call.chainId,
    chainName: trust.chains.find(({ chainId }) => chainId === call.chainId)?.name ?? String(call.chainId),
    functionName: parseFunctionSignature(call.functionSignature).name,
    arguments: verified.arguments.map(({ name, type, text }) => ({ name, type, value: text })),
    account: call.user,
    cost: {
      oracleWei: cost.oracleWei.toString(),
      registryWei: cost.registryWei.toString(),
      burnedWei: cost.burnedWei.toString(),
      totalWei: cost.totalWei.toString(),
    },
    valueWei: verified.result.value.toString(),
    deadlineSec: verified.result.deadline,
    walletShows: {
      hub: call.hub,
      functionName: state.functionName ?? "submit or submitWithCertificate",
      digest,
    },
    submission: submissionView(result, state, nowMs),
    error: state.error,
  };
}

function submissionView(result: StoredResult, state: SubmissionState, nowMs: number): SubmissionView {
  const { confirmed, sent, verified } = result;
  if (sent !== null) {
    return { status: confirmed === null ? "broadcast" : "confirmed", transactionHash: sent.hash };
  }
  if (isExpired(verified, nowMs)) return { status: "expired" };
  if (state.status !== "blocked") return { status: state.status };
  return state.issue === null ? { status: "unsent" } : { status: "blocked", issue: state.issue };
}
