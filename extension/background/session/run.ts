import { UntrustedError } from "#protocol/errors.ts";
import { runDialog } from "./dialog.ts";
import type { SessionListener } from "./listener.ts";
import { openOracle } from "./open.ts";
import type { OracleChannel } from "./oracleChannel.ts";
import type { SessionPorts } from "./ports.ts";
import type { ApprovedCall, SessionRequest } from "./request.ts";
import { verifyResult, type VerifiedResult } from "./result.ts";
import { uploadFolder } from "./upload.ts";
import { requireNotCancelled } from "./waiting.ts";

/** The contract itself must allow this very script, before anyone hears of it. */
async function requireScriptAllowed(
  call: ApprovedCall,
  ports: SessionPorts,
  listener: SessionListener,
): Promise<void> {
  const { target, selector, oracleHash } = call;
  const isAllowed = await ports.chain.isAllowed(target, selector, oracleHash);
  if (!isAllowed) throw new UntrustedError("SESSION_SCRIPT_NOT_ALLOWED", { actual: oracleHash });
  listener.onStep({ name: "script-allowed", evidence: { target, selector, oracleHash } });
}

async function runScript(
  channel: OracleChannel,
  request: SessionRequest,
  options: { readonly ports: SessionPorts; readonly listener: SessionListener; readonly cancel: AbortSignal },
): Promise<VerifiedResult> {
  const { ports, listener } = options;
  await uploadFolder(channel, request, listener);
  const message = await runDialog({ channel, ...options });
  const approved = { call: request, oracle: channel.facts, document: channel.attestation.document };
  const verified = await verifyResult(message, approved, ports.nowMs());
  listener.onStep({ name: "result-verified", evidence: { digest: verified.digest } });
  return verified;
}

/**
 * Runs an approved request to its verified result: the chain allows the script; a registry and an oracle prove what they
 * are; the approved files go up; the script talks with the person; its result is what was approved.
 * @throws UntrustedError where any check failed; TransportError to try again; DeniedError SESSION_CANCELLED,
 * SESSION_PRICE_CAP
 */
export async function runSession(
  request: SessionRequest,
  { ports, listener, cancel }: { ports: SessionPorts; listener: SessionListener; cancel: AbortSignal },
): Promise<VerifiedResult> {
  requireNotCancelled(cancel);
  await requireScriptAllowed(request, ports, listener);
  const channel = await openOracle({ call: request, listener, cancel }, ports);
  try {
    return await runScript(channel, request, { ports, listener, cancel });
  } finally {
    await channel.close();
  }
}
