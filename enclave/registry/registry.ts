import { toHex } from "#protocol/bytes.ts";
import type { AttestationTrust } from "#protocol/attestation/kind.ts";
import { encodeIdentityUserData, identityNonce, type KeyHolders } from "#protocol/userData.ts";
import { systemClock, type Clock } from "../common/clock.ts";
import { defaultConnectionLimits, type ConnectionLimits } from "../common/connectionLimits.ts";
import { openControl, type Control } from "../common/control.ts";
import type { ControlStatus } from "../common/controlStatus.ts";
import { registryHostMessageSchema, type RegistryHostMessage } from "../common/hostMessage.ts";
import { openInnerServer } from "../common/innerServer.ts";
import type { Log } from "../common/log.ts";
import type { Service } from "../common/process.ts";
import type { IssuedCredentials, SessionSubject } from "../common/sessionAttestation.ts";
import { createSigner, type EnclaveSigner, type HubName } from "../common/signer.ts";
import { createTlsKey, type TlsKey } from "../common/tlsKey.ts";
import type { Nsm } from "../nsm/nsm.ts";
import { createCertificateAuthority, type CertificateAuthority } from "./certificateAuthority.ts";
import { serveRegistryConnection } from "./connection.ts";
import { Directory } from "./directory.ts";

/** What a registry enclave is started with. */
export interface RegistryOptions {
  readonly nsm: Nsm;
  /** Which oracles may be certified. */
  readonly trust: AttestationTrust;
  /** Unix socket of the inner TLS server. */
  readonly listenPath: string;
  /** Unix socket on which the host sends its message. */
  readonly controlPath: string;
  /** Cryptographically secure random bytes. */
  readonly random: (length: number) => Uint8Array;
  readonly log: Log;
  readonly clock?: Clock;
  readonly limits?: ConnectionLimits;
}

interface Keys {
  readonly tls: TlsKey;
  readonly signer: EnclaveSigner;
  readonly authority: CertificateAuthority;
}

/** How long a leaf of the registry itself is used before the next is made. */
const ownLeafMs = 12 * 60 * 60_000;

/** Starts a registry: it waits for its host's message, then makes its keys and serves. */
export async function startRegistry(options: RegistryOptions): Promise<Service> {
  const control = await openControl(options.controlPath, registryHostMessageSchema);
  let server: Service | undefined;
  const stop = new AbortController();
  const run = async (): Promise<never> => {
    const message = await control.message;
    server = await serve(options, { control, message, stop: stop.signal });
    return new Promise(() => undefined);
  };
  const failed = run();
  failed.catch(() => undefined);
  return {
    failed,
    async close() {
      stop.abort();
      await server?.close();
      await control.close();
    },
  };
}

interface Setup {
  readonly control: Control<RegistryHostMessage>;
  readonly message: RegistryHostMessage;
  readonly stop: AbortSignal;
}

async function serve(options: RegistryOptions, { control, message, stop }: Setup): Promise<Service> {
  const { nsm, random, log, listenPath: path } = options;
  const clock = options.clock ?? systemClock;
  const limits = options.limits ?? defaultConnectionLimits;
  const keys = await createKeys(options, clock);
  const holders: KeyHolders = { signer: keys.signer.address, provider: message.provider };
  const subject: SessionSubject = { ...holders, role: "registry", tlsSpki: keys.tls.spki };
  const credentials = await keepCredentials(keys, { clock, stop });
  const office = { trust: options.trust, authority: keys.authority, signer: keys.signer, hubs: message.hubs };
  const desk = { nsm, subject, office, directory: new Directory(), limits, clock, random };
  const server = await openInnerServer({
    path,
    credentials,
    serve: (connection) => serveRegistryConnection(desk, connection),
    limits,
    clock,
    log,
  });
  await control.serve(async () => [
    { type: "started", ...holders },
    ...(await Promise.all(message.hubs.map((hub) => attestIdentity(nsm, holders, hub)))),
    { type: "listening", listen: path },
  ]);
  log("listening", { signer: holders.signer });
  return server;
}

async function createKeys({ random }: RegistryOptions, clock: Clock): Promise<Keys> {
  const authority = await createCertificateAuthority(clock.nowMs(), random);
  return { tls: await createTlsKey(), signer: createSigner(), authority };
}

/** The registry's own leaf, made again every 12 h until `stop`. */
async function keepCredentials(
  { tls, signer, authority }: Keys,
  { clock, stop }: { readonly clock: Clock; readonly stop: AbortSignal },
): Promise<() => IssuedCredentials> {
  const issue = async (): Promise<IssuedCredentials> => ({
    keyPem: tls.pem,
    leafDer: await authority.issueLeaf(
      { spki: tls.spki, signer: signer.address, role: "registry" },
      clock.nowMs(),
    ),
    caSpkiSha256: authority.caSpkiSha256,
  });
  let current = await issue();
  const renew = async (): Promise<void> => {
    while (!stop.aborted) {
      await clock.wait(ownLeafMs, stop);
      current = await issue();
    }
  };
  renew().catch(() => undefined);
  return () => current;
}

/** A document by which this registry names itself to one Hub; only Hubs of the host's message are named. */
async function attestIdentity(
  nsm: Nsm,
  holders: KeyHolders,
  { chainId, hub }: HubName,
): Promise<ControlStatus> {
  const userData = encodeIdentityUserData({ ...holders, role: "registry" });
  const document = await nsm.attest({ publicKey: null, userData, nonce: identityNonce(chainId, hub) });
  return { type: "identity", chainId, hub, document: toHex(document) };
}
