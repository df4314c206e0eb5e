import { Readable, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createAnswers } from "../journey/answers.ts";
import { requireResult } from "../journey/result.ts";
import { openTerminal } from "../journey/terminal.ts";

describe("a session's end", () => {
  it("is a step's evidence where it is a result", async () => {
    expect(await requireResult("result", () => Promise.reject(new Error("not read")))).toBe(
      "a signed result",
    );
  });

  it("fails the step with the text that the person sees where it is none", async () => {
    const failed = requireResult("ended", () => Promise.resolve("LookupError: no payment"));
    await expect(failed).rejects.toMatchObject({
      code: "DEMO_STEP_FAILED",
      action: "stop",
      expected: "a signed result",
      actual: "LookupError: no payment",
    });
  });
});

describe("the terminal", () => {
  const prompts: string[] = [];
  const output = new Writable({
    write(chunk, _, done) {
      prompts.push(String(chunk));
      done();
    },
  });

  it("takes one line an answer, also from a pipe that holds them beforehand", async () => {
    const terminal = openTerminal(Readable.from(["first\nsec", "ond\n"]), output);
    expect(await terminal.ask("One?")).toBe("first");
    expect(await terminal.ask("Two?")).toBe("second");
    expect(prompts).toEqual(["? One?\n", "? Two?\n"]);
    terminal.close();
  });

  it("says which question had no line left", async () => {
    const terminal = openTerminal(Readable.from(["only\n"]), output);
    await terminal.ask("One?");
    await expect(terminal.ask("Two?")).rejects.toMatchObject({
      code: "DEMO_ANSWER_MISSING",
      action: "fix-code",
      actual: "Two?",
    });
  });
});

describe("what the headless person types", () => {
  const login = { account: "me", password: "secret" };
  let code: string | undefined = "123456";
  const answer = createAnswers(
    { login, desk: { phoneOf: () => code } },
    { payee: "seller", cents: 2_500, salt: "0x05" },
  );

  it.each([
    ["The seller's FiatPay account, as the offer says:", "seller"],
    ["The price in cents, as the offer says:", "2500"],
    ["The offer's salt (64 hex digits):", "0x05"],
    ["Your FiatPay account:", "me"],
    ["Your FiatPay password:", "secret"],
    ["The one-time code that FiatPay sent to your phone:", "123456"],
    ["Your mother's name?", ""],
  ])("%s", (prompt, text) => {
    expect(answer(prompt)).toBe(text);
  });

  it("asks the phone at each question, for the newest code", () => {
    code = "654321";
    expect(answer("one-time code")).toBe("654321");
    code = undefined;
    expect(answer("one-time code")).toBe("");
  });
});
