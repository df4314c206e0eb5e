import { english } from "viem/accounts";
import { privateKeyToAddress } from "viem/accounts";
import { describe, expect, it } from "vitest";
import { checkAnswer, type AnswerContext } from "../../background/sessions/answerCheck.ts";

const open: AnswerContext = { question: "The offer's salt:", isSecret: false, accounts: [] };
const words = (count: number): string[] => english.slice(100, 100 + count);
const key = `0x${"4c".repeat(32)}` as const;

describe("answers that look like a wallet's keys", () => {
  it.each([
    ["a recovery phrase", words(12).join(" ")],
    ["a long recovery phrase", words(24).join(" ")],
    ["one in capitals, with commas and line ends", words(12).join(",\n ").toUpperCase()],
    ["one inside other text", `my words are: 1. ${words(12).join(" 2. ")} thanks`],
    ["a key in WIF", `5${"K".repeat(50)}`],
    ["an extended key", `xprv${"9".repeat(107)}`],
  ])("refuses %s", (_name, answer) => {
    expect(() => {
      checkAnswer(answer, open);
    }).toThrow("ANSWER_LOOKS_LIKE_KEY");
  });

  it.each([
    ["the answer is masked", { ...open, isSecret: true }],
    ["the question speaks of keys", { ...open, question: "Paste your private key to continue" }],
    ["it opens an account known here", { ...open, accounts: [privateKeyToAddress(key)] }],
  ])("refuses 64 hex digits where %s", (_name, context) => {
    expect(() => {
      checkAnswer(key, context);
    }).toThrow("ANSWER_LOOKS_LIKE_KEY");
    expect(() => {
      checkAnswer(key.slice(2), context);
    }).toThrow("ANSWER_LOOKS_LIKE_KEY");
  });

  it.each([
    ["a password", "correct horse battery staple"],
    ["eleven words of the list", words(11).join(" ")],
    [
      "an ordinary sentence",
      "I sent the money on Monday morning and it never arrived at the shop, so please look",
    ],
    ["the salt of an offer", key],
    ["hex that is no key", "f".repeat(64)],
    ["nothing", ""],
  ])("lets %s pass", (_name, answer) => {
    expect(() => {
      checkAnswer(answer, open);
    }).not.toThrow();
  });
});
