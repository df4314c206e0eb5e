import { maxChunkBytes } from "#protocol/wire/limits.ts";
import { unexpected } from "./attestedChannel.ts";
import { requireEqual } from "./equality.ts";
import { sessionTimeouts } from "./limits.ts";
import type { SessionListener } from "./listener.ts";
import type { OracleChannel } from "./oracleChannel.ts";
import { errorFromPeer } from "./peerFailure.ts";
import type { SessionRequest } from "./request.ts";

async function sendRun(channel: OracleChannel, request: SessionRequest): Promise<void> {
  const { chainId, hub, target, selector, user, valueWei, files } = request;
  await channel.send({
    type: "run",
    chainId,
    hub,
    target,
    selector,
    user,
    value: valueWei.toString(),
    files: files.map(({ path, bytes }) => ({ path, size: bytes.length })),
  });
}

/** Sends every file in pieces, in order. An empty file has no piece. */
async function sendFiles(channel: OracleChannel, { files }: SessionRequest): Promise<void> {
  for (const [index, { bytes }] of files.entries()) {
    for (let start = 0; start < bytes.length; start += maxChunkBytes) {
      await channel.send({ type: "file", index, bytes: bytes.slice(start, start + maxChunkBytes) });
    }
  }
}

/**
 * Uploads the approved files and waits until the enclave has started the script that it computed the same hash of.
 * @throws UntrustedError SESSION_UPLOAD_HASH_MISMATCH, SESSION_UNEXPECTED_MESSAGE; TransportError; what the enclave reports
 */
export async function uploadFolder(
  channel: OracleChannel,
  request: SessionRequest,
  listener: SessionListener,
): Promise<void> {
  listener.onPhase("uploading");
  await sendRun(channel, request);
  await sendFiles(channel, request);
  const reply = await channel.receive(sessionTimeouts.startMs);
  if (reply.type === "failed") throw errorFromPeer(reply);
  if (reply.type !== "started") throw unexpected(reply);
  requireEqual("SESSION_UPLOAD_HASH_MISMATCH", request.oracleHash, reply.oracleHash);
  listener.onStep({ name: "script-uploaded", evidence: { oracleHash: reply.oracleHash } });
}
