import type { CodeEntry } from "./entry.ts";

/** A check of the TLS client that failed: nobody honest sends this, so there is nothing to try again. */
function refused(what: string): { readonly action: "stop"; readonly sentence: string } {
  return {
    action: "stop",
    sentence: `${what} The connection was closed and nothing more was sent. Running it again may reach another enclave.`,
  };
}

/** The TLS 1.3 client inside the WebSocket. */
export const tlsCodes = {
  TLS_DECODE: refused("The enclave sent a TLS message that cannot be read."),
  TLS_UNEXPECTED_MESSAGE: refused("The enclave sent a TLS message out of order."),
  TLS_MESSAGE_TOO_LARGE: refused("The enclave sent a TLS message larger than the protocol allows."),
  TLS_MESSAGE_ACROSS_KEYS: refused("The enclave changed its TLS keys in the middle of a message."),
  TLS_MESSAGE_INTERLEAVED: refused("The enclave sent something else in the middle of a TLS message."),
  TLS_RECORD_TYPE: refused("The enclave sent a TLS record of a kind that may not come here."),
  TLS_RECORD_OVERFLOW: refused("The enclave sent a TLS record larger than the protocol allows."),
  TLS_RECORD_EMPTY: refused("The enclave sent a TLS record without content."),
  TLS_RECORD_FLOOD: refused("The enclave sent too many TLS records without content."),
  TLS_RECORD_MAC: refused("What the enclave sent was altered on the way."),
  TLS_RECORD_LIMIT: refused("The enclave used one TLS key for longer than is safe."),
  TLS_CCS_INVALID: refused("The enclave sent a change_cipher_spec record where none may come."),
  TLS_VERSION: refused("The other side does not speak TLS 1.3."),
  TLS_VERSION_SELECTED: refused("The enclave chose a TLS version that was not offered."),
  TLS_DOWNGRADE: refused("Someone on the way tried to weaken the connection to an older TLS version."),
  TLS_SESSION_ID_ECHO: refused(
    "Someone played back an old conversation with the enclave, or answered for it.",
  ),
  TLS_COMPRESSION: refused("The enclave chose a TLS compression method, which is forbidden."),
  TLS_CIPHER_SUITE: refused("The enclave chose a cipher suite that was not offered."),
  TLS_CIPHER_SUITE_CHANGED: refused("The enclave changed the cipher suite in the middle of the handshake."),
  TLS_RETRY_SECOND: refused("The enclave asked for a second TLS hello twice."),
  TLS_RETRY_POINTLESS: refused("The enclave asked for a second TLS hello without naming a change."),
  TLS_RETRY_GROUP: refused("The enclave asked for a key exchange that was not offered or already there."),
  TLS_KEY_SHARE_GROUP: refused("The enclave answered with a key exchange that was not offered."),
  TLS_KEY_SHARE_INVALID: refused("The enclave sent a key share that is no valid one."),
  TLS_EXTENSION_DUPLICATE: refused("The enclave sent a TLS extension twice."),
  TLS_EXTENSION_UNSOLICITED: refused("The enclave sent a TLS extension that was not asked for."),
  TLS_EXTENSION_FORBIDDEN: refused("The enclave sent a TLS extension in a message where it may not stand."),
  TLS_EXTENSION_MISSING: refused("The enclave left out a TLS extension that must be there."),
  TLS_ALPN_MISSING: refused("The other side does not confirm that it speaks the Open Contracts protocol."),
  TLS_ALPN_OTHER: refused("The other side chose another protocol than the one offered."),
  TLS_CERTIFICATE_EMPTY: refused("The enclave sent no certificate."),
  TLS_CERTIFICATE_COUNT: refused("The enclave sent more certificates than the profile allows."),
  TLS_CERTIFICATE_CONTEXT: refused("The enclave's certificate answers a request that was never made."),
  TLS_PEER_KEY: refused("The enclave's certificate holds a key that this client cannot use."),
  TLS_SIGNATURE_SCHEME: refused("The enclave signed with a scheme that was not offered."),
  TLS_SIGNATURE_KEY: refused("The enclave signed with a scheme that does not fit its key."),
  TLS_SIGNATURE_INVALID: refused("The enclave did not prove that it holds the key of its certificate."),
  TLS_FINISHED_INVALID: refused("The two sides did not see the same handshake: it was altered on the way."),
  TLS_KEY_UPDATE_VALUE: refused("The enclave sent a key update that the protocol does not know."),
  TLS_POST_HANDSHAKE_FLOOD: refused("The enclave sent too many TLS control messages."),
  TLS_ALERT_MALFORMED: refused("The enclave sent a TLS alert that cannot be read."),
  TLS_PEER_ALERT: {
    action: "retry",
    sentence: "The enclave ended the connection with a TLS alert. Try again, or choose another enclave.",
  },
  TLS_TRUNCATED: {
    action: "retry",
    sentence: "The connection was cut before its end. What had arrived so far is not used; try again.",
  },
  TLS_TIMEOUT: {
    action: "retry",
    sentence: "The enclave did not complete the TLS handshake in time. Try again.",
  },
  TLS_CLOSED: { action: "retry", sentence: "The connection to the enclave is closed. Open a new one." },
  TLS_NOT_CONNECTED: {
    action: "fix-code",
    sentence: "The TLS handshake is not complete. Write only after it is.",
  },
  TLS_OPTION_INVALID: {
    action: "fix-code",
    sentence: "An argument of the TLS client is out of range. See the documentation of its options.",
  },
} as const satisfies Record<string, CodeEntry>;
