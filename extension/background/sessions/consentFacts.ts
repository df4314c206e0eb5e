import type { ChainTrust } from "#protocol/trust/config.ts";
import type { ConsentFacts, ConsentView } from "#messages/view.ts";
import type { LiveSession } from "./live.ts";

/** The facts of one request. */
export function consentFacts(live: LiveSession, chain: ChainTrust, isSimulated: boolean): ConsentFacts {
  const { request, call, page } = live;
  return {
    origin: page.origin,
    timesUsed: live.timesUsed,
    contract: request.target,
    chainId: chain.chainId,
    chainName: chain.name,
    functionName: call.name,
    functionSignature: request.functionSignature,
    selector: call.selector,
    oracleHash: request.oracleHash,
    files: request.files.map(({ path, bytes }) => ({ path, size: bytes.length })),
    domains: request.domains,
    arguments: call.inputs.map(({ name = "", type }) => ({ name, type })),
    maxPaymentWei: request.maxPaymentWei.toString(),
    valueWei: request.valueWei.toString(),
    simulated: isSimulated,
  };
}

/** The consent page of one request. */
export function consentView(live: LiveSession, facts: ConsentFacts): ConsentView {
  return {
    approvalId: live.approval.approvalId,
    facts,
    chainCheck: live.isAllowedOnChain ? "allowed" : "pending",
    accounts: live.accounts,
    account: live.account,
    expiresAtMs: live.approval.expiresAtMs,
  };
}
