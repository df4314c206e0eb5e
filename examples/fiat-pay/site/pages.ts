import type { Payment } from "./ledger.ts";

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1c2733}
header{font-weight:700;color:#0b6e4f;margin-bottom:2rem}label{display:block;margin:.75rem 0}
input{font:inherit;padding:.4rem;border:1px solid #8795a3;border-radius:4px;display:block;width:20rem;max-width:100%}
button{font:inherit;padding:.5rem 1rem;border:0;border-radius:4px;background:#0b6e4f;color:#fff}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem;border-bottom:1px solid #d5dce2;overflow-wrap:anywhere}`;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text made safe for HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? "");
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title} · FiatPay</title><style>${style}</style></head><body><header>FiatPay</header><main><h1>${title}</h1>${body}</main></body></html>`;
}

const notice = (text?: string): string =>
  text === undefined ? "" : `<p role="alert">${escapeHtml(text)}</p>`;

/** First step of the login. */
export function loginPage(problem?: string): string {
  return page(
    "Log in",
    `${notice(problem)}<form method="post" action="/login"><label>Account<input name="account" autocomplete="username"></label>
<label>Password<input name="password" type="password" autocomplete="current-password"></label><button>Continue</button></form>`,
  );
}

/** Second step of the login. */
export function codePage(): string {
  return page(
    "One-time code",
    `<p>We sent a code to your phone.</p><form method="post" action="/code"><label>Code<input name="code" inputmode="numeric" autocomplete="one-time-code"></label><button>Log in</button></form>`,
  );
}

/** The phone that receives codes: in this example it is a page. */
export function phonePage(account: string, code?: string): string {
  const text = code === undefined ? "No code yet." : `Your FiatPay code is <strong>${code}</strong>.`;
  return page("Phone", `<p>${escapeHtml(account)}: ${text}</p>`);
}

function row(account: string, payment: Payment): string {
  const sent = payment.from === account;
  const amount = `${sent ? "-" : "+"}${(payment.cents / 100).toFixed(2)}`;
  const other = escapeHtml(sent ? payment.to : payment.from);
  const cells = [
    payment.id,
    new Date(payment.atMs).toISOString(),
    other,
    amount,
    escapeHtml(payment.message),
  ];
  const kind = sent ? "sent" : "received";
  return `<tr class="payment" data-kind="${kind}" data-id="${payment.id}" data-other="${other}" data-cents="${String(payment.cents)}" data-message="${escapeHtml(payment.message)}">${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

/** The account page: who is logged in, a form to pay, every payment with its id. */
export function accountPage(account: string, payments: readonly Payment[]): string {
  return page(
    `Account of ${escapeHtml(account)}`,
    `<form method="post" action="/pay"><h2>Pay</h2><label>To<input name="to"></label><label>Amount in cents<input name="cents" inputmode="numeric"></label><label>Message<input name="message"></label><button>Pay</button></form>
<h2>Payments</h2><table><thead><tr><th>Id</th><th>Time</th><th>Other side</th><th>Amount</th><th>Message</th></tr></thead><tbody>${payments.map((payment) => row(account, payment)).join("")}</tbody></table>
<form method="post" action="/logout"><p><button>Log out</button></p></form>`,
  );
}
