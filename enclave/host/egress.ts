import { chmod, rm } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { errorFields, type Log } from "../common/log.ts";
import type { Service } from "../common/process.ts";
import { readConnectHead, type ConnectRequest } from "./connectHead.ts";
import {
  judgeTarget,
  type ConnectTarget,
  type Destination,
  type EgressMap,
  type Resolve,
} from "./egressPolicy.ts";

/** How many tunnels, and how long they may be silent. */
export interface EgressLimits {
  readonly tunnels: number;
  readonly headMs: number;
  readonly connectMs: number;
  readonly idleMs: number;
}

/** What an egress runs with. */
export const defaultEgressLimits: EgressLimits = {
  tunnels: 512,
  headMs: 10_000,
  connectMs: 15_000,
  idleMs: 300_000,
};

/** How to run an egress. */
export interface EgressOptions {
  /** Unix socket to listen on. */
  readonly listenPath: string;
  readonly map: EgressMap;
  readonly resolve: Resolve;
  readonly limits: EgressLimits;
  readonly log: Log;
}

const statusTexts = {
  400: "Bad Request",
  403: "Forbidden",
  502: "Bad Gateway",
  503: "Service Unavailable",
} as const;

/** Why there is no tunnel. */
interface Failure {
  readonly status: keyof typeof statusTexts;
  readonly reason: string;
}

/**
 * Opens the enclave's way out: a unix socket that takes `CONNECT name:port HTTP/1.1` and then carries bytes. It is
 * outside the enclave and trusted with nothing: whoever needs a secret or a true answer speaks TLS through it.
 */
export async function openEgress(options: EgressOptions): Promise<Service> {
  const { listenPath, limits, map, log } = options;
  const tunnels = new Set<Socket>();
  for (const [name, { address, port }] of map) log("explicit destination", { name, address, port });
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on("error", () => client.destroy());
    if (tunnels.size >= limits.tunnels) {
      answer(client, { status: 503, reason: "busy" });
      return;
    }
    tunnels.add(client);
    client.once("close", () => tunnels.delete(client));
    serveTunnel(client, options).catch((error: unknown) => {
      log("tunnel failed", errorFields(error));
      client.destroy();
    });
  });
  await rm(listenPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(listenPath, resolve);
  });
  // The enclave's processes run under users of their own.
  await chmod(listenPath, 0o666);
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      tunnels.forEach((client) => client.destroy());
      await closed;
    },
  };
}

async function serveTunnel(client: Socket, options: EgressOptions): Promise<void> {
  const { limits, log } = options;
  client.setTimeout(limits.headMs, () => client.destroy());
  const request = await readConnectHead(client);
  if (request === undefined) {
    answer(client, { status: 400, reason: "not a CONNECT" });
    return;
  }
  const { target } = request;
  const site = await openSite(target, options);
  if ("reason" in site) {
    log("refused", { ...target, reason: site.reason });
    answer(client, site);
    return;
  }
  log("connected", { ...target });
  await carry(client, { site, request, idleMs: limits.idleMs });
}

/** Judges and connects. */
async function openSite(target: ConnectTarget, options: EgressOptions): Promise<Socket | Failure> {
  const verdict = await judgeTarget(target, options);
  if ("refused" in verdict) {
    return { status: verdict.refused === "unresolved" ? 502 : 403, reason: verdict.refused };
  }
  const site = await connectFirst(verdict.destinations, options.limits.connectMs);
  return site ?? { status: 502, reason: "unreachable" };
}

/** Ends a request with a status; the reason is one of our own words. */
function answer(client: Socket, { status, reason }: Failure): void {
  client.end(`HTTP/1.1 ${String(status)} ${statusTexts[status]}\r\nX-Reason: ${reason}\r\n\r\n`);
  client.resume();
}

async function connectFirst(
  destinations: readonly Destination[],
  timeoutMs: number,
): Promise<Socket | undefined> {
  for (const destination of destinations.slice(0, 4)) {
    const socket = await connect(destination, timeoutMs);
    if (socket !== undefined) return socket;
  }
  return undefined;
}

/** Connects to an address literal: no second resolution can lead elsewhere. */
function connect({ address, port }: Destination, timeoutMs: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port, allowHalfOpen: true });
    const fail = () => {
      socket.destroy();
      resolve(undefined);
    };
    socket.setTimeout(timeoutMs, fail);
    socket.once("error", fail);
    socket.once("connect", () => {
      socket
        .off("error", fail)
        .setTimeout(0)
        .on("error", () => socket.destroy());
      resolve(socket);
    });
  });
}

/** Carries bytes both ways until both have ended, one has failed, or both were silent for `idleMs`. */
async function carry(
  client: Socket,
  {
    site,
    request,
    idleMs,
  }: { readonly site: Socket; readonly request: ConnectRequest; readonly idleMs: number },
): Promise<void> {
  for (const socket of [client, site]) socket.setTimeout(idleMs, () => socket.destroy());
  client.write("HTTP/1.1 200 Connection established\r\n\r\n");
  site.write(request.rest);
  try {
    await Promise.all([pipeline(client, site), pipeline(site, client)]);
  } catch {
    // A unix socket has no reset: a cut looks like an end, and TLS above it must tell the two apart (close_notify).
    client.destroy();
    site.destroy();
  }
}
