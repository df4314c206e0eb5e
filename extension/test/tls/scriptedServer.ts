import { concatBytes, utf8 } from "#protocol/bytes.ts";
import { TlsClient } from "../../background/tls/client.ts";
import type { TlsClientOptions } from "../../background/tls/client.ts";
import { encodeExtension, extensionType } from "../../background/tls/extensions.ts";
import type { KeyExchangeGroup } from "../../background/tls/groups.ts";
import { x25519 } from "../../background/tls/groups.ts";
import { encodeHandshake, handshakeType } from "../../background/tls/handshakeMessage.ts";
import type { HandshakeSecrets } from "../../background/tls/keySchedule.ts";
import {
  deriveApplicationSecrets,
  deriveHandshakeSecrets,
  exportKeyingMaterial,
  finishedMac,
} from "../../background/tls/keySchedule.ts";
import { gcmLimits } from "../../background/tls/limits.ts";
import { signedContent } from "../../background/tls/peer.ts";
import { contentType, encodeRecordHeader } from "../../background/tls/recordFormat.ts";
import type { RecordContent } from "../../background/tls/recordProtection.ts";
import { RecordProtection } from "../../background/tls/recordProtection.ts";
import { RecordReader } from "../../background/tls/recordReader.ts";
import type { CipherSuite } from "../../background/tls/suites.ts";
import { aes128GcmSha256, sessionOffer } from "../../background/tls/suites.ts";
import { encodeUint, encodeVector, parseAll, parseEach } from "../../background/tls/wire.ts";
import { testAlpn } from "./nodeServer.ts";
import type { TestIdentity } from "./testIdentity.ts";

/** What a ClientHello said, as a server needs it. */
export interface ParsedHello {
  readonly encoded: Uint8Array;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suiteIds: readonly number[];
  readonly extensions: ReadonlyMap<number, Uint8Array>;
  readonly shares: ReadonlyMap<number, Uint8Array>;
}

/** Fields of a ServerHello that a test may bend. */
export interface ServerHelloFields {
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly sessionIdEcho: Uint8Array;
  readonly suiteId: number;
  readonly compression: number;
  /** Undefined leaves the whole block out. */
  readonly extensions: readonly Uint8Array[] | undefined;
}

/** The random by which a ServerHello is a HelloRetryRequest. */
export const retryRandom = Uint8Array.from(
  Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex"),
);
export const supportedVersions13 = encodeExtension(extensionType.supportedVersions, encodeUint(0x0304, 2));
export const alpnExtension = encodeExtension(
  extensionType.alpn,
  encodeVector(2, encodeVector(1, utf8(testAlpn))),
);

/** Encodes an extension block. */
export function block(...extensions: readonly Uint8Array[]): Uint8Array {
  return encodeVector(2, concatBytes(...extensions));
}

/** A record in the clear. */
export function clearRecord(type: number, content: Uint8Array): Uint8Array {
  return concatBytes(encodeRecordHeader(type, content.length), content);
}

/** The dummy change_cipher_spec record. */
export const dummyChangeCipherSpec = clearRecord(contentType.changeCipherSpec, Uint8Array.of(1));

/** Options of a core client that accepts `identity`. */
export function coreOptions(
  identity: TestIdentity,
  overrides: Partial<TlsClientOptions> = {},
): TlsClientOptions {
  return {
    serverName: "enclave.opencontracts.internal",
    alpn: testAlpn,
    offer: sessionOffer,
    verifyPeer: () => Promise.resolve({ spki: identity.spki }),
    maxCertificates: 1,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    paddingBuckets: [],
    keyLimits: gcmLimits,
    ...overrides,
  };
}

/** Parses a ClientHello record of ours. */
export function parseClientHello(encoded: Uint8Array): ParsedHello {
  const body = parseAll(encoded.slice(4), (reader) => {
    reader.uint(2);
    const random = reader.take(32);
    const sessionId = reader.vector(1, 32, 32);
    const suites = reader.vector(2, 2, 65534);
    reader.vector(1, 1, 1);
    return { random, sessionId, suites, extensions: reader.vector(2, 0, 65535) };
  });
  const extensions = new Map(
    parseEach(body.extensions, (reader) => [reader.uint(2), reader.vector(2, 0, 65535)] as const),
  );
  const list = parseAll(extensions.get(extensionType.keyShare) ?? new Uint8Array(2), (reader) =>
    reader.vector(2, 0, 65535),
  );
  return {
    encoded,
    random: body.random,
    sessionId: body.sessionId,
    suiteIds: parseEach(body.suites, (reader) => reader.uint(2)),
    extensions,
    shares: new Map(parseEach(list, (reader) => [reader.uint(2), reader.vector(2, 1, 65535)] as const)),
  };
}

