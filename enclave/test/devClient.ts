import { createConnection } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { createWebSocketStream, WebSocket } from "ws";
import type { z } from "zod";
import { nitroAttestation } from "#protocol/attestation/nitro.ts";
import type { VerifiedAttestation } from "#protocol/attestation/kind.ts";
import {
  parseLeafCertificate,
  verifyCaProfile,
  verifyLeafIssuedBy,
  verifyLeafProfile,
} from "#protocol/leafCertificate.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import { readSessionUserData, sessionExporterLabel, type KeyHolders, type Role } from "#protocol/userData.ts";
import { sha256 } from "#protocol/webcrypto.ts";
import { innerAlpn, innerServerName } from "#protocol/wire/limits.ts";
import { createMessageStream, type MessageStream } from "#protocol/wire/messageStream.ts";
import {
  registryReplySchema,
  type RegistryReply,
  type RegistryRequestWire,
} from "#protocol/wire/registry.ts";
import { oracleReplySchema, type OracleReply, type OracleRequestWire } from "#protocol/wire/session.ts";
import { createDuplexStream } from "../common/duplexStream.ts";
import { openTls, type TlsConnection } from "../../extension/background/tls/connection.ts";
import { sessionOffer } from "../../extension/background/tls/suites.ts";
import { chainId, hub, random } from "./devWorld.ts";

/** Opens the outer way: a relay's URL or the enclave's own socket. */
export async function openOuter(where: string): Promise<Duplex> {
  if (!where.startsWith("ws:")) return createConnection(where);
  const socket = new WebSocket(where);
  const outer = createWebSocketStream(socket);
  outer.on("error", () => undefined);
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return outer;
}

/** Our own TLS client over a relay; the certificate is judged when the attestation is there. */
export async function openOwnTls(where: string): Promise<TlsConnection> {
  return openTls(createDuplexStream(await openOuter(where)), {
    serverName: innerServerName,
    alpn: innerAlpn,
    offer: sessionOffer,
    maxCertificates: 1,
    random,
    deadline: (timeoutMs) => AbortSignal.timeout(timeoutMs),
    verifyPeer: ([leaf]) => Promise.resolve({ spki: parseLeafCertificate(leaf ?? new Uint8Array()).spki }),
  });
}

/** node's own TLS client, for what ours does not do. Resolves once the handshake is complete. */
export async function openNodeTls(where: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const secure = connectTls({
    socket: await openOuter(where),
    servername: innerServerName,
    ALPNProtocols: [innerAlpn],
    rejectUnauthorized: false,
    ...options,
  });
  secure.on("error", () => undefined);
  await new Promise((resolve, reject) => {
    secure.once("secureConnect", resolve);
    secure.once("close", () => reject(new Error("closed during the handshake")));
  });
  return secure;
}

type Talk<In, Out extends Readonly<Record<string, unknown>>> = MessageStream<In, Out>;
export type OracleTalk = Talk<OracleReply, OracleRequestWire>;
export type RegistryTalk = Talk<RegistryReply, RegistryRequestWire>;

/** Messages over node's TLS client. */
export async function openTalk<S extends z.ZodType, Out extends Readonly<Record<string, unknown>>>(
  where: string,
  schema: S,
): Promise<Talk<z.output<S>, Out>> {
  return createMessageStream<S, Out>(createDuplexStream(await openNodeTls(where)), schema);
}

export const openOracleTalk = (where: string): Promise<OracleTalk> => openTalk(where, oracleReplySchema);
export const openRegistryTalk = (where: string): Promise<RegistryTalk> =>
  openTalk(where, registryReplySchema);

/** A hello with a fresh nonce. */
export function hello() {
  const nonce: Uint8Array = random(32);
  return { type: "hello", version: 1, nonce, chainId, hub } as const;
}

/** Reads the next message of `type`; anything else fails the test by its content. */
export async function expectReply<R extends { readonly type: string }, T extends R["type"]>(
  talk: { read(): Promise<R | null> },
  type: T,
): Promise<Extract<R, { type: T }>> {
  const reply = await talk.read();
  const isWanted = (one: R): one is Extract<R, { type: T }> => one.type === type;
  if (reply === null || !isWanted(reply)) throw new Error(`${type} expected: ${JSON.stringify(reply)}`);
  return reply;
}

interface Documented {
  readonly document: Uint8Array;
}

/** Verifies a session document by the real verifier. */
export async function verifySession(
  connection: TlsConnection,
  { document }: Documented,
  expected: {
    readonly role: Role;
    readonly nonce: Uint8Array;
    readonly caDer: Uint8Array;
    readonly trust: TrustConfig;
  },
): Promise<VerifiedAttestation<KeyHolders>> {
  const { role, nonce, caDer, trust } = expected;
  const ca = await verifyCaProfile(caDer, Date.now());
  const leaf = parseLeafCertificate(connection.leaf);
  const identity = verifyLeafProfile(leaf, { role, nowMs: Date.now() });
  await verifyLeafIssuedBy(leaf, caDer);
  const binding = {
    role,
    leafSha256: await sha256(connection.leaf),
    caSpkiSha256: await sha256(ca.spki),
    exporter: await connection.exporter(sessionExporterLabel, nonce, 32),
  };
  const verified = await nitroAttestation.verify(
    document,
    { role, nonce, publicKey: identity.spki, readStatement: (bytes) => readSessionUserData(bytes, binding) },
    trust,
    Date.now(),
  );
  if (verified.statement.signer !== identity.signer) throw new Error("name of the leaf");
  return verified;
}
