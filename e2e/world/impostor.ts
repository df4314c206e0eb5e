import { once } from "node:events";
import { connect, TLSSocket, type PeerCertificate } from "node:tls";
import { createWebSocketStream, WebSocket, WebSocketServer } from "ws";
import { innerAlpn, innerServerName } from "#protocol/wire/limits.ts";
import { createCertificateAuthority } from "../../enclave/registry/certificateAuthority.ts";
import { createTlsKey, encodePem } from "../../enclave/common/tlsKey.ts";
import { portOf, stop } from "./frontRelay.ts";

/** A TLS server that claims to be the oracle: its name, its registry's name, and keys of its own. */
export interface Impostor {
  readonly url: string;
  /** Bytes that clients said inside of TLS. */
  readonly heard: () => number;
  stop(): Promise<void>;
}

/** Looks at the oracle behind `relayUrl` and opens an impostor of it. */
export async function openImpostor(relayUrl: string): Promise<Impostor> {
  const credentials = await forgeCredentials(await readLeaf(relayUrl));
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  let heard = 0;
  server.on("connection", (client) => {
    const stream = createWebSocketStream(client);
    stream.on("error", () => client.terminate());
    const secure = new TLSSocket(stream, {
      ...{ isServer: true, minVersion: "TLSv1.3", ALPNProtocols: [innerAlpn], requestCert: false },
      ...credentials,
    });
    secure.on("error", () => client.terminate());
    secure.on("data", (bytes: Buffer) => (heard += bytes.length));
  });
  return {
    url: `ws://127.0.0.1:${String(portOf(server))}`,
    heard: () => heard,
    stop: () => stop(server),
  };
}

/** The certificate that the oracle shows to everyone. */
async function readLeaf(relayUrl: string): Promise<PeerCertificate> {
  const client = new WebSocket(relayUrl);
  await once(client, "open");
  const secure = connect({
    ...{ socket: createWebSocketStream(client), servername: innerServerName },
    ...{ ALPNProtocols: [innerAlpn], rejectUnauthorized: false },
  });
  await once(secure, "secureConnect");
  const leaf = secure.getPeerCertificate();
  client.terminate();
  return leaf;
}

/** A leaf of the same name, from a CA of the same name, for a key of our own. */
async function forgeCredentials(
  leaf: PeerCertificate,
): Promise<{ readonly key: string; readonly cert: string }> {
  const signer = /DNS:([0-9a-f]{40})\.oracle\./.exec(leaf.subjectaltname ?? "")?.[1] ?? "";
  const caName = /registry ([0-9a-f]{16})$/.exec(String(leaf.issuer.CN))?.[1] ?? "";
  const random = (length: number): Uint8Array =>
    new Uint8Array(Buffer.from(caName.repeat(2), "hex")).subarray(0, length);
  const authority = await createCertificateAuthority(Date.now(), random);
  const key = await createTlsKey();
  const subject = { spki: key.spki, signer: `0x${signer}`, role: "oracle" } as const;
  const leafDer = await authority.issueLeaf(subject, Date.now());
  return { key: key.pem, cert: encodePem("CERTIFICATE", leafDer) };
}
