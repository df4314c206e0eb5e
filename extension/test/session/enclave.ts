import { createPrivateKey } from "node:crypto";
import { duplexPair } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";
import type { z } from "zod";
import type { ByteStream } from "#protocol/byteStream.ts";
import { concatBytes, type Address } from "#protocol/bytes.ts";
import { encodeSessionUserData, sessionExporterLabel, type Role } from "#protocol/userData.ts";
import { sha256 } from "#protocol/webcrypto.ts";
import {
  registryRequestSchema,
  type RegistryReplyWire,
  type RegistryRequest,
} from "#protocol/wire/registry.ts";
import { createMessageStream, type MessageStream } from "#protocol/wire/messageStream.ts";
import { oracleRequestSchema, type OracleReplyWire, type OracleRequest } from "#protocol/wire/session.ts";
import { createSigner, type EnclaveSigner } from "../../../enclave/common/signer.ts";
import { createTlsKey, encodePem, type TlsKey } from "../../../enclave/common/tlsKey.ts";
import type { Nsm } from "../../../enclave/nsm/nsm.ts";
import { duplexStream } from "../tls/duplexStream.ts";
import { issueLeaf, type TestAuthority } from "./certificates.ts";

/** What a test's enclave is; each field may be a lie. */
export interface TestEnclave {
  readonly role: Role;
  nsm: Nsm;
  readonly key: TlsKey;
  readonly signer: EnclaveSigner;
  /** What its documents say of it. */
  statement: { role: Role; signer: Address; provider: Address };
  leaf: Uint8Array;
  /** The CA that its documents name. */
  caSpki: Uint8Array;
  /** Makes the document for a nonce on a connection. */
  document: (nonce: Uint8Array, exporter: Uint8Array) => Promise<Uint8Array>;
}

/** One client's connection as an enclave's test script sees it. */
export interface Talk<In, Out> extends MessageStream<In, Out> {
  /** A document for this connection. */
  attest(nonce: Uint8Array): Promise<Uint8Array>;
}

/** A conversation of an oracle. */
export type OracleTalk = Talk<OracleRequest, OracleReplyWire>;
/** A conversation of a registry. */
export type RegistryTalk = Talk<RegistryRequest, RegistryReplyWire>;

/** Makes an enclave whose leaf is of `authority`. */
export async function createEnclave(
  role: Role,
  {
    nsm,
    provider,
    authority,
    nowMs,
  }: { nsm: Nsm; provider: Address; authority: TestAuthority; nowMs: number },
): Promise<TestEnclave> {
  const signer = createSigner();
  const key = await createTlsKey();
  const enclave: TestEnclave = {
    role,
    nsm,
    key,
    signer,
    statement: { role, signer: signer.address, provider },
    leaf: await issueLeaf(authority, { spki: key.spki, signer: signer.address, role, nowMs }),
    caSpki: authority.spki,
    document: async (nonce, exporter) => {
      const leafSha256 = await sha256(enclave.leaf);
      const caSpkiSha256 = await sha256(enclave.caSpki);
      const userData = encodeSessionUserData({ ...enclave.statement, leafSha256, caSpkiSha256, exporter });
      return enclave.nsm.attest({ publicKey: key.spki, userData, nonce });
    },
  };
  return enclave;
}

function startTls(enclave: TestEnclave): { readonly socket: TLSSocket; readonly stream: ByteStream } {
  const [inside, outside] = duplexPair();
  const secureContext = createSecureContext({
    key: createPrivateKey(enclave.key.pem).export({ type: "pkcs8", format: "pem" }),
    cert: encodePem("CERTIFICATE", enclave.leaf),
    minVersion: "TLSv1.3",
  });
  const socket = new TLSSocket(inside, {
    isServer: true,
    secureContext,
    ALPNProtocols: ["open-contracts/1"],
  });
  socket.on("error", () => undefined);
  return { socket, stream: duplexStream(outside) };
}

/** Everything a test saw an enclave receive, decrypted. */
export interface Received {
  bytes: Uint8Array;
}

function serve<S extends z.ZodType, Out extends Readonly<Record<string, unknown>>>(
  enclave: TestEnclave,
  { schema, received }: { readonly schema: S; readonly received: Received },
  script: (talk: Talk<z.output<S>, Out>) => Promise<void>,
): ByteStream {
  const { socket, stream } = startTls(enclave);
  const plain = duplexStream(socket);
  const heard: ByteStream = {
    ...plain,
    async read() {
      const bytes = await plain.read();
      if (bytes !== null) received.bytes = concatBytes(received.bytes, bytes);
      return bytes;
    },
  };
  const talk: Talk<z.output<S>, Out> = {
    ...createMessageStream<S, Out>(heard, schema),
    attest: (nonce) => {
      const exporter = socket.exportKeyingMaterial(32, sessionExporterLabel, Buffer.from(nonce));
      return enclave.document(nonce, new Uint8Array(exporter));
    },
  };
  script(talk)
    .catch(() => undefined)
    .finally(() => socket.destroySoon());
  return stream;
}

/** Serves one client of an oracle; returns the client's end. */
export function serveOracle(
  enclave: TestEnclave,
  received: Received,
  script: (talk: OracleTalk) => Promise<void>,
): ByteStream {
  return serve(enclave, { schema: oracleRequestSchema, received }, script);
}

/** Serves one client of a registry; returns the client's end. */
export function serveRegistry(
  enclave: TestEnclave,
  received: Received,
  script: (talk: RegistryTalk) => Promise<void>,
): ByteStream {
  return serve(enclave, { schema: registryRequestSchema, received }, script);
}
