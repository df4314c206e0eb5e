import type { z } from "zod";
import { UsageError } from "#protocol/errors.ts";
import { pageMessageSchema, type PageReply } from "#messages/page.ts";
import { uiMessageSchema, type UiPush } from "#messages/ui.ts";
import { toErrorView, toPageError } from "./errorView.ts";
import { dispatch, type Routes } from "./router.ts";
import type { PortSender } from "./sender.ts";
import { createUpload, type Upload } from "./upload.ts";

/** A Port as the browser gives it, from anyone. */
export interface RawPort {
  readonly sender: unknown;
  post(message: unknown): void;
  onMessage(take: (message: unknown) => void): void;
  onDisconnect(take: () => void): void;
  close(): void;
}

type PagePortSender = Extract<PortSender, { from: "page" }>;

/** Every Port to this worker; each message is parsed before anything is done with it. */
export class Ports {
  readonly #pages = new Map<RawPort, PagePortSender>();
  readonly #ui = new Set<RawPort>();
  readonly #routes: Routes;
  readonly #chains: readonly number[];

  constructor(routes: Routes, chains: readonly number[]) {
    this.#routes = routes;
    this.#chains = chains;
  }

  /** Takes a Port whose sender was identified. Messages are taken at once, requests run once `ready` is. */
  accept(port: RawPort, sender: PortSender, ready: Promise<unknown>): void {
    if (sender.from === "ui") this.#acceptUi(port, ready);
    else this.#acceptPage(port, sender, ready);
  }

  /** Posts to the pages of one origin. */
  tellPages(origin: string, reply: PageReply): void {
    for (const [port, sender] of this.#pages) if (sender.origin === origin) port.post(reply);
  }

  /** Posts to every page of ours. */
  tellUi(push: UiPush): void {
    for (const port of this.#ui) port.post(push);
  }

  #acceptUi(port: RawPort, ready: Promise<unknown>): void {
    this.#ui.add(port);
    port.onDisconnect(() => this.#ui.delete(port));
    port.onMessage((raw) => {
      const message = parseOrClose(uiMessageSchema, raw, port);
      if (message?.type !== "request") return;
      const { id, name, params } = message;
      void answer(
        ready.then(() => dispatch(this.#routes, { name, params }, { from: "ui" })),
        {
          resolve: (reply) => this.#postUi(port, { type: "reply", id, reply: reply ?? null }),
          reject: (error) => this.#postUi(port, { type: "refusal", id, error: toErrorView(error) }),
        },
      );
    });
  }

  #acceptPage(port: RawPort, sender: PagePortSender, ready: Promise<unknown>): void {
    const uploads = new Map<number, Upload>();
    this.#pages.set(port, sender);
    port.onDisconnect(() => this.#pages.delete(port));
    port.onMessage((raw) => {
      const message = parseOrClose(pageMessageSchema, raw, port);
      if (message === undefined) return;
      const { id } = message;
      if (message.type === "chunk") {
        uploads.get(id)?.take(message.index, bytesFromBase64(message.bytes));
        return;
      }
      const upload = createUpload();
      uploads.set(id, upload);
      const { method: name, params } = message;
      void answer(
        ready.then(() => dispatch(this.#routes, { name, params }, { ...sender, upload })),
        {
          resolve: (result) => this.#postPage(port, { type: "result", id, result }),
          reject: (error) => {
            this.#postPage(port, {
              type: "error",
              id,
              error: toPageError(error, { phase: null, chains: this.#chains }),
            });
          },
        },
      ).finally(() => uploads.delete(id));
    });
  }

  #postUi(port: RawPort, push: UiPush): void {
    if (this.#ui.has(port)) port.post(push);
  }

  #postPage(port: RawPort, reply: PageReply): void {
    if (this.#pages.has(port)) port.post(reply);
  }
}

/** A message that breaks its schema ends the Port: no honest page of this version sends one. */
function parseOrClose<S extends z.ZodType>(schema: S, raw: unknown, port: RawPort): z.output<S> | undefined {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  port.close();
  return undefined;
}

async function answer(
  work: Promise<unknown>,
  { resolve, reject }: { resolve: (result: unknown) => void; reject: (error: unknown) => void },
): Promise<void> {
  let result: unknown;
  try {
    result = await work;
  } catch (error) {
    reject(error);
    return;
  }
  resolve(result);
}

/** Bytes of base64 text that a schema has passed. */
function bytesFromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Refuses a Port from anyone else. */
export function refusePort(port: RawPort, error: unknown): void {
  if (!(error instanceof UsageError)) throw error;
  port.close();
}
