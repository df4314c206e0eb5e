import { concatBytes, equalBytes } from "#protocol/bytes.ts";
import { UntrustedError } from "#protocol/errors.ts";
import type { SentHello } from "./clientHello.ts";
import { createKeyShares, encodeClientHello } from "./clientHello.ts";
import { checkResponse, extensionType } from "./extensions.ts";
import type { KeyExchangeGroup } from "./groups.ts";
import type { HandshakeContext, HandshakePort } from "./handshakeContext.ts";
import type { HandshakeMessage } from "./handshakeMessage.ts";
import type { Agreed, Retry, StateNamed } from "./handshakeState.ts";
import { deriveHandshakeSecrets } from "./keySchedule.ts";
import type { ServerHello } from "./serverHello.ts";
import {
  parseCookie,
  parseKeyShareEntry,
  parseSelectedGroup,
  parseServerHello,
  verifyVersion,
} from "./serverHello.ts";
import type { CipherSuite } from "./suites.ts";
import { retriedTranscript, Transcript } from "./transcript.ts";

type WaitServerHello = StateNamed<"wait-server-hello">;

/** Takes a ServerHello or a HelloRetryRequest (RFC 8446 §4.1.3, §4.1.4). */
export async function onServerHello(
  state: WaitServerHello,
  message: HandshakeMessage,
  { port }: HandshakeContext,
): Promise<WaitServerHello | StateNamed<"wait-encrypted-extensions">> {
  const answer = parseServerHello(message.body);
  verifyVersion(answer);
  const suite = verifyAnswer(answer, state.hello);
  if (answer.isRetry) return retry(state, { answer, suite, encoded: message.encoded }, port);
  verifySuiteKept(suite, state.retry);
  checkResponse(answer.extensions, "ServerHello", state.hello.offered);
  const sharedSecret = await agreeOnSecret(state, answer);
  const transcript = new Transcript(suite, transcriptStart(state));
  transcript.add(message.encoded);
  const secrets = deriveHandshakeSecrets(suite, sharedSecret, transcript.current());
  sharedSecret.fill(0);
  const agreed: Agreed = { hello: state.hello, suite, secrets, transcript };
  await useHandshakeKeys(agreed, state.retry, port);
  return { name: "wait-encrypted-extensions", agreed };
}

/** The rules that hold for both forms of the answer; returns the suite it chose. */
function verifyAnswer(answer: ServerHello, { content }: SentHello): CipherSuite {
  if (!equalBytes(answer.sessionIdEcho, content.sessionId)) throw new UntrustedError("TLS_SESSION_ID_ECHO");
  if (answer.compression !== 0) {
    throw new UntrustedError("TLS_COMPRESSION", { expected: "0", actual: String(answer.compression) });
  }
  const suite = content.offer.suites.find((row) => row.id === answer.suiteId);
  if (suite === undefined) {
    throw new UntrustedError("TLS_CIPHER_SUITE", { actual: answer.suiteId.toString(16) });
  }
  return suite;
}

function verifySuiteKept(suite: CipherSuite, retried: Retry | undefined): void {
  if (retried !== undefined && retried.suite.id !== suite.id) {
    throw new UntrustedError("TLS_CIPHER_SUITE_CHANGED", {
      expected: retried.suite.name,
      actual: suite.name,
    });
  }
}

function transcriptStart(state: WaitServerHello): Uint8Array {
  if (state.retry === undefined) return state.hello.encoded;
  return concatBytes(state.retry.transcriptStart, state.hello.encoded);
}

async function agreeOnSecret({ hello }: WaitServerHello, answer: ServerHello): Promise<Uint8Array> {
  const content = answer.extensions.get(extensionType.keyShare);
  if (content === undefined) throw new UntrustedError("TLS_EXTENSION_MISSING", { expected: "key_share" });
  const { groupId, share } = parseKeyShareEntry(content);
  const offered = Array.from(hello.shares).find(([group]) => group.id === groupId);
  // After a retry the hello holds the requested group alone, so that another one is refused here too.
  if (offered === undefined) {
    throw new UntrustedError("TLS_KEY_SHARE_GROUP", { actual: groupId.toString(16) });
  }
  return offered[1].agree(share);
}

async function useHandshakeKeys(
  { suite, secrets }: Agreed,
  retried: Retry | undefined,
  port: HandshakePort,
): Promise<void> {
  await port.setReadSecret(suite, secrets.server);
  // RFC 8446 §D.4: once, before our second flight; after a retry it went before the second hello.
  if (retried === undefined) port.sendChangeCipherSpec();
  await port.setWriteSecret(suite, secrets.client, "handshake");
}

interface RetryRequest {
  readonly answer: ServerHello;
  readonly suite: CipherSuite;
  readonly encoded: Uint8Array;
}

/** Answers a HelloRetryRequest by a second hello. */
async function retry(
  state: WaitServerHello,
  { answer, suite, encoded }: RetryRequest,
  port: HandshakePort,
): Promise<WaitServerHello> {
  if (state.retry !== undefined) throw new UntrustedError("TLS_RETRY_SECOND");
  checkResponse(answer.extensions, "HelloRetryRequest", state.hello.offered);
  const group = requestedGroup(answer, state.hello);
  const cookie = answer.extensions.get(extensionType.cookie);
  if (group === undefined && cookie === undefined) throw new UntrustedError("TLS_RETRY_POINTLESS");
  const hello = encodeClientHello(
    state.hello.content,
    group === undefined ? state.hello.shares : await createKeyShares([group]),
    cookie === undefined ? undefined : parseCookie(cookie),
  );
  port.sendChangeCipherSpec();
  await port.send(hello.encoded);
  const start = retriedTranscript(suite, state.hello.encoded, encoded);
  return { name: "wait-server-hello", hello, retry: { suite, group, transcriptStart: start } };
}

/** RFC 8446 §4.2.8: a group of ours for which no share was sent. */
function requestedGroup(answer: ServerHello, hello: SentHello): KeyExchangeGroup | undefined {
  const content = answer.extensions.get(extensionType.keyShare);
  if (content === undefined) return undefined;
  const groupId = parseSelectedGroup(content);
  const group = hello.content.offer.groups.find((row) => row.id === groupId);
  const isShared = Array.from(hello.shares.keys()).some((row) => row.id === groupId);
  if (group === undefined || isShared) {
    throw new UntrustedError("TLS_RETRY_GROUP", { actual: groupId.toString(16) });
  }
  return group;
}