/**
 * A server that says what a test tells it to, message by message. It keeps the transcript of what it said and
 * follows the key schedule over it, so that a single rule can be broken with everything else intact.
 */
export class ScriptedServer {
  readonly identity: TestIdentity;
  readonly suite: CipherSuite;
  readonly group: KeyExchangeGroup;
  hello: ParsedHello;
  transcript: Uint8Array;
  #secrets: HandshakeSecrets | undefined;
  #exporterSecret: Uint8Array = new Uint8Array(0);
  #applicationClient: Uint8Array = new Uint8Array(0);
  #write: RecordProtection | undefined;
  readonly #reader = new RecordReader();

  constructor(
    identity: TestIdentity,
    firstOutput: Uint8Array,
    { suite = aes128GcmSha256, group = x25519 }: { suite?: CipherSuite; group?: KeyExchangeGroup } = {},
  ) {
    this.identity = identity;
    this.suite = suite;
    this.group = group;
    this.hello = parseClientHello(firstOutput.slice(5));
    this.transcript = this.hello.encoded;
  }

  /** Encodes a HelloRetryRequest, puts it and the first hello into the transcript, returns its record. */
  helloRetryRequest(extensions: readonly Uint8Array[], fields: Partial<ServerHelloFields> = {}): Uint8Array {
    const message = this.#encodeServerHello({ random: retryRandom, extensions, ...fields });
    const firstHash = encodeHandshake(handshakeType.messageHash, this.suite.hash(this.hello.encoded));
    this.transcript = concatBytes(firstHash, message);
    return clearRecord(contentType.handshake, message);
  }

  /** Takes the second hello from the client's output: change_cipher_spec, then the hello. */
  takeSecondHello(output: Uint8Array): void {
    this.hello = parseClientHello(output.slice(dummyChangeCipherSpec.length + 5));
    this.transcript = concatBytes(this.transcript, this.hello.encoded);
  }

  /** Encodes a ServerHello, agrees on keys, returns its record. */
  async serverHello(fields: Partial<ServerHelloFields> = {}): Promise<Uint8Array> {
    const share = await this.group.createKeyShare();
    const keyShare = encodeExtension(
      extensionType.keyShare,
      concatBytes(encodeUint(this.group.id, 2), encodeVector(2, share.publicBytes)),
    );
    const message = this.#encodeServerHello({ extensions: [supportedVersions13, keyShare], ...fields });
    this.#add(message);
    const peerShare = this.hello.shares.get(this.group.id);
    if (peerShare !== undefined) await this.#useHandshakeKeys(await share.agree(peerShare));
    return clearRecord(contentType.handshake, message);
  }

  encryptedExtensions(...extensions: readonly Uint8Array[]): Uint8Array {
    return this.#add(encodeHandshake(handshakeType.encryptedExtensions, block(...extensions)));
  }

  certificate(
    entries: readonly Uint8Array[] = [this.identity.certificate],
    entryExtensions = block(),
  ): Uint8Array {
    const list = entries.map((entry) => concatBytes(encodeVector(3, entry), entryExtensions));
    const body = concatBytes(Uint8Array.of(0), encodeVector(3, concatBytes(...list)));
    return this.#add(encodeHandshake(handshakeType.certificate, body));
  }

  /** Any message, put into the transcript. */
  message(type: number, body: Uint8Array): Uint8Array {
    return this.#add(encodeHandshake(type, body));
  }

  async certificateVerify(
    bend: {
      readonly schemeId?: number;
      readonly signer?: TestIdentity;
      readonly content?: (transcriptHash: Uint8Array) => Uint8Array;
      readonly signature?: (signature: Uint8Array) => Uint8Array;
    } = {},
  ): Promise<Uint8Array> {
    const content = (bend.content ?? signedContent)(this.transcriptHash());
    const signature = await (bend.signer ?? this.identity).sign(content);
    const final = bend.signature === undefined ? signature : bend.signature(signature);
    const body = concatBytes(encodeUint(bend.schemeId ?? 0x0403, 2), encodeVector(2, final));
    return this.#add(encodeHandshake(handshakeType.certificateVerify, body));
  }

