import type { TlsClientOptions } from "../../background/tls/client.ts";
import { TlsClient } from "../../background/tls/client.ts";
import type { KeyExchangeGroup } from "../../background/tls/groups.ts";
import { x25519 } from "../../background/tls/groups.ts";
import { encodeHandshake, handshakeType } from "../../background/tls/handshakeMessage.ts";
import { encodeKeyUpdate } from "../../background/tls/postHandshake.ts";
import { contentType } from "../../background/tls/recordFormat.ts";
import { sessionOffer } from "../../background/tls/suites.ts";
import { concatBytes, utf8 } from "#protocol/bytes.ts";
import { coreOptions, dummyChangeCipherSpec, ScriptedServer } from "./scriptedServer.ts";
import type { TestIdentity } from "./testIdentity.ts";

/** A server's side of one session, byte for byte, and a client to which it can be played again and again. */
export interface RecordedSession {
  /** Bytes through the server's Finished. */
  readonly handshake: Uint8Array;
  /** Bytes after it: data, a ticket, a KeyUpdate, data under the new key, close_notify. */
  readonly rest: Uint8Array;
  createClient(): Promise<TlsClient>;
}

/** Records a session with a client whose ephemeral key and random bytes are fixed. */
export async function recordSession(identity: TestIdentity): Promise<RecordedSession> {
  const share = await x25519.createKeyShare();
  const group: KeyExchangeGroup = { ...x25519, createKeyShare: () => Promise.resolve(share) };
  const overrides: Partial<TlsClientOptions> = {
    offer: { ...sessionOffer, groups: [group], keyShares: [group] },
    random: (length) => new Uint8Array(length).fill(0x42),
  };
  const createClient = (): Promise<TlsClient> => TlsClient.create(coreOptions(identity, overrides));
  const server = new ScriptedServer(identity, (await createClient()).takeOutput());
  const hello = await server.serverHello();
  const flight = await server.handshakeRecord(await server.honestFlight());
  await server.useApplicationKeys();
  const ticketBody = concatBytes(new Uint8Array(9), Uint8Array.of(0, 1, 7, 0, 0));
  const ticket = encodeHandshake(handshakeType.newSessionTicket, ticketBody);
  const underFirstKey = [
    await server.dataRecord("first"),
    await server.handshakeRecord(ticket.slice(0, 5)),
    await server.handshakeRecord(ticket.slice(5)),
    await server.handshakeRecord(encodeKeyUpdate(true)),
  ];
  await server.updateWriteKey();
  const underSecondKey = [
    await server.sealed(contentType.applicationData, utf8("second"), 20),
    await server.sealed(contentType.alert, Uint8Array.of(1, 0)),
  ];
  return {
    handshake: concatBytes(hello, dummyChangeCipherSpec, flight),
    rest: concatBytes(...underFirstKey, ...underSecondKey),
    createClient,
  };
}
