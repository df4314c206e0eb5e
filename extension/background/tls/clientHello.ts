import { concatBytes, utf8 } from "#protocol/bytes.ts";
import { encodeExtension, extensionType } from "./extensions.ts";
import type { KeyExchangeGroup, KeyShare } from "./groups.ts";
import { encodeHandshake, handshakeType } from "./handshakeMessage.ts";
import type { TlsOffer } from "./suites.ts";
import { encodeUint, encodeVector } from "./wire.ts";

/** What a ClientHello says beside its key shares. */
export interface HelloContent {
  readonly serverName: string;
  readonly alpn: string | undefined;
  readonly offer: TlsOffer;
  /** 32 random bytes. */
  readonly random: Uint8Array;
  /** 32 random bytes: compatibility mode (RFC 8446 §D.4), to be echoed by the server. */
  readonly sessionId: Uint8Array;
}

/** A ClientHello as sent, with what is needed to judge the answer. */
export interface SentHello {
  readonly content: HelloContent;
  readonly shares: ReadonlyMap<KeyExchangeGroup, KeyShare>;
  readonly encoded: Uint8Array;
  /** Types of the extensions it held. */
  readonly offered: ReadonlySet<number>;
}

function encodeServerName(serverName: string): Uint8Array {
  const hostName = concatBytes(encodeUint(0, 1), encodeVector(2, utf8(serverName)));
  return encodeVector(2, hostName);
}

function encodeIds(rows: readonly { readonly id: number }[]): Uint8Array {
  return encodeVector(2, concatBytes(...rows.map((row) => encodeUint(row.id, 2))));
}

function encodeShares(shares: SentHello["shares"]): Uint8Array {
  const entries = Array.from(shares, ([group, share]) =>
    concatBytes(encodeUint(group.id, 2), encodeVector(2, share.publicBytes)),
  );
  return encodeVector(2, concatBytes(...entries));
}

function createExtensions(
  content: HelloContent,
  shares: SentHello["shares"],
  cookie: Uint8Array | undefined,
): ReadonlyMap<number, Uint8Array> {
  const { serverName, alpn, offer } = content;
  const extensions = new Map<number, Uint8Array>([
    [extensionType.serverName, encodeServerName(serverName)],
    [extensionType.supportedGroups, encodeIds(offer.groups)],
    [extensionType.signatureAlgorithms, encodeIds(offer.signatureSchemes)],
    [extensionType.supportedVersions, encodeVector(1, encodeUint(0x0304, 2))],
    [extensionType.keyShare, encodeShares(shares)],
  ]);
  if (alpn !== undefined) {
    extensions.set(extensionType.alpn, encodeVector(2, encodeVector(1, utf8(alpn))));
  }
  if (cookie !== undefined) extensions.set(extensionType.cookie, encodeVector(2, cookie));
  return extensions;
}

/**
 * Encodes a ClientHello (RFC 8446 §4.1.2), the first one or the one that answers a HelloRetryRequest.
 * @param cookie - content of the request's cookie, to be returned
 */
export function encodeClientHello(
  content: HelloContent,
  shares: SentHello["shares"],
  cookie?: Uint8Array,
): SentHello {
  const extensions = createExtensions(content, shares, cookie);
  const body = concatBytes(
    encodeUint(0x0303, 2),
    content.random,
    encodeVector(1, content.sessionId),
    encodeIds(content.offer.suites),
    encodeVector(1, encodeUint(0, 1)),
    encodeVector(2, concatBytes(...Array.from(extensions, ([type, value]) => encodeExtension(type, value)))),
  );
  return {
    content,
    shares,
    encoded: encodeHandshake(handshakeType.clientHello, body),
    offered: new Set(extensions.keys()),
  };
}

/** Makes fresh key shares for `groups`. */
export async function createKeyShares(groups: readonly KeyExchangeGroup[]): Promise<SentHello["shares"]> {
  const shares = await Promise.all(groups.map((group) => group.createKeyShare()));
  return new Map(
    groups.flatMap((group, index) => {
      const share = shares[index];
      return share === undefined ? [] : [[group, share] as const];
    }),
  );
}