  finished(bend: (mac: Uint8Array) => Uint8Array = (mac) => mac): Uint8Array {
    const mac = finishedMac(this.suite, this.#handshakeSecrets().server, this.transcriptHash());
    return this.#add(encodeHandshake(handshakeType.finished, bend(mac)));
  }

  /** Everything after ServerHello that an honest server says. */
  async honestFlight(): Promise<Uint8Array> {
    return concatBytes(
      this.encryptedExtensions(alpnExtension),
      this.certificate(),
      await this.certificateVerify(),
      this.finished(),
    );
  }

  transcriptHash(): Uint8Array {
    return this.suite.hash(this.transcript);
  }

  /** Records under the present key, `paddingBytes` zeros in each. */
  async sealed(type: number, content: Uint8Array, paddingBytes = 0): Promise<Uint8Array> {
    if (this.#write === undefined) throw new Error("no keys yet");
    return this.#write.seal({ type, content }, content.length + paddingBytes);
  }

  handshakeRecord(...messages: readonly Uint8Array[]): Promise<Uint8Array> {
    return this.sealed(contentType.handshake, concatBytes(...messages));
  }

  dataRecord(text: string): Promise<Uint8Array> {
    return this.sealed(contentType.applicationData, utf8(text));
  }

  /** Moves our sending key to the application's; the client's Finished is not part of its derivation. */
  async useApplicationKeys(): Promise<void> {
    const { master } = this.#handshakeSecrets();
    const secrets = deriveApplicationSecrets(this.suite, master, this.transcriptHash());
    this.#write = await RecordProtection.create(this.suite, secrets.server);
    this.#exporterSecret = secrets.exporter;
    this.#applicationClient = secrets.client;
  }

  /** Moves to the next sending key, as after a KeyUpdate of ours. */
  async updateWriteKey(): Promise<void> {
    this.#write = await this.#write?.next();
  }

  async updateReadKey(): Promise<void> {
    await this.#reader.updateKey();
  }

  /** Reads the client's flight through its Finished and moves the receiving key. */
  async takeClientFinished(output: Uint8Array): Promise<RecordContent[]> {
    const records = await this.open(output);
    await this.#reader.setSecret(this.suite, this.#applicationClient);
    return records;
  }

  /** Opens what the client sent under the present key; stops before what needs another. */
  async open(output: Uint8Array): Promise<RecordContent[]> {
    this.#reader.push(output);
    const records: RecordContent[] = [];
    for (let record = await this.#reader.next(); record !== undefined; record = await this.#reader.next()) {
      records.push(record);
    }
    return records;
  }

  exporter(label: string, context: Uint8Array, length: number): Uint8Array {
    return exportKeyingMaterial(this.suite, this.#exporterSecret, { label, context, length });
  }

  #encodeServerHello(fields: Partial<ServerHelloFields>): Uint8Array {
    const { legacyVersion = 0x0303, random = new Uint8Array(32).fill(7), compression = 0 } = fields;
    const body = concatBytes(
      encodeUint(legacyVersion, 2),
      random,
      encodeVector(1, fields.sessionIdEcho ?? this.hello.sessionId),
      encodeUint(fields.suiteId ?? this.suite.id, 2),
      encodeUint(compression, 1),
      fields.extensions === undefined ? new Uint8Array(0) : block(...fields.extensions),
    );
    return encodeHandshake(handshakeType.serverHello, body);
  }

  async #useHandshakeKeys(sharedSecret: Uint8Array): Promise<void> {
    this.#secrets = deriveHandshakeSecrets(this.suite, sharedSecret, this.transcriptHash());
    const { client, server } = this.#secrets;
    this.#write = await RecordProtection.create(this.suite, server.slice());
    await this.#reader.setSecret(this.suite, client.slice());
  }

  #handshakeSecrets(): HandshakeSecrets {
    if (this.#secrets === undefined) throw new Error("no keys yet");
    return this.#secrets;
  }

  #add(message: Uint8Array): Uint8Array {
    this.transcript = concatBytes(this.transcript, message);
    return message;
  }
}

/** A core client with a scripted server that has read its hello. */
export async function startScripted(
  identity: TestIdentity,
  overrides: Partial<TlsClientOptions> = {},
  choice: { suite?: CipherSuite; group?: KeyExchangeGroup } = {},
): Promise<{ readonly client: TlsClient; readonly server: ScriptedServer }> {
  const client = await TlsClient.create(coreOptions(identity, overrides));
  return { client, server: new ScriptedServer(identity, client.takeOutput(), choice) };
}

/** A core client and a scripted server that have completed an honest handshake. */
export async function connectScripted(
  identity: TestIdentity,
  overrides: Partial<TlsClientOptions> = {},
): Promise<{ readonly client: TlsClient; readonly server: ScriptedServer }> {
  const { client, server } = await startScripted(identity, overrides);
  await client.receive(await server.serverHello());
  await client.receive(await server.handshakeRecord(await server.honestFlight()));
  await server.useApplicationKeys();
  await server.takeClientFinished(client.takeOutput());
  client.takeEvents();
  return { client, server };
}
