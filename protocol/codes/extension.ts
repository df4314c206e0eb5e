import type { CodeEntry } from "./entry.ts";

/** The extension: page requests, consent, wallet, storage. */
export const extensionCodes = {
  REQUEST_INVALID: {
    action: "fix-code",
    sentence: "The request does not have the form that window.openContracts documents.",
  },
  REQUEST_METHOD_UNKNOWN: {
    action: "fix-code",
    sentence: "window.openContracts has no such method. oc_getInfo lists those it has.",
  },
  REQUEST_FUNCTION_INVALID: {
    action: "fix-code",
    sentence:
      "The function must be written with its argument types and names, for example buy(bytes32 offerId, string paymentId).",
  },
  REQUEST_TOO_MANY: {
    action: "retry",
    sentence: "This page has too many open requests. Finish or cancel one of them first.",
  },
  SENDER_REFUSED: {
    action: "fix-code",
    sentence:
      "This request may not come from there. Only top-level web pages and Open Contracts itself may ask.",
  },
  PAGE_DISCONNECTED: {
    action: "retry",
    sentence: "Open Contracts was restarted. Ask for the session again; reload the page if this stays.",
  },
  PAGE_OPAQUE_ORIGIN: {
    action: "fix-code",
    sentence:
      "This page is sandboxed and has no origin that a person could be shown. Open it without a sandbox.",
  },
  UPLOAD_MALFORMED: {
    action: "fix-code",
    sentence: "The files that arrived are not the ones that the request announced.",
  },
  UPLOAD_TIMEOUT: {
    action: "retry",
    sentence: "The files did not arrive in time. Ask again.",
  },
  SESSION_UNKNOWN: {
    action: "fix-code",
    sentence: "There is no such session, or it belongs to another page.",
  },
  SESSION_WORKER_RESTARTED: {
    action: "retry",
    sentence:
      "The browser stopped Open Contracts while the session ran. Its keys are gone and nothing was submitted; run it again.",
  },
  APPROVAL_UNKNOWN: {
    action: "ask-user",
    sentence: "This approval is no longer open. Ask the page to start again.",
  },
  APPROVAL_EXPIRED: {
    action: "ask-user",
    sentence: "The request waited too long for an answer and was refused. Ask the page to start again.",
  },
  ACCOUNT_UNCONFIRMED: {
    action: "ask-user",
    sentence: "No account was confirmed for this request. Choose the account that will own the result.",
  },
  ACCOUNT_NOT_REPORTED: {
    action: "ask-user",
    sentence: "Your wallet did not name this account. Choose one that it did.",
  },
  ANSWER_NOT_ASKED: {
    action: "ask-user",
    sentence: "This question is not open any more. Nothing was sent.",
  },
  ANSWER_LOOKS_LIKE_KEY: {
    action: "ask-user",
    sentence:
      "This looks like a wallet's recovery phrase or private key. No script ever needs it, and it was not sent.",
  },
  SECRET_PROMPT_REFUSED: {
    action: "stop",
    sentence:
      "The script asked for a secret although it may open any site. That is not allowed, and the session was ended.",
  },
  SOCKET_FAILED: {
    action: "retry",
    sentence: "The connection to the enclave's host could not be made or broke. Try again.",
  },
  SOCKET_OVERFLOW: {
    action: "retry",
    sentence: "The enclave's host sent more than could be read. The connection was closed; try again.",
  },
  STORAGE_FAILED: {
    action: "retry",
    sentence:
      "The browser could not store the signed result. Free some disk space and keep this window open.",
  },
  RECEIPT_NOT_READY: {
    action: "retry",
    sentence: "This session has no confirmed transaction yet. Wait for its phase to be confirmed.",
  },
  WALLET_PAGE_GONE: {
    action: "ask-user",
    sentence: "The page that asked for this is closed. Open it again to use your wallet there.",
  },
  WALLET_MISSING: {
    action: "ask-user",
    sentence: "No wallet was found in the page. Install one, or switch it on, and reload the page.",
  },
  WALLET_LOCKED: {
    action: "ask-user",
    sentence: "Your wallet is locked or not connected to this page. Unlock it and connect.",
  },
  WALLET_OTHER_ACCOUNT: {
    action: "ask-user",
    sentence:
      "Your wallet does not offer the account that owns this result. Choose that account in the wallet.",
  },
  WALLET_WRONG_CHAIN: {
    action: "ask-user",
    sentence: "Your wallet is on another chain than this result is for. Switch it.",
  },
  WALLET_REJECTED: {
    action: "ask-user",
    sentence: "You rejected this in your wallet. Nothing was sent; the result is kept.",
  },
  WALLET_NO_ANSWER: {
    action: "retry",
    sentence: "Your wallet did not answer. Look whether its window is open behind this one, and try again.",
  },
  WALLET_FAILED: {
    action: "retry",
    sentence: "Your wallet reported an error. Nothing is known to have been sent; the result is kept.",
  },
  WALLET_TRANSACTION_UNKNOWN: {
    action: "retry",
    sentence:
      "The chain does not know the transaction that your wallet named. The result is kept; check your wallet's history before you submit again.",
  },
  OPN_MISSING: {
    action: "ask-user",
    sentence: "Your account holds less OPN than this submission costs. Get OPN first.",
  },
  OPN_NOT_ALLOWED: {
    action: "ask-user",
    sentence:
      "The Hub may not take the OPN for this submission yet. Allow exactly this amount in your wallet.",
  },
  GAS_MISSING: {
    action: "ask-user",
    sentence: "Your account holds too little of the chain's currency for the transaction. Add some.",
  },
} as const satisfies Record<string, CodeEntry>;
