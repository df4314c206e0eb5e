import type { VerifyPeer } from "./peer.ts";
import type { CipherSuite } from "./suites.ts";

/** What a handshake does to the records around it. */
export interface HandshakePort {
  /** Sends one whole handshake message under the present key. */
  send(message: Uint8Array): Promise<void>;
  /** Sends the dummy record of compatibility mode. */
  sendChangeCipherSpec(): void;
  /** @throws UntrustedError TLS_MESSAGE_ACROSS_KEYS where part of a message waits for its rest */
  setReadSecret(suite: CipherSuite, secret: Uint8Array): Promise<void>;
  setWriteSecret(suite: CipherSuite, secret: Uint8Array, phase: "handshake" | "application"): Promise<void>;
}

/** What a handshake's steps need beside state and message. */
export interface HandshakeContext {
  readonly port: HandshakePort;
  readonly verifyPeer: VerifyPeer;
  /** Longest certificate list accepted. */
  readonly maxCertificates: number;
}
