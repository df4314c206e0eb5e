import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, TLSSocket, type SecureContext } from "node:tls";
import { rm } from "node:fs/promises";
import type { ByteStream } from "#protocol/byteStream.ts";
import { innerAlpn, innerServerName } from "#protocol/wire/limits.ts";
import { withDeadline, type Clock } from "./clock.ts";
import type { ConnectionLimits } from "./connectionLimits.ts";
import { createDuplexStream } from "./duplexStream.ts";
import { errorFields, type Log } from "./log.ts";
import type { Service } from "./process.ts";
import { encodePem } from "./tlsKey.ts";

/** What the server shows to a client; may change from one connection to the next. */
export interface InnerCredentials {
  /** Private key of the leaf, PKCS #8 PEM. */
  readonly keyPem: string;
  /** The one certificate of the Certificate message, DER. */
  readonly leafDer: Uint8Array;
}

/** One client, its handshake complete, ALPN and server name as demanded. */
export interface InnerConnection<C extends InnerCredentials> {
  readonly stream: ByteStream;
  /** What this connection's handshake was made with. */
  readonly credentials: C;
  /** 32 bytes of keying material of this connection (RFC 8446 section 7.5). */
  exporter(label: string, context: Uint8Array): Uint8Array;
  /** Says that the client has spoken as the protocol demands: it no longer counts as pending. */
  greeted(): void;
}

/** How to serve. */
export interface InnerServerOptions<C extends InnerCredentials> {
  /** Path of the unix socket. */
  readonly path: string;
  /** The credentials for the next connection. */
  credentials(): C;
  /** Serves one client to its end. What it throws is logged by its code. */
  serve(connection: InnerConnection<C>): Promise<void>;
  readonly limits: ConnectionLimits;
  readonly clock: Clock;
  readonly log: Log;
}

/** Connections that the system holds until we take them; the default is half of it. */
const backlog = 1_024;

/** TLS as protocol and image fix it; tickets and padding come from openssl.cnf. */
const tlsProfile = {
  minVersion: "TLSv1.3",
  maxVersion: "TLSv1.3",
  ciphers: "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384",
  ecdhCurve: "X25519MLKEM768:X25519:P-256:P-384",
  sigalgs: "ecdsa_secp256r1_sha256",
} as const;

/**
 * Opens the TLS 1.3 server of an enclave on a unix socket. A client without our ALPN or server name is closed at once.
 */
export async function openInnerServer<C extends InnerCredentials>(
  options: InnerServerOptions<C>,
): Promise<Service> {
  const crowd = new Crowd(options);
  const server = createServer((socket) => void welcome(socket, crowd, options));
  await rm(options.path, { force: true });
  await listen(server, options.path);
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      crowd.closeAll();
      await closed;
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path, backlog }, resolve);
  });
}

async function welcome<C extends InnerCredentials>(
  socket: Socket,
  crowd: Crowd,
  options: InnerServerOptions<C>,
): Promise<void> {
  socket.on("error", () => socket.destroy());
  crowd.enter(socket);
  try {
    const credentials = options.credentials();
    const secure = await shakeHands(socket, credentials);
    await options.serve({
      stream: withWriteDeadline(createDuplexStream(secure), options),
      credentials,
      exporter: (label, context) =>
        new Uint8Array(secure.exportKeyingMaterial(32, label, Buffer.from(context))),
      greeted: () => crowd.promote(socket),
    });
  } catch (error) {
    options.log("connection ended", errorFields(error));
  } finally {
    socket.destroySoon();
    crowd.leave(socket);
  }
}

/** Contexts are dear, and connections are free to whoever opens them: one context per credentials. */
const contexts = new WeakMap<InnerCredentials, SecureContext>();

function contextOf(credentials: InnerCredentials): SecureContext {
  const known = contexts.get(credentials);
  if (known !== undefined) return known;
  const { keyPem, leafDer } = credentials;
  const cert = encodePem("CERTIFICATE", leafDer);
  const made = createSecureContext({ ...tlsProfile, key: keyPem, cert });
  contexts.set(credentials, made);
  return made;
}

/** Resolves once the handshake is complete and the client speaks our protocol. */
function shakeHands(socket: Socket, credentials: InnerCredentials): Promise<TLSSocket> {
  const secure = new TLSSocket(socket, {
    isServer: true,
    secureContext: contextOf(credentials),
    ALPNProtocols: [innerAlpn],
    requestCert: false,
  });
  return new Promise((resolve, reject) => {
    const refuse = (reason: string) => {
      socket.destroy();
      reject(new Error(reason));
    };
    secure.on("error", () => refuse("handshake failed"));
    secure.once("close", () => refuse("closed during the handshake"));
    secure.once("secure", () => {
      // A client without ALPN, or without SNI, completes the handshake: it is for us to end it.
      if (secure.alpnProtocol !== innerAlpn || serverNameOf(secure) !== innerServerName)
        refuse("other protocol");
      else resolve(secure);
    });
  });
}

function serverNameOf(socket: TLSSocket): unknown {
  return Reflect.get(socket, "servername");
}

function withWriteDeadline(
  stream: ByteStream,
  { clock, limits }: { readonly clock: Clock; readonly limits: ConnectionLimits },
): ByteStream {
  const deadline = { clock, timeoutMs: limits.writeMs, code: "SERVICE_CLIENT_SILENT" } as const;
  return { ...stream, write: (bytes) => withDeadline(stream.write(bytes), deadline) };
}

/** Who is connected. Bounded in number and time, so that silent connections starve nobody. */
class Crowd {
  readonly #pending = new Map<Socket, AbortController>();
  readonly #open = new Set<Socket>();
  readonly #limits: ConnectionLimits;
  readonly #clock: Clock;

  constructor({ limits, clock }: { readonly limits: ConnectionLimits; readonly clock: Clock }) {
    this.#limits = limits;
    this.#clock = clock;
  }

  enter(socket: Socket): void {
    const waiting = new AbortController();
    this.#pending.set(socket, waiting);
    this.#clock.wait(this.#limits.helloMs, waiting.signal).then(
      () => socket.destroy(),
      () => undefined,
    );
    const [oldest] = this.#pending.keys();
    if (this.#pending.size > this.#limits.pendingConnections && oldest !== undefined) {
      oldest.destroy();
      this.leave(oldest);
    }
  }

  promote(socket: Socket): void {
    if (!this.#pending.has(socket)) return;
    this.leave(socket);
    if (this.#open.size >= this.#limits.openConnections) socket.destroy();
    else this.#open.add(socket);
  }

  leave(socket: Socket): void {
    this.#pending.get(socket)?.abort();
    this.#pending.delete(socket);
    this.#open.delete(socket);
  }

  closeAll(): void {
    for (const socket of [...this.#pending.keys(), ...this.#open]) {
      this.leave(socket);
      socket.destroy();
    }
  }
}
