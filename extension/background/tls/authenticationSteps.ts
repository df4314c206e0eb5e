import { UntrustedError } from "#protocol/errors.ts";
import type { HandshakeContext, HandshakePort } from "./handshakeContext.ts";
import type { HandshakeMessage } from "./handshakeMessage.ts";
import { encodeHandshake, handshakeType } from "./handshakeMessage.ts";
import type { Agreed, StateNamed } from "./handshakeState.ts";
import type { ApplicationSecrets } from "./keySchedule.ts";
import { deriveApplicationSecrets, finishedMac } from "./keySchedule.ts";
import { ProvenPeer } from "./peer.ts";
import {
  parseCertificate,
  parseCertificateVerify,
  verifyCertificateRequest,
  verifyEncryptedExtensions,
} from "./serverFlight.ts";
import { parseAll } from "./wire.ts";

/** Takes EncryptedExtensions (RFC 8446 §4.3.1). */
export function onEncryptedExtensions(
  { agreed }: StateNamed<"wait-encrypted-extensions">,
  message: HandshakeMessage,
): StateNamed<"wait-certificate-or-request"> {
  const { offered, content } = agreed.hello;
  verifyEncryptedExtensions(message.body, { offered, alpn: content.alpn });
  agreed.transcript.add(message.encoded);
  return { name: "wait-certificate-or-request", agreed };
}

/** Takes a CertificateRequest (RFC 8446 §4.3.2): it will be answered by an empty certificate list. */
export function onCertificateRequest(
  { agreed }: StateNamed<"wait-certificate-or-request">,
  message: HandshakeMessage,
): StateNamed<"wait-certificate"> {
  verifyCertificateRequest(message.body);
  agreed.transcript.add(message.encoded);
  return { name: "wait-certificate", agreed };
}

/** Takes Certificate (RFC 8446 §4.4.2) and asks the caller's profile about it. */
export async function onCertificate(
  state: StateNamed<"wait-certificate-or-request" | "wait-certificate">,
  message: HandshakeMessage,
  { maxCertificates, verifyPeer }: HandshakeContext,
): Promise<StateNamed<"wait-certificate-verify">> {
  const { agreed } = state;
  const certificates = parseCertificate(message.body, agreed.hello.offered);
  const [leaf] = certificates;
  if (leaf === undefined) throw new UntrustedError("TLS_CERTIFICATE_EMPTY");
  if (certificates.length > maxCertificates) {
    throw new UntrustedError("TLS_CERTIFICATE_COUNT", {
      expected: `at most ${String(maxCertificates)}`,
      actual: String(certificates.length),
    });
  }
  // Copies on both sides: neither the profile nor its caller can change what the other holds.
  const { spki } = await verifyPeer(certificates.map((certificate) => certificate.slice()));
  agreed.transcript.add(message.encoded);
  return {
    name: "wait-certificate-verify",
    agreed,
    peer: { leaf, spki: spki.slice() },
    isCertificateRequested: state.name === "wait-certificate",
  };
}

/** Takes CertificateVerify (RFC 8446 §4.4.3): the one way to a proven peer. */
export async function onCertificateVerify(
  state: StateNamed<"wait-certificate-verify">,
  message: HandshakeMessage,
): Promise<StateNamed<"wait-finished">> {
  const { agreed, isCertificateRequested } = state;
  const peer = await ProvenPeer.verify(state.peer, parseCertificateVerify(message.body), {
    offered: agreed.hello.content.offer.signatureSchemes,
    transcriptHash: agreed.transcript.current(),
  });
  agreed.transcript.add(message.encoded);
  return { name: "wait-finished", agreed, peer, isCertificateRequested };
}

/** Takes the server's Finished (RFC 8446 §4.4.4), answers it and moves to the application's keys. */
export async function onFinished(
  state: StateNamed<"wait-finished">,
  message: HandshakeMessage,
  { port }: HandshakeContext,
): Promise<StateNamed<"connected">> {
  const { agreed, peer } = state;
  const { suite, secrets, transcript } = agreed;
  verifyFinished(agreed, message.body);
  transcript.add(message.encoded);
  const application = deriveApplicationSecrets(suite, secrets.master, transcript.current());
  secrets.master.fill(0);
  await port.setReadSecret(suite, application.server);
  await finish(state, application, port);
  return { name: "connected", suite, peer, exporterSecret: application.exporter };
}

function verifyFinished({ suite, secrets, transcript }: Agreed, body: Uint8Array): void {
  const expected = finishedMac(suite, secrets.server, transcript.current());
  const actual = parseAll(body, (reader) => reader.take(suite.hash.outputLen));
  // Without an early exit: the comparison takes the same time wherever the two differ.
  const difference = expected.reduce((bits, byte, index) => bits | (byte ^ (actual[index] ?? 0)), 0);
  if (difference !== 0) throw new UntrustedError("TLS_FINISHED_INVALID");
}

/** Sends our last flight under the handshake key, then moves to the application's. */
async function finish(
  { agreed, isCertificateRequested }: StateNamed<"wait-finished">,
  application: ApplicationSecrets,
  port: HandshakePort,
): Promise<void> {
  const { suite, secrets, transcript } = agreed;
  if (isCertificateRequested) {
    const noCertificate = encodeHandshake(handshakeType.certificate, new Uint8Array(4));
    transcript.add(noCertificate);
    await port.send(noCertificate);
  }
  const mac = finishedMac(suite, secrets.client, transcript.current());
  await port.send(encodeHandshake(handshakeType.finished, mac));
  await port.setWriteSecret(suite, application.client, "application");
}
