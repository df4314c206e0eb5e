/** Longest plaintext fragment of a record (RFC 8446 §5.1). */
export const maxPlaintextBytes = 2 ** 14;
/** Longest fragment of a protected record (RFC 8446 §5.2). */
export const maxCiphertextBytes = maxPlaintextBytes + 256;
/** Records without content in a row before a peer counts as flooding. */
export const maxConsecutiveEmptyRecords = 32;
/** KeyUpdate and NewSessionTicket messages without application data between them. */
export const maxPostHandshakeMessages = 32;

/** How long a record key may be used. */
export interface KeyUsageLimits {
  /** Records sealed by us under one key, after which we update it. */
  readonly sealRecords: number;
  /** Records opened under one key, after which we ask the peer to update. */
  readonly askRecords: number;
  /** Records opened under one key, after which we give up. */
  readonly openRecords: number;
}

/**
 * AES-GCM keeps its margin for 2^24.5 full-size records per key (RFC 8446 §5.5). We stop well before;
 * a peer gets until 2^24 to follow the request made at 2^22.
 */
export const gcmLimits: KeyUsageLimits = {
  sealRecords: 2 ** 22,
  askRecords: 2 ** 22,
  openRecords: 2 ** 24,
};

/**
 * Content lengths that records are padded to (RFC 8446 §5.4), so that the relay learns little from sizes.
 * Ascending; the last one is the longest content.
 */
export const paddingBuckets: readonly number[] = [256, 1024, 4096, maxPlaintextBytes];
