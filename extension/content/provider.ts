import type { PageError } from "#messages/page.ts";
import { lostWorker, malformedCall, opaqueOrigin, type BridgeNews, type PageCall } from "./envelope.ts";

/** What a page passes to `request`. */
export interface ProviderRequest {
  readonly method: string;
  readonly params?: unknown;
}
type Listener = (payload: unknown) => void;

/** `window.openContracts`, in the form of EIP-1193. */
export interface OpenContractsProvider {
  request(request: ProviderRequest): Promise<unknown>;
  on(event: string, listener: Listener): OpenContractsProvider;
  removeListener(event: string, listener: Listener): OpenContractsProvider;
}

/** The way to the bridge, so that tests can stand in for the window. */
export interface BridgeLink {
  /** True where the page's origin is opaque. */
  readonly isOpaque: boolean;
  /** May throw where `call` holds what cannot be cloned. */
  send(call: PageCall): void;
  listen(take: (news: BridgeNews) => void): void;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

function providerError(error: PageError): Error {
  return Object.assign(new Error(error.message), { code: error.code, data: error.data });
}

/** Makes the provider over `link`: frozen, with its state out of the page's reach. */
export function createProvider(link: BridgeLink): OpenContractsProvider {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, Set<Listener>>();
  let lastId = 0;
  link.listen((news) => {
    takeNews(news, waiting, listeners);
  });
  const provider: OpenContractsProvider = {
    request(request) {
      return new Promise((resolve, reject) => {
        if (link.isOpaque) throw providerError(opaqueOrigin);
        const call = encodeCall(++lastId, request);
        waiting.set(call.id, { resolve, reject });
        try {
          link.send(call);
        } catch {
          waiting.delete(call.id);
          throw providerError(malformedCall);
        }
      });
    },
    on(event, listener) {
      const known = listeners.get(event) ?? new Set();
      listeners.set(event, known.add(listener));
      return provider;
    },
    removeListener(event, listener) {
      listeners.get(event)?.delete(listener);
      return provider;
    },
  };
  return Object.freeze(provider);
}

function takeNews(
  news: BridgeNews,
  waiting: Map<number, Waiting>,
  listeners: ReadonlyMap<string, ReadonlySet<Listener>>,
): void {
  if (news.openContracts === "session") emit(listeners, "session", news.session);
  else if (news.openContracts === "disconnect") {
    for (const { reject } of waiting.values()) reject(providerError(lostWorker));
    waiting.clear();
    emit(listeners, "disconnect", providerError(lostWorker));
  } else {
    const settle = waiting.get(news.id);
    waiting.delete(news.id);
    if (news.openContracts === "result") settle?.resolve(news.result);
    else settle?.reject(providerError(news.error));
  }
}

function emit(listeners: ReadonlyMap<string, ReadonlySet<Listener>>, event: string, payload: unknown): void {
  for (const listener of listeners.get(event) ?? []) {
    // A listener that throws must not keep the others from hearing.
    queueMicrotask(() => {
      listener(payload);
    });
  }
}

function encodeCall(id: number, request: unknown): PageCall {
  if (!isObject(request) || typeof request.method !== "string") throw providerError(malformedCall);
  const { method, params } = request;
  if (method !== "oc_run" || !isObject(params)) {
    return { openContracts: "call", id, method, params, contents: [] };
  }
  const { files, contents } = splitFiles(params.files);
  return { openContracts: "call", id, method, params: { ...decimalAmounts(params), files }, contents };
}

/** Takes the bytes out of `files`; what else stands in an entry goes on, for the worker to refuse. */
function splitFiles(files: unknown): { files: unknown[]; contents: Uint8Array[] } {
  if (!Array.isArray(files)) throw providerError(malformedCall);
  const contents: Uint8Array[] = [];
  const described = files.map((file: unknown) => {
    if (!isObject(file) || !(file.bytes instanceof Uint8Array)) throw providerError(malformedCall);
    const { bytes, ...rest } = file;
    contents.push(bytes);
    return { ...rest, size: bytes.length };
  });
  return { files: described, contents };
}

/** Amounts may be bigints for a page's comfort; on the way they are decimal text. */
function decimalAmounts(params: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, typeof value === "bigint" ? value.toString() : value]),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
