import { randomBytes } from "node:crypto";
import { createChainReader } from "../../extension/background/chain/reader.ts";
import { openSocket } from "../../extension/background/platform/socket.ts";
import type { SessionListener } from "../../extension/background/session/listener.ts";
import type { SessionPorts } from "../../extension/background/session/ports.ts";
import {
  chainOf,
  createSessionRequest,
  type RequestParts,
} from "../../extension/background/session/request.ts";
import type { VerifiedResult } from "../../extension/background/session/result.ts";
import { runSession } from "../../extension/background/session/run.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";

const timeoutMs = 15_000;

/** The extension's session core in Node: the same code as in the worker, without a browser around it. */
export function createNodePorts(trust: TrustConfig, chainId: number): SessionPorts {
  return {
    connect: (url) => openSocket(url, { timeoutMs }),
    chain: createChainReader(chainOf(trust, chainId), { nowMs: Date.now, timeoutMs }),
    trust,
    nowMs: Date.now,
    random: (length) => new Uint8Array(randomBytes(length)),
    deadline: (ms) => AbortSignal.timeout(ms),
  };
}

/** Runs one session to its verified result. `answer` stands for the person. */
export async function runNodeSession(
  parts: RequestParts,
  trust: TrustConfig,
  person: { readonly answer: (prompt: string) => Promise<string>; readonly log: (line: string) => void },
): Promise<VerifiedResult> {
  const request = await createSessionRequest(parts, trust);
  const ports = createNodePorts(trust, parts.chainId);
  const listener = createListener(person);
  return runSession(request, { ports, listener, cancel: new AbortController().signal });
}

function createListener(person: {
  readonly answer: (prompt: string) => Promise<string>;
  readonly log: (line: string) => void;
}): SessionListener {
  const { answer, log } = person;
  return {
    onPhase: log,
    onStep: ({ name, evidence }) => {
      log(`${name} ${JSON.stringify(evidence)}`);
    },
    onPeerFailed: ({ role, endpoint, code }) => {
      log(`${role} at ${endpoint} given up: ${code}`);
    },
    onPrint: log,
    onPrompt: ({ text }) => answer(text),
    onDelay: ({ seconds, reason }) => {
      log(`${reason} (${String(seconds)} s)`);
    },
    onRefused: (host, reason) => {
      log(reason === "not-listed" ? `refused; a line for domains.txt: ${host}` : `${host}: ${reason}`);
    },
    onTraceback: log,
  };
}
