import type { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { createWebSocketStream, WebSocket } from "ws";
import { TransportError, UntrustedError } from "#protocol/errors.ts";
import { innerAlpn, innerServerName, maxMessageBytes } from "#protocol/wire/limits.ts";
import { createMessageStream, type MessageStream } from "#protocol/wire/messageStream.ts";
import {
  registryReplySchema,
  type RegistryReply,
  type RegistryRequestWire,
} from "#protocol/wire/registry.ts";
import { createDuplexStream } from "../common/duplexStream.ts";
import { openTunnel } from "./uplink.ts";

/** A connection of this oracle to a registry. */
export interface RegistryLine {
  readonly messages: MessageStream<RegistryReply, RegistryRequestWire>;
  /** 32 bytes of keying material of this connection (RFC 8446 section 7.5). */
  exporter(label: string, context: Uint8Array): Uint8Array;
  /** Cuts it. */
  close(): void;
}

/**
 * Opens a registry's URL through the egress: WebSocket, then inner TLS. The caller bounds it in time by `signal`.
 * @throws TransportError SERVICE_UPLINK_FAILED; UntrustedError TLS_ALPN_MISSING
 */
export async function openRegistryLine(
  url: string,
  egressPath: string,
  signal: AbortSignal,
): Promise<RegistryLine> {
  const outer = await openWebSocket(url, egressPath);
  const cut = () => outer.destroy();
  signal.addEventListener("abort", cut, { once: true });
  try {
    const secure = await openInnerTls(outer);
    return {
      messages: createMessageStream(createDuplexStream(secure), registryReplySchema),
      exporter: (label, context) =>
        new Uint8Array(secure.exportKeyingMaterial(32, label, Buffer.from(context))),
      close: cut,
    };
  } catch (error) {
    cut();
    throw error;
  } finally {
    signal.removeEventListener("abort", cut);
  }
}

async function openWebSocket(url: string, egressPath: string): Promise<Duplex> {
  const { hostname: name, port, protocol } = new URL(url);
  const isSecure = protocol === "wss:";
  const tunnel = await openTunnel(egressPath, { name, port: Number(port) || (isSecure ? 443 : 80) });
  const client = new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: 2 * maxMessageBytes,
    // A tunnel comes paused; nothing arrives on it before we have spoken.
    createConnection: () => (isSecure ? connectTls({ socket: tunnel, servername: name }) : tunnel.resume()),
  });
  const outer = createWebSocketStream(client);
  await new Promise<void>((resolve, reject) => {
    const fail = (cause?: unknown) => {
      tunnel.destroy();
      reject(new TransportError("SERVICE_UPLINK_FAILED", { expected: url, cause }));
    };
    client.once("open", () => resolve());
    outer.on("error", fail);
    outer.once("close", fail);
  });
  return outer;
}

/**
 * The registry proves nothing to an oracle: users choose their registries by the Hub's list, and a false one can only
 * certify in vain. What the oracle says is bound to this very connection by the exporter.
 */
function openInnerTls(outer: Duplex): Promise<TLSSocket> {
  const secure = connectTls({
    socket: outer,
    servername: innerServerName,
    ALPNProtocols: [innerAlpn],
    minVersion: "TLSv1.3",
    maxVersion: "TLSv1.3",
    rejectUnauthorized: false,
  });
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown) => reject(new TransportError("SERVICE_UPLINK_FAILED", { cause }));
    secure.on("error", fail);
    outer.once("close", fail);
    secure.once("secureConnect", () => {
      if (secure.alpnProtocol === innerAlpn) resolve(secure);
      else reject(new UntrustedError("TLS_ALPN_MISSING"));
    });
  });
}
