import { OpenContractsError } from "#protocol/errors.ts";
import type { ErrorCode } from "#protocol/codes/index.ts";
import type { SubmissionButton, SubmissionIssue } from "#messages/view.ts";
import { toErrorView } from "../errorView.ts";

/** What can stand in the way of a submission and be mended by one press; all else is an error of the try. */
const buttons: Partial<Readonly<Record<ErrorCode, SubmissionButton>>> = {
  WALLET_PAGE_GONE: "open-page",
  WALLET_MISSING: "check-again",
  WALLET_LOCKED: "connect-wallet",
  WALLET_OTHER_ACCOUNT: "connect-wallet",
  WALLET_WRONG_CHAIN: "switch-chain",
  OPN_MISSING: "check-again",
  OPN_NOT_ALLOWED: "allow-opn",
  GAS_MISSING: "check-again",
};

/** The issue that an error stands for; undefined where no button would help. `hasFaucet`: test OPN can be had. */
export function issueOf(error: unknown, hasFaucet: boolean): SubmissionIssue | undefined {
  if (!(error instanceof OpenContractsError)) return undefined;
  const button = error.code === "OPN_MISSING" && hasFaucet ? "get-opn" : buttons[error.code];
  return button === undefined ? undefined : { error: toErrorView(error), button };
}
