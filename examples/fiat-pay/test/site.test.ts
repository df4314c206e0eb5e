import { describe, expect, it } from "vitest";
import { createLedger } from "../site/ledger.ts";
import { createLoginDesk } from "../site/login.ts";
import { accountPage, escapeHtml } from "../site/pages.ts";

const random = (() => {
  let next = 0;
  return (length: number) => new Uint8Array(length).fill(++next);
})();
const passwords = new Map([["buyer", "right"]]);

describe("the login desk", () => {
  it("wants the password and the code of the phone", () => {
    const desk = createLoginDesk({ passwords, random });
    const ticket = desk.startLogin("buyer", "right") ?? "";
    const token = desk.finishLogin(ticket, desk.phoneOf("buyer") ?? "") ?? "";
    expect(desk.accountOf(token)).toBe("buyer");
    desk.logout(token);
    expect(desk.accountOf(token)).toBeUndefined();
  });

  it("refuses a wrong password, an unknown account and a wrong code", () => {
    const desk = createLoginDesk({ passwords, random });
    expect(desk.startLogin("buyer", "wrong")).toBeUndefined();
    expect(desk.startLogin("nobody", "right")).toBeUndefined();
    expect(desk.finishLogin(desk.startLogin("buyer", "right") ?? "", "x")).toBeUndefined();
  });

  it("takes one code per ticket", () => {
    const desk = createLoginDesk({ passwords, random });
    const ticket = desk.startLogin("buyer", "right") ?? "";
    expect(desk.finishLogin(ticket, "wrong")).toBeUndefined();
    expect(desk.finishLogin(ticket, desk.phoneOf("buyer") ?? "")).toBeUndefined();
  });
});

describe("the account page", () => {
  it("lists payments with ids, newest first", () => {
    const ledger = createLedger(() => Date.UTC(2026, 0, 2));
    ledger.pay({ from: "buyer", to: "seller", cents: 1, message: "first" });
    ledger.pay({ from: "other", to: "seller", cents: 2, message: "not mine" });
    ledger.pay({ from: "seller", to: "buyer", cents: 3, message: "third" });
    expect(ledger.paymentsOf("buyer").map(({ id }) => id)).toEqual(["FP-2026-000003", "FP-2026-000001"]);
    expect(accountPage("buyer", ledger.paymentsOf("buyer"))).toContain('data-id="FP-2026-000001"');
  });

  it("lets no message write HTML", () => {
    const ledger = createLedger(() => 0);
    ledger.pay({ from: "buyer", to: "seller", cents: 1, message: '"><script>' });
    expect(accountPage("buyer", ledger.paymentsOf("buyer"))).not.toContain("<script>");
    expect(escapeHtml(`<&>"'`)).toBe("&lt;&amp;&gt;&quot;&#39;");
  });
});
