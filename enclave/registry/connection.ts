import { enrollExporterLabel } from "#protocol/userData.ts";
import { UntrustedError, UsageError } from "#protocol/errors.ts";
import { encodeCertificate } from "#protocol/wire/signed.ts";
import {
  registryRequestSchema,
  type RegistryReplyWire,
  type RegistryRequest,
} from "#protocol/wire/registry.ts";
import type { Clock } from "../common/clock.ts";
import type { ConnectionLimits } from "../common/connectionLimits.ts";
import { failedReply, openConversation, outOfOrder, type Conversation } from "../common/conversation.ts";
import type { InnerConnection } from "../common/innerServer.ts";
import { attestSession, type IssuedCredentials, type SessionSubject } from "../common/sessionAttestation.ts";
import type { Nsm } from "../nsm/nsm.ts";
import { admitOracle, type AdmissionOffice } from "./admit.ts";
import type { Directory } from "./directory.ts";

/** What every connection of a registry shares. */
export interface RegistryDesk {
  readonly nsm: Nsm;
  readonly subject: SessionSubject;
  readonly office: AdmissionOffice;
  readonly directory: Directory;
  readonly limits: ConnectionLimits;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
}

type Connection = InnerConnection<IssuedCredentials>;
type Talk = Conversation<RegistryRequest, RegistryReplyWire>;
type Message<T extends RegistryRequest["type"]> = Extract<RegistryRequest, { type: T }>;

/**
 * Serves one client. Its first message says what it is: `hello` a user, who gets this registry's attestation before
 * anything else; `challenge` an oracle, which must show its own.
 */
export async function serveRegistryConnection(desk: RegistryDesk, connection: Connection): Promise<void> {
  const talk: Talk = openConversation(connection, { ...desk, incoming: registryRequestSchema });
  try {
    const first = await talk.read();
    if (first.type === "hello") await serveUser(desk, { connection, talk }, first);
    else if (first.type === "challenge") await serveOracle(desk, { connection, talk });
    else throw outOfOrder("hello or challenge", first.type);
  } catch (error) {
    await talk.write(failedReply(error)).catch(() => undefined);
    throw error;
  } finally {
    desk.directory.delete(connection);
    await talk.close();
  }
}

interface Line {
  readonly connection: Connection;
  readonly talk: Talk;
}

async function serveUser(
  desk: RegistryDesk,
  { connection, talk }: Line,
  hello: Message<"hello">,
): Promise<never> {
  requireHub(desk, hello);
  connection.greeted();
  const attest = (nonce: Uint8Array) => attestSession({ ...desk, connection }, nonce);
  const { caDer } = desk.office.authority;
  await talk.write({ type: "attestation", document: await attest(hello.nonce), caCertificate: caDer });
  for (;;) {
    const message = await talk.read();
    if (message.type === "ping") await talk.write({ type: "pong" });
    else if (message.type === "quotes") await talk.write(answerQuotes(desk, message));
    else if (message.type === "reattest") {
      await talk.write({ type: "reattestation", document: await attest(message.nonce) });
    } else throw outOfOrder("quotes, reattest or ping", message.type);
  }
}

function requireHub({ office }: RegistryDesk, { chainId, hub }: Message<"hello">): void {
  if (!office.hubs.some((own) => own.chainId === chainId && own.hub === hub)) {
    throw new UsageError("SERVICE_HUB_UNKNOWN", { actual: `${String(chainId)} ${hub}` });
  }
}

function answerQuotes(desk: RegistryDesk, hub: Message<"quotes">): RegistryReplyWire {
  const draw = () => Buffer.from(desk.random(6)).readUIntBE(0, 6) / 2 ** 48;
  return { type: "quotes", quotes: desk.directory.quotes(hub, desk.clock.nowMs(), draw) };
}

async function serveOracle(desk: RegistryDesk, { connection, talk }: Line): Promise<never> {
  // Each challenge is good for the next enroll of this connection only.
  let challenge: Uint8Array | undefined = await giveChallenge(desk, talk);
  for (;;) {
    const message = await talk.read();
    if (message.type === "ping") await talk.write({ type: "pong" });
    else if (message.type === "challenge") challenge = await giveChallenge(desk, talk);
    else if (message.type === "enroll") {
      await enroll(desk, { connection, talk, challenge }, message);
      challenge = undefined;
      connection.greeted();
    } else if (message.type === "status") hear(desk, connection, message.freeSessions);
    else throw outOfOrder("challenge, enroll, status or ping", message.type);
  }
}

async function giveChallenge(desk: RegistryDesk, talk: Talk): Promise<Uint8Array> {
  const challenge = desk.random(32);
  await talk.write({ type: "challenge", challenge });
  return challenge;
}

function hear(desk: RegistryDesk, connection: Connection, freeSessions: number): void {
  const isKnown = desk.directory.hear(connection, freeSessions, desk.clock.nowMs());
  if (!isKnown) throw outOfOrder("enroll", "status");
}

async function enroll(
  desk: RegistryDesk,
  { connection, talk, challenge }: Line & { readonly challenge: Uint8Array | undefined },
  message: Message<"enroll">,
): Promise<void> {
  if (challenge === undefined) throw new UntrustedError("ENROLL_CHALLENGE_INVALID");
  const exporter = connection.exporter(enrollExporterLabel, challenge);
  const nowMs = desk.clock.nowMs();
  const admission = await admitOracle(desk.office, message, { challenge, exporter, nowMs });
  const { leafDer, certificates, endpoint, signer } = admission;
  desk.directory.set(connection, { signer, endpoint, certificates, freeSessions: 0, lastHeardMs: nowMs });
  await talk.write({
    type: "enrolled",
    leaf: leafDer,
    caCertificate: desk.office.authority.caDer,
    certificates: certificates.map((one) => ({ ...one, certificate: encodeCertificate(one.certificate) })),
  });
}
