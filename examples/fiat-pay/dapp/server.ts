import { readdir, readFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import typescript from "typescript";

const here = fileURLToPath(new URL(".", import.meta.url));

/** What the page needs to know; public, all of it. */
export interface DappConfig {
  readonly chainId: number;
  readonly contract: string;
  readonly token: string;
  /** The contract's function, in Solidity form. */
  readonly function: string;
  /** The offer the page sells; null where the page runs another script than the example's. */
  readonly offer: {
    readonly payee: string;
    readonly cents: number;
    readonly salt: string;
    readonly offerId: string;
    readonly tokens: string;
  } | null;
}

/** Everything the server serves. */
export interface DappOptions {
  /** Asked at each load of the page. */
  readonly config: () => DappConfig;
  /** The oracle folder that the page hands to the extension. */
  readonly oracleFolder: string;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".ts": "text/javascript",
};

/** Creates the page's web server. Not yet listening. */
export function createDappServer({ config, oracleFolder }: DappOptions): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    void route(decodeURIComponent(pathname), { config, oracleFolder }, response).catch(() => {
      response.writeHead(404).end();
    });
  });
}

async function route(path: string, options: DappOptions, response: ServerResponse): Promise<void> {
  if (path === "/config.json") {
    json(response, { ...options.config(), files: await listFiles(options.oracleFolder) });
  } else if (path.startsWith("/oracle/")) {
    response.end(await readFile(inside(options.oracleFolder, path.slice("/oracle/".length))));
  } else {
    await sendPage(path === "/" ? "index.html" : path.slice(1), response);
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/** A path inside `folder`; whatever leads out of it is answered as not found. */
function inside(folder: string, path: string): string {
  const full = join(folder, path);
  if (!full.startsWith(folder.endsWith(sep) ? folder : folder + sep)) throw new Error("not found");
  return full;
}

async function sendPage(name: string, response: ServerResponse): Promise<void> {
  const type = types[extname(name)];
  if (type === undefined || name === "server.ts") throw new Error("not found");
  const text = await readFile(inside(here, name), "utf8");
  response
    .writeHead(200, { "content-type": type, "cache-control": "no-store" })
    .end(name.endsWith(".ts") ? scriptOf(text) : text);
}

/** The page's TypeScript as the browser takes it. */
function scriptOf(source: string): string {
  const { ModuleKind, ScriptTarget } = typescript;
  const compilerOptions = { target: ScriptTarget.ES2022, module: ModuleKind.ESNext };
  return typescript.transpileModule(source, { compilerOptions }).outputText;
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name).slice(folder.length).replaceAll(sep, "/").replace(/^\//, ""),
    );
}
