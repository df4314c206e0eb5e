import { createHash, timingSafeEqual } from "node:crypto";

/** A login in two steps: password, then the one-time code that reaches the account's phone. */
export interface LoginDesk {
  /** Checks the password and sends a code; the ticket stands for this half of the login. */
  startLogin(account: string, password: string): string | undefined;
  /** Checks the code, once per ticket; the token is the session cookie's value. */
  finishLogin(ticket: string, code: string): string | undefined;
  /** The account of a session token. */
  accountOf(token: string): string | undefined;
  /** Ends a session. */
  logout(token: string): void;
  /** The newest code sent to an account's phone; the demo shows it on a page of its own. */
  phoneOf(account: string): string | undefined;
}

/** What the desk needs. */
export interface LoginOptions {
  /** Account name to password; an example site, so they are in the clear. */
  readonly passwords: ReadonlyMap<string, string>;
  /** Random bytes. */
  readonly random: (length: number) => Uint8Array;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

function codeOf(bytes: Uint8Array): string {
  return String(Buffer.from(bytes).readUInt32BE() % 1_000_000).padStart(6, "0");
}

/** Opens the desk. */
export function createLoginDesk({ passwords, random }: LoginOptions): LoginDesk {
  const tickets = new Map<string, { readonly account: string; readonly code: string }>();
  const tokens = new Map<string, string>();
  const phones = new Map<string, string>();
  return {
    startLogin(account, password) {
      if (!same(password, passwords.get(account) ?? hex(random(16)))) return undefined;
      const ticket = hex(random(16));
      const code = codeOf(random(4));
      tickets.set(ticket, { account, code });
      phones.set(account, code);
      return ticket;
    },
    finishLogin(ticket, code) {
      const pending = tickets.get(ticket);
      tickets.delete(ticket);
      if (pending === undefined || !same(code, pending.code)) return undefined;
      const token = hex(random(16));
      tokens.set(token, pending.account);
      return token;
    },
    accountOf: (token) => tokens.get(token),
    logout: (token) => void tokens.delete(token),
    phoneOf: (account) => phones.get(account),
  };
}
