import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, connect, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Duplex } from "node:stream";
import { TLSSocket, createSecureContext, type SecureContextOptions } from "node:tls";
import type { ScriptMessage } from "#protocol/wire/script.ts";
import { createSessionCa, type SessionCa } from "../oracle/sandbox/sessionCa.ts";
import {
  stagedFolder,
  type ScriptEnd,
  type ScriptOptions,
  type ScriptRun,
} from "../oracle/sandbox/scriptRun.ts";
import { startScript } from "../oracle/sandbox/startScript.ts";

export const user = "0x52908400098527886E0F7030069857D2E4169EE7";
const tenDaysMs = 10 * 24 * 60 * 60_000;
const wallClockMs = 60_000;

/** What a test site does once it has a request: the plain connection, and the TLS connection over it. */
export type Behaviour = (tls: TLSSocket, raw: Socket) => void;

export interface SiteOptions {
  readonly behaviour?: Behaviour;
  /** Name in its certificate; the site's own if left out. */
  readonly certificateName?: string;
  /** Authority of its certificate: the trusted one, one that nobody trusts, or one of the past. */
  readonly authority?: "trusted" | "unknown" | "expired";
  readonly tls?: SecureContextOptions;
}

/** A running script, what it has said so far, and where it lies. */
export interface StartedScript extends ScriptRun {
  readonly messages: ScriptMessage[];
  readonly stagePath: string;
}

/** What a script did, in order, and how it ended. */
export interface Outcome {
  readonly messages: readonly ScriptMessage[];
  readonly prints: readonly string[];
  readonly end: ScriptEnd;
  /** The session's directory; it stays until the world is closed. */
  readonly stagePath: string;
}

export interface RunOptions extends Partial<
  Omit<ScriptOptions, "stagePath" | "siteRootsPem" | "user" | "clock">
> {
  readonly files?: Readonly<Record<string, string>>;
  /** Directory above the session's; the world's own if left out. */
  readonly place?: string;
  readonly onMessage?: (message: ScriptMessage, run: ScriptRun) => void;
}

/** Sites over TLS on this machine, a way out that leads to them by name, and scripts that run beside them. */
export interface SandboxWorld {
  /** Names the way out was asked for, in order. */
  readonly asked: string[];
  readonly uplink: string;
  /** The same way out as a unix socket. */
  readonly uplinkSocket: string;
  addSite(name: string, options?: SiteOptions): Promise<void>;
  start(oracle: string, options?: RunOptions): Promise<StartedScript>;
  run(oracle: string, options?: RunOptions): Promise<Outcome>;
  close(): Promise<void>;
}

/** A page in full, then the end that TLS asks for. */
export const answerCleanly: Behaviour = (tls) => {
  tls.once("data", () => tls.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"));
};

export async function createSandboxWorld(): Promise<SandboxWorld> {
  const directory = await mkdtemp(join(tmpdir(), "sandbox-world-"));
  const authorities: Record<NonNullable<SiteOptions["authority"]>, SessionCa> = {
    trusted: await createSessionCa(() => Date.now()),
    unknown: await createSessionCa(() => Date.now()),
    expired: await createSessionCa(() => Date.now() - tenDaysMs),
  };
  const siteRootsPem = join(directory, "roots.pem");
  await writeFile(siteRootsPem, authorities.trusted.certificatePem + authorities.expired.certificatePem);
  const ports = new Map<string, number>();
  const asked: string[] = [];
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const listen = async (onSocket: (socket: Socket) => void, path?: string): Promise<number> => {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
      onSocket(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(path === undefined ? { port: 0, host: "127.0.0.1" } : { path }, resolve);
    });
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  };
  const uplink = `127.0.0.1:${String(await listen((socket) => forward(socket, ports, asked)))}`;
  const uplinkSocket = join(directory, "uplink.sock");
  await listen((socket) => forward(socket, ports, asked), uplinkSocket);
  await chmod(directory, 0o755);
  await chmod(uplinkSocket, 0o666);
  let count = 0;
  const world: SandboxWorld = {
    asked,
    uplink,
    uplinkSocket,
    addSite: async (name, options = {}) => {
      const pem = await authorities[options.authority ?? "trusted"].issueLeaf(
        options.certificateName ?? name,
      );
      const secureContext = createSecureContext({ cert: pem, key: pem, ...options.tls });
      ports.set(
        name,
        await listen((raw) => {
          const tls = new TLSSocket(asDuplex(raw), {
            isServer: true,
            secureContext,
            ALPNProtocols: ["http/1.1"],
          });
          tls.on("error", () => raw.destroy());
          (options.behaviour ?? answerCleanly)(tls, raw);
        }),
      );
    },
    start: async (oracle, { files = {}, onMessage, place = directory, ...options } = {}) => {
      const stagePath = join(place, `session-${String(count++)}`);
      const folder = stagedFolder(stagePath);
      for (const [name, text] of Object.entries({ ...files, "oracle.py": oracle })) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
      const messages: ScriptMessage[] = [];
      const clock = (): number => Date.now();
      const given: ScriptOptions = { stagePath, domains: [], uplink, siteRootsPem, user, clock, ...options };
      const run = startScript({ ...given, limits: { wallClockMs, ...options.limits } }, (message) => {
        messages.push(message);
        onMessage?.(message, run);
      });
      return { ...run, messages, stagePath };
    },
    run: async (oracle, options) => {
      const { messages, done, stagePath } = await world.start(oracle, options);
      const end = await done;
      const prints = messages.flatMap((m) => (m.type === "print" ? [m.message] : []));
      return { messages, end, prints, stagePath };
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      await rm(directory, { recursive: true, force: true });
    },
  };
  return world;
}

/** The connection as a plain stream, so that a test can end it beneath TLS. */
function asDuplex(raw: Socket): Duplex {
  const duplex = new Duplex({
    read: () => raw.resume(),
    write: (chunk: Buffer, _encoding, done) => raw.write(chunk, () => done()),
    final: (done) => {
      raw.end();
      done();
    },
  });
  raw.on("data", (chunk: Buffer) => {
    if (!duplex.push(chunk)) raw.pause();
  });
  raw.on("end", () => duplex.push(null));
  return duplex;
}

/** A way out of test: one CONNECT per connection, known names only. */
function forward(socket: Socket, ports: ReadonlyMap<string, number>, asked: string[]): void {
  let head = "";
  const readHead = (chunk: Buffer): void => {
    head += chunk.toString("latin1");
    if (!head.includes("\r\n\r\n")) return;
    socket.off("data", readHead);
    const name = /^CONNECT ([^: ]+):443 HTTP\/1\.1\r\n/.exec(head)?.[1] ?? "";
    asked.push(name);
    const port = ports.get(name);
    if (port === undefined) {
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const site = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(site).pipe(socket);
    });
    site.on("error", () => socket.destroy());
    socket.on("close", () => site.destroy());
  };
  socket.on("data", readHead);
}
