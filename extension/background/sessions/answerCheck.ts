import { english, privateKeyToAddress } from "viem/accounts";
import type { Address } from "#protocol/bytes.ts";
import { DeniedError } from "#protocol/errors.ts";

/** The shortest recovery phrase there is, words (BIP-39). */
const minPhraseWords = 12;
const words = new Set(english);
const rawKey = /^(?:0x)?([0-9a-fA-F]{64})$/;
/** Private keys in base58: WIF, and extended keys of BIP-32 and its kin. */
const encodedKey = /^(?:[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}|[xyztuv]prv[1-9A-HJ-NP-Za-km-z]{100,112})$/;
const keyWords = /\b(?:private|secret|recovery|seed)\s+(?:key|phrase|words?)\b|\bmnemonic\b/i;

/** What an answer is held against. */
export interface AnswerContext {
  /** The question, as the script wrote it. */
  readonly question: string;
  readonly isSecret: boolean;
  /** Accounts known to be this person's. */
  readonly accounts: readonly Address[];
}

/**
 * Keeps a wallet's keys from scripts: no script needs one, whatever it says. 64 hex digits may also be an honest
 * value, such as the salt of an offer; they count as a key where the answer is masked, where the question speaks of
 * keys, and where they are the key of an account known here.
 * @throws DeniedError ANSWER_LOOKS_LIKE_KEY
 */
export function checkAnswer(answer: string, context: AnswerContext): void {
  const text = answer.trim();
  if (holdsPhrase(text) || encodedKey.test(text) || isRawKey(text, context)) {
    throw new DeniedError("ANSWER_LOOKS_LIKE_KEY");
  }
}

/** True where twelve words in a row all stand in the word list, however they are separated. */
function holdsPhrase(text: string): boolean {
  let inRow = 0;
  for (const word of text.toLowerCase().split(/[^a-z]+/)) {
    if (word === "") continue;
    inRow = words.has(word) ? inRow + 1 : 0;
    if (inRow >= minPhraseWords) return true;
  }
  return false;
}

function isRawKey(text: string, { question, isSecret, accounts }: AnswerContext): boolean {
  const digits = rawKey.exec(text)?.[1];
  if (digits === undefined) return false;
  return isSecret || keyWords.test(question) || ownsOneOf(digits, accounts);
}

function ownsOneOf(digits: string, accounts: readonly Address[]): boolean {
  try {
    const address = privateKeyToAddress(`0x${digits}`).toLowerCase();
    return accounts.some((account) => account.toLowerCase() === address);
  } catch {
    // Not a number that can be a key.
    return false;
  }
}
