/** How long each wait of a session may last, ms. */
export const sessionTimeouts = {
  /** A person's decision on the consent page. */
  consentMs: 10 * 60_000,
  /** Opening a stream to a relay. */
  connectMs: 15_000,
  /** From our hello to the enclave's document. */
  attestMs: 30_000,
  /** From our reattest to the enclave's new document. */
  reattestMs: 30_000,
  /** A registry's answer to a question. */
  quotesMs: 15_000,
  /** One message on its way out. */
  sendMs: 60_000,
  /** From the last piece of a folder to the enclave's own hash of it. */
  startMs: 60_000,
  /** Silence of a running enclave, which answers each of our pings. */
  silenceMs: 60_000,
  /** A person's answer to one question. */
  answerMs: 15 * 60_000,
  /** Registry, oracle and attestation of both, with the other peers that were tried. */
  connectingMs: 5 * 60_000,
  /** The whole upload. */
  uploadMs: 20 * 60_000,
  /** The whole script. */
  runningMs: 2 * 60 * 60_000,
  /** The wallet's answer. */
  walletMs: 10 * 60_000,
  /** From broadcast to a receipt. */
  broadcastMs: 30 * 60_000,
} as const;

/** An enclave proves itself anew when its last document is older than this, ms. */
export const reattestIntervalMs = 30 * 60_000;
/** And before it gets a secret, when its last document is older than this, ms. */
export const secretPauseMs = 5 * 60_000;
/** Registries asked for quotes in one session. */
export const maxRegistries = 3;
/** Oracles tried in one session. */
export const maxOracles = 3;
/** The Hub's own bounds on an oracle's certificate: seconds from notBefore to notAfter, and ahead of the clock. */
export const certificateBounds = { lifetimeSec: 24 * 60 * 60, aheadSec: 60 } as const;
