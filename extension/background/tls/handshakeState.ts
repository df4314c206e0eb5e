import type { SentHello } from "./clientHello.ts";
import type { KeyExchangeGroup } from "./groups.ts";
import { handshakeType } from "./handshakeMessage.ts";
import type { HandshakeSecrets } from "./keySchedule.ts";
import type { ProvenPeer, UnprovenPeer } from "./peer.ts";
import type { CipherSuite } from "./suites.ts";
import type { Transcript } from "./transcript.ts";

/** What a HelloRetryRequest has settled. */
export interface Retry {
  readonly suite: CipherSuite;
  /** The group asked for; undefined where only a cookie was. */
  readonly group: KeyExchangeGroup | undefined;
  /** What stands in the transcript for the first hello and the request. */
  readonly transcriptStart: Uint8Array;
}

/** What every state after the ServerHello carries on. */
export interface Agreed {
  readonly hello: SentHello;
  readonly suite: CipherSuite;
  readonly secrets: HandshakeSecrets;
  readonly transcript: Transcript;
}

/**
 * Where a handshake stands, with exactly what is known there. `wait-finished` and so `connected` exist only
 * with a {@link ProvenPeer}, which only a valid CertificateVerify makes.
 */
export type HandshakeState =
  | { readonly name: "wait-server-hello"; readonly hello: SentHello; readonly retry: Retry | undefined }
  | { readonly name: "wait-encrypted-extensions"; readonly agreed: Agreed }
  | { readonly name: "wait-certificate-or-request"; readonly agreed: Agreed }
  | { readonly name: "wait-certificate"; readonly agreed: Agreed }
  | {
      readonly name: "wait-certificate-verify";
      readonly agreed: Agreed;
      readonly peer: UnprovenPeer;
      readonly isCertificateRequested: boolean;
    }
  | {
      readonly name: "wait-finished";
      readonly agreed: Agreed;
      readonly peer: ProvenPeer;
      readonly isCertificateRequested: boolean;
    }
  | {
      readonly name: "connected";
      readonly suite: CipherSuite;
      readonly peer: ProvenPeer;
      readonly exporterSecret: Uint8Array;
    };

/** A state by its name. */
export type StateNamed<Name extends HandshakeState["name"]> = Extract<HandshakeState, { name: Name }>;

/** The messages that may come next, state by state (RFC 8446 §A.1); anything else is refused. */
export const expectedNext: Readonly<Record<HandshakeState["name"], ReadonlySet<number>>> = {
  "wait-server-hello": new Set([handshakeType.serverHello]),
  "wait-encrypted-extensions": new Set([handshakeType.encryptedExtensions]),
  "wait-certificate-or-request": new Set([handshakeType.certificateRequest, handshakeType.certificate]),
  "wait-certificate": new Set([handshakeType.certificate]),
  "wait-certificate-verify": new Set([handshakeType.certificateVerify]),
  "wait-finished": new Set([handshakeType.finished]),
  connected: new Set([handshakeType.newSessionTicket, handshakeType.keyUpdate]),
};
