import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Ledger } from "./ledger.ts";
import type { LoginDesk } from "./login.ts";
import { accountPage, codePage, loginPage, phonePage } from "./pages.ts";

/** What the site is made of. */
export interface SiteOptions {
  /** PEM of the site's certificate and key. */
  readonly tls: { readonly cert: string; readonly key: string };
  readonly desk: LoginDesk;
  readonly ledger: Ledger;
}

type Handler = (request: SiteRequest, response: ServerResponse) => void;

interface SiteRequest {
  readonly form: URLSearchParams;
  readonly query: URLSearchParams;
  readonly cookies: ReadonlyMap<string, string>;
}

const maxFormBytes = 16_384;

/** Creates the FiatPay site: login, one-time code, session cookie, account page, payments. Not yet listening. */
export function createFiatPaySite({ tls, desk, ledger }: SiteOptions): Server {
  const routes = createRoutes(desk, ledger);
  return createServer(tls, (request, response) => {
    void answer(routes, request, response);
  });
}

async function answer(
  routes: ReadonlyMap<string, Handler>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "https://fiatpay.example");
  const handler = routes.get(`${request.method ?? ""} ${url.pathname}`);
  const form = await readForm(request);
  if (handler === undefined || form === undefined) {
    response.writeHead(handler === undefined ? 404 : 413).end();
    return;
  }
  handler({ form, query: url.searchParams, cookies: parseCookies(request.headers.cookie ?? "") }, response);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > maxFormBytes) return undefined;
  }
  return new URLSearchParams(text);
}

function parseCookies(header: string): ReadonlyMap<string, string> {
  return new Map(
    header.split("; ").map((pair): [string, string] => {
      const [name = "", value = ""] = pair.split("=");
      return [name, value];
    }),
  );
}

const send = (response: ServerResponse, html: string, status = 200): void => {
  response
    .writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" })
    .end(html);
};
const redirect = (response: ServerResponse, location: string, cookie?: string): void => {
  response.writeHead(303, { location, ...(cookie === undefined ? {} : { "set-cookie": cookie }) }).end();
};
const cookie = (name: string, value: string): string =>
  `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax`;

function createRoutes(desk: LoginDesk, ledger: Ledger): ReadonlyMap<string, Handler> {
  const show =
    (html: () => string): Handler =>
    (_, response) => {
      send(response, html());
    };
  return new Map<string, Handler>([
    ["GET /", show(() => loginPage())],
    ["GET /code", show(codePage)],
    ["GET /phone", showPhone(desk)],
    ["POST /login", login(desk)],
    ["POST /code", enterCode(desk)],
    ["GET /account", withAccount(desk, showAccount(ledger))],
    ["POST /pay", withAccount(desk, pay(ledger))],
    ["POST /logout", logout(desk)],
  ]);
}

type AccountHandler = (account: string, request: SiteRequest, response: ServerResponse) => void;

/** Sends whoever is not logged in to the login. */
function withAccount(desk: LoginDesk, handler: AccountHandler): Handler {
  return (request, response) => {
    const account = desk.accountOf(request.cookies.get("session") ?? "");
    if (account === undefined) redirect(response, "/");
    else handler(account, request, response);
  };
}

function showPhone(desk: LoginDesk): Handler {
  return ({ query }, response) => {
    const account = query.get("account") ?? "";
    send(response, phonePage(account, desk.phoneOf(account)));
  };
}

function showAccount(ledger: Ledger): AccountHandler {
  return (account, _, response) => {
    send(response, accountPage(account, ledger.paymentsOf(account)));
  };
}

function login(desk: LoginDesk): Handler {
  return ({ form }, response) => {
    const ticket = desk.startLogin(form.get("account") ?? "", form.get("password") ?? "");
    if (ticket === undefined) send(response, loginPage("Wrong account or password."), 401);
    else redirect(response, "/code", cookie("ticket", ticket));
  };
}

function enterCode(desk: LoginDesk): Handler {
  return ({ form, cookies }, response) => {
    const token = desk.finishLogin(cookies.get("ticket") ?? "", form.get("code") ?? "");
    if (token === undefined) send(response, loginPage("Wrong code. Start again."), 401);
    else redirect(response, "/account", cookie("session", token));
  };
}

function pay(ledger: Ledger): AccountHandler {
  return (from, { form }, response) => {
    const cents = Number(form.get("cents"));
    const to = form.get("to") ?? "";
    if (to === "" || !Number.isSafeInteger(cents) || cents <= 0) {
      send(response, accountPage(from, ledger.paymentsOf(from)), 400);
      return;
    }
    ledger.pay({ from, to, cents, message: form.get("message") ?? "" });
    redirect(response, "/account");
  };
}

function logout(desk: LoginDesk): Handler {
  return ({ cookies }, response) => {
    desk.logout(cookies.get("session") ?? "");
    redirect(response, "/");
  };
}
