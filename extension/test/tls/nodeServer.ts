import { duplexPair } from "node:stream";
import { createPrivateKey } from "node:crypto";
import { connect } from "node:net";
import type { SecureContextOptions, TLSSocketOptions } from "node:tls";
import { createSecureContext, createServer, TLSSocket } from "node:tls";
import type { ByteStream } from "#protocol/byteStream.ts";
import type { TlsOptions } from "../../background/tls/connection.ts";
import { sessionOffer } from "../../background/tls/suites.ts";
import { duplexStream } from "./duplexStream.ts";
import type { TestIdentity } from "./testIdentity.ts";

/** What a test asks of Node's server beside its identity. */
export interface NodeServerOptions {
  readonly ciphers?: string;
  readonly ecdhCurve?: string;
  readonly alpn?: readonly string[];
  readonly requestCert?: boolean;
}

/** The name that sessions speak by. */
export const testAlpn = "open-contracts/1";

function pem(label: string, bytes: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${Buffer.from(bytes).toString("base64")}\n-----END ${label}-----\n`;
}

function protocols({ alpn }: NodeServerOptions): string[] {
  return [...(alpn ?? [testAlpn])];
}

function contextOptions(
  identity: TestIdentity,
  { ciphers, ecdhCurve }: NodeServerOptions,
): SecureContextOptions {
  const key = createPrivateKey({ key: Buffer.from(identity.pkcs8), format: "der", type: "pkcs8" });
  return {
    key: key.export({ type: "pkcs8", format: "pem" }),
    cert: pem("CERTIFICATE", identity.certificate),
    minVersion: "TLSv1.3",
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(ecdhCurve === undefined ? {} : { ecdhCurve }),
  };
}

/**
 * Node's own TLS server on a loopback socket. Over an in-memory pipe it drops the alert by which it refuses a hello.
 */
export async function startNodeServerOnLoopback(
  identity: TestIdentity,
  options: NodeServerOptions,
): Promise<{ readonly stream: ByteStream; stop(): Promise<void> }> {
  const server = createServer({ ...contextOptions(identity, options), ALPNProtocols: protocols(options) });
  server.on("tlsClientError", () => undefined);
  await new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      resolve(undefined);
    }),
  );
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const socket = connect(address.port, "127.0.0.1");
  return {
    stream: duplexStream(socket),
    stop: async () => {
      socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Node's own TLS server at one end of an in-memory pipe, our stream at the other. */
export function startNodeServer(
  identity: TestIdentity,
  options: NodeServerOptions = {},
): { readonly server: TLSSocket; readonly stream: ByteStream; readonly wire: ReturnType<typeof duplexPair> } {
  const wire = duplexPair();
  const { requestCert } = options;
  const socketOptions: TLSSocketOptions = {
    isServer: true,
    secureContext: createSecureContext(contextOptions(identity, options)),
    ALPNProtocols: protocols(options),
    ...(requestCert === true ? { requestCert, rejectUnauthorized: false } : {}),
  };
  const server = new TLSSocket(wire[0], socketOptions);
  server.on("error", () => undefined);
  return { server, stream: duplexStream(wire[1]), wire };
}

/** Options that accept exactly `identity`. */
export function clientOptions(identity: TestIdentity, overrides: Partial<TlsOptions> = {}): TlsOptions {
  return {
    serverName: "enclave.opencontracts.internal",
    alpn: testAlpn,
    offer: sessionOffer,
    verifyPeer: () => Promise.resolve({ spki: identity.spki }),
    maxCertificates: 1,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    deadline: (timeoutMs) => AbortSignal.timeout(timeoutMs),
    ...overrides,
  };
}
