import browser from "webextension-polyfill";
import type { UiMessage, UiName, UiParams, UiPush, UiReply } from "#messages/ui.ts";
import type { ErrorView } from "#messages/view.ts";

/** Longest silence of an open window towards the worker, ms: the browser stops a worker after 30 s of it. */
const keepaliveMs = 20_000;

/** How long a page of ours waits before it asks a new worker, ms. */
const reconnectMs = 200;

/** The worker's refusal, ready to be shown. */
export class Refusal extends Error {
  readonly view: ErrorView;

  constructor(view: ErrorView) {
    super(view.code);
    this.name = "Refusal";
    this.view = view;
  }
}

interface Waiting {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The worker as a page of ours sees it. */
export interface WorkerLink {
  /** @throws Refusal */
  ask<Name extends UiName>(name: Name, params: UiParams<Name>): Promise<UiReply<Name>>;
  /** Calls `take` whenever views may have changed; returns how to stop. */
  onChanged(take: () => void): () => void;
}

const lost: ErrorView = {
  code: "PAGE_DISCONNECTED",
  action: "retry",
  sentence: "Open Contracts was restarted. Look here again in a moment.",
};

/** Opens a Port to the worker, and another one whenever the worker was restarted. */
export function createWorkerLink(): WorkerLink {
  const waiting = new Map<number, Waiting>();
  const watchers = new Set<() => void>();
  let lastId = 0;
  let port: browser.Runtime.Port | undefined;
  const tell = (): void => watchers.forEach((watcher) => watcher());
  const connect = (): browser.Runtime.Port => {
    const opened = browser.runtime.connect({ name: "open-contracts/ui" });
    opened.onMessage.addListener((message: unknown) => {
      takePush(message as UiPush, waiting, tell);
    });
    opened.onDisconnect.addListener(() => {
      port = undefined;
      rejectAll(waiting);
      setTimeout(tell, reconnectMs);
    });
    return opened;
  };
  const send = (message: UiMessage): void => {
    port ??= connect();
    port.postMessage(message);
  };
  setInterval(() => {
    send({ type: "ping" });
  }, keepaliveMs);
  const ask: WorkerLink["ask"] = (name, params) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      // The worker answers each name with its own reply type; both are built from one table.
      waiting.set(id, { resolve: resolve as (reply: unknown) => void, reject });
      send({ type: "request", id, name, params });
    });
  return {
    ask,
    onChanged(take) {
      watchers.add(take);
      return () => watchers.delete(take);
    },
  };
}

function rejectAll(waiting: Map<number, Waiting>): void {
  for (const { reject } of waiting.values()) reject(new Refusal(lost));
  waiting.clear();
}

function takePush(push: UiPush, waiting: Map<number, Waiting>, tell: () => void): void {
  if (push.type === "changed") {
    tell();
    return;
  }
  const settle = waiting.get(push.id);
  waiting.delete(push.id);
  if (push.type === "reply") settle?.resolve(push.reply);
  else settle?.reject(new Refusal(push.error));
}
