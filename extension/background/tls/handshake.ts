import { UntrustedError } from "#protocol/errors.ts";
import {
  onCertificate,
  onCertificateRequest,
  onCertificateVerify,
  onEncryptedExtensions,
  onFinished,
} from "./authenticationSteps.ts";
import type { HandshakeContext } from "./handshakeContext.ts";
import type { HandshakeMessage } from "./handshakeMessage.ts";
import { handshakeType } from "./handshakeMessage.ts";
import type { HandshakeState, StateNamed } from "./handshakeState.ts";
import { expectedNext } from "./handshakeState.ts";
import { onServerHello } from "./serverHelloStep.ts";

/** Demands that `message` is one that may come now. @throws UntrustedError TLS_UNEXPECTED_MESSAGE */
export function checkExpected(state: HandshakeState, message: HandshakeMessage): void {
  if (!expectedNext[state.name].has(message.type)) {
    throw new UntrustedError("TLS_UNEXPECTED_MESSAGE", {
      expected: Array.from(expectedNext[state.name]).join(" or "),
      actual: String(message.type),
    });
  }
}

/** One step of the handshake: the state after an expected `message`. */
export function nextState(
  state: Exclude<HandshakeState, StateNamed<"connected">>,
  message: HandshakeMessage,
  context: HandshakeContext,
): HandshakeState | Promise<HandshakeState> {
  switch (state.name) {
    case "wait-server-hello":
      return onServerHello(state, message, context);
    case "wait-encrypted-extensions":
      return onEncryptedExtensions(state, message);
    case "wait-certificate-or-request":
      return message.type === handshakeType.certificateRequest
        ? onCertificateRequest(state, message)
        : onCertificate(state, message, context);
    case "wait-certificate":
      return onCertificate(state, message, context);
    case "wait-certificate-verify":
      return onCertificateVerify(state, message);
    case "wait-finished":
      return onFinished(state, message, context);
  }
}
