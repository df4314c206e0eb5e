import { sha256 } from "#protocol/webcrypto.ts";
import {
  encodeSessionUserData,
  sessionExporterLabel,
  type KeyHolders,
  type Role,
} from "#protocol/userData.ts";
import type { InnerConnection, InnerCredentials } from "./innerServer.ts";

/** What the enclave says of itself in a document for a client. */
export interface SessionSubject extends KeyHolders {
  readonly role: Role;
  /** DER SPKI of the TLS key. */
  readonly tlsSpki: Uint8Array;
}

/** What makes the document: the part of the security module that a session needs. */
export interface SessionAttester {
  attest(request: {
    readonly publicKey: Uint8Array;
    readonly userData: Uint8Array;
    readonly nonce: Uint8Array;
  }): Promise<Uint8Array>;
}

/** What a document is made of on one connection. */
export interface SessionAttestation {
  readonly nsm: SessionAttester;
  readonly subject: SessionSubject;
  readonly connection: Pick<InnerConnection<IssuedCredentials>, "credentials" | "exporter">;
}

/** Credentials together with the CA behind the leaf. */
export interface IssuedCredentials extends InnerCredentials {
  /** SHA-256 of the CA's SPKI, 32 bytes. */
  readonly caSpkiSha256: Uint8Array;
}

/**
 * A document for one client on one connection: its nonce, and a statement that holds this connection's exporter. The
 * nonce is all that the caller brings in.
 * @throws UsageError as the module
 */
export async function attestSession(
  { nsm, subject, connection }: SessionAttestation,
  nonce: Uint8Array,
): Promise<Uint8Array> {
  const { leafDer, caSpkiSha256 } = connection.credentials;
  const { role, signer, provider, tlsSpki } = subject;
  const userData = encodeSessionUserData({
    role,
    signer,
    provider,
    leafSha256: await sha256(leafDer),
    caSpkiSha256,
    exporter: connection.exporter(sessionExporterLabel, nonce),
  });
  return nsm.attest({ publicKey: tlsSpki, userData, nonce });
}
