/** A person who may sign allowlists. */
export interface Maintainer {
  readonly name: string;
  /** Ed25519 public key (RFC 8032), 32 bytes in hex. */
  readonly publicKey: string;
}

/** Who signs allowlists, and how many of them must. */
export interface Maintainers {
  /** How many different maintainers must have signed; at least 2. */
  readonly threshold: number;
  readonly members: readonly Maintainer[];
}

/** The pinned maintainers. As long as there are none, no allowlist is accepted and every enclave is denied. */
export const releaseMaintainers: Maintainers = { threshold: 2, members: [] };
