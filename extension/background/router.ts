import type { z } from "zod";
import { UsageError } from "#protocol/errors.ts";
import type { PageSender, Sender, UiSender } from "./sender.ts";

/** One row of the table: who may send it, and what becomes of its parameters. */
export interface Route {
  readonly from: Sender["from"];
  run(params: unknown, sender: Sender): Promise<unknown>;
}
/** Every request the worker answers, by name. */
export type Routes = Readonly<Record<string, Route>>;

/** A request of web pages. */
export function pageRoute<S extends z.ZodType>(
  schema: S,
  handle: (params: z.output<S>, sender: PageSender) => Promise<unknown>,
): Route {
  return {
    from: "page",
    run: async (params, sender) => handle(parse(schema, params), requireFrom(sender, "page")),
  };
}

/** A request of the extension's own pages. */
export function uiRoute<S extends z.ZodType>(
  schema: S,
  handle: (params: z.output<S>, sender: UiSender) => Promise<unknown>,
): Route {
  return {
    from: "ui",
    run: async (params, sender) => handle(parse(schema, params), requireFrom(sender, "ui")),
  };
}

/**
 * Finds the route, holds it against the sender, parses and runs it.
 * @throws UsageError REQUEST_METHOD_UNKNOWN, SENDER_REFUSED, REQUEST_INVALID, and what the handler throws
 */
export async function dispatch(
  routes: Routes,
  request: { readonly name: string; readonly params: unknown },
  sender: Sender,
): Promise<unknown> {
  const route = Object.hasOwn(routes, request.name) ? routes[request.name] : undefined;
  if (route === undefined) throw new UsageError("REQUEST_METHOD_UNKNOWN", { actual: request.name });
  if (route.from !== sender.from) throw new UsageError("SENDER_REFUSED");
  return route.run(request.params, sender);
}

function parse<S extends z.ZodType>(schema: S, params: unknown): z.output<S> {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UsageError("REQUEST_INVALID", {
    expected: `${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim(),
  });
}

function requireFrom<From extends Sender["from"]>(
  sender: Sender,
  from: From,
): Extract<Sender, { from: From }> {
  if (sender.from !== from) throw new UsageError("SENDER_REFUSED");
  return sender as Extract<Sender, { from: From }>;
}
