/** Largest message on the inner channel, bytes, without its 4-byte length. */
export const maxMessageBytes = 1_048_576;
/** Largest piece of a file in one `file` message, bytes. */
export const maxChunkBytes = 262_144;
/** Longest text a script may print or ask with in one message, UTF-16 code units. */
export const maxTextLength = 65_536;
/** Longest answer of a person, UTF-16 code units. */
export const maxAnswerLength = 65_536;
/** Largest calldata a script may submit, bytes. */
export const maxCallBytes = 65_536;
/** Largest attestation document, bytes. */
export const maxDocumentBytes = 16_384;
/** Largest certificate (DER), bytes. */
export const maxCertificateBytes = 4_096;
/** Longest endpoint URL, characters; the Hub's roster has the same bound. */
export const maxEndpointLength = 128;
/** Oracle folder: all files together, bytes. */
export const maxFolderBytes = 67_108_864;
/** Oracle folder: number of files. */
export const maxFolderFiles = 1_000;
/** Oracle folder: one path, bytes. */
export const maxPathBytes = 512;
/** Longest silence a client allows itself on an open session, ms; the worker's own limit is 30 s. */
export const keepaliveMs = 20_000;
/** The ALPN protocol name of the inner channel (RFC 7301). */
export const innerAlpn = "open-contracts/1";
/** The server name every inner handshake carries. */
export const innerServerName = "enclave.opencontracts.internal";
