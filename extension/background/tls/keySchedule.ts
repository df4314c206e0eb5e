import { concatBytes, utf8 } from "#protocol/bytes.ts";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import type { CipherSuite } from "./suites.ts";
import { encodeUint, encodeVector } from "./wire.ts";

type Hash = CipherSuite["hash"];

/** What HKDF-Expand-Label takes beside the secret; `length` in bytes. */
interface ExpandLabel {
  readonly label: string;
  readonly context: Uint8Array;
  readonly length: number;
}

/** Secrets after the ServerHello; `master` leads to the application's secrets. */
export interface HandshakeSecrets {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly master: Uint8Array;
}

/** Secrets after the server's Finished. */
export interface ApplicationSecrets {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly exporter: Uint8Array;
}

const empty = new Uint8Array(0);

/** HKDF-Expand-Label (RFC 8446 §7.1). */
export function expandLabel(hash: Hash, secret: Uint8Array, options: ExpandLabel): Uint8Array {
  const { label, context, length } = options;
  const info = concatBytes(
    encodeUint(length, 2),
    encodeVector(1, utf8(`tls13 ${label}`)),
    encodeVector(1, context),
  );
  return expand(hash, secret, info, length);
}

/** Derive-Secret (RFC 8446 §7.1) for a transcript hash already taken. */
function deriveSecret(hash: Hash, secret: Uint8Array, step: Omit<ExpandLabel, "length">): Uint8Array {
  return expandLabel(hash, secret, { ...step, length: hash.outputLen });
}

/** The salt that leads from one extraction to the next. */
function derivedSalt(hash: Hash, secret: Uint8Array): Uint8Array {
  return deriveSecret(hash, secret, { label: "derived", context: hash(empty) });
}

/**
 * Handshake traffic secrets (RFC 8446 §7.1), without any pre-shared key.
 * @param sharedSecret - result of the key exchange
 * @param helloHash - transcript hash through the ServerHello
 */
export function deriveHandshakeSecrets(
  suite: CipherSuite,
  sharedSecret: Uint8Array,
  helloHash: Uint8Array,
): HandshakeSecrets {
  const { hash } = suite;
  const zeros = new Uint8Array(hash.outputLen);
  const early = extract(hash, zeros, zeros);
  const handshake = extract(hash, sharedSecret, derivedSalt(hash, early));
  return {
    client: deriveSecret(hash, handshake, { label: "c hs traffic", context: helloHash }),
    server: deriveSecret(hash, handshake, { label: "s hs traffic", context: helloHash }),
    master: extract(hash, zeros, derivedSalt(hash, handshake)),
  };
}

/** Application traffic secrets and the exporter's (RFC 8446 §7.1); hash through the server's Finished. */
export function deriveApplicationSecrets(
  suite: CipherSuite,
  master: Uint8Array,
  finishedHash: Uint8Array,
): ApplicationSecrets {
  const { hash } = suite;
  return {
    client: deriveSecret(hash, master, { label: "c ap traffic", context: finishedHash }),
    server: deriveSecret(hash, master, { label: "s ap traffic", context: finishedHash }),
    exporter: deriveSecret(hash, master, { label: "exp master", context: finishedHash }),
  };
}

/** The traffic secret after a KeyUpdate (RFC 8446 §7.2). */
export function nextTrafficSecret(suite: CipherSuite, secret: Uint8Array): Uint8Array {
  return deriveSecret(suite.hash, secret, { label: "traffic upd", context: empty });
}

/** Record key and 12-byte IV of a traffic secret (RFC 8446 §7.3). */
export function deriveTrafficKeys(
  suite: CipherSuite,
  secret: Uint8Array,
): { readonly key: Uint8Array; readonly iv: Uint8Array } {
  return {
    key: expandLabel(suite.hash, secret, { label: "key", context: empty, length: suite.keyBytes }),
    iv: expandLabel(suite.hash, secret, { label: "iv", context: empty, length: 12 }),
  };
}

/** verify_data of a Finished message (RFC 8446 §4.4.4). */
export function finishedMac(
  suite: CipherSuite,
  trafficSecret: Uint8Array,
  transcriptHash: Uint8Array,
): Uint8Array {
  const { hash } = suite;
  return hmac(hash, deriveSecret(hash, trafficSecret, { label: "finished", context: empty }), transcriptHash);
}

/** Exported keying material (RFC 8446 §7.5); `length` in bytes. */
export function exportKeyingMaterial(
  suite: CipherSuite,
  exporterSecret: Uint8Array,
  request: ExpandLabel,
): Uint8Array {
  const { hash } = suite;
  const { label, context, length } = request;
  const secret = deriveSecret(hash, exporterSecret, { label, context: hash(empty) });
  return expandLabel(hash, secret, { label: "exporter", context: hash(context), length });
}
