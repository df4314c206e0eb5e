import { z } from "zod";
import { DeniedError, TransportError } from "#protocol/errors.ts";
import type { PageDocument, Pages } from "../platform/pages.ts";

/** How long wallets may take to announce themselves, ms. */
const discoverMs = 300;
/** How long a wallet may take where no person is asked, ms. */
const quickMs = 10_000;
/** How long a person may take in the wallet's own window, ms. */
const personMs = 5 * 60_000;
/** EIP-1193: the person said no. */
const rejectedCode = 4001;

const answerSchema = z.discriminatedUnion("status", [
  z.looseObject({ status: z.literal("answered"), wallet: z.string(), result: z.unknown() }),
  z.looseObject({ status: z.literal("failed"), code: z.number() }),
  z.looseObject({ status: z.literal("missing") }),
]);

/** A wallet's answer. Page and wallet are both untrusted: the caller checks the result. */
export interface WalletReply {
  /** The wallet's own name for itself. */
  readonly wallet: string;
  readonly result: unknown;
}

/** The wallet in a tab. */
export interface TabWallet {
  /**
   * Asks once. `asksPerson` says that the wallet may open a window of its own.
   * @throws DeniedError WALLET_PAGE_GONE, WALLET_MISSING, WALLET_REJECTED
   * @throws TransportError WALLET_NO_ANSWER, WALLET_FAILED
   */
  ask(
    document: PageDocument,
    request: { readonly method: string; readonly params?: readonly unknown[]; readonly asksPerson?: boolean },
  ): Promise<WalletReply>;
}

/** Makes the wallet route over `pages`. */
export function createTabWallet(pages: Pages): TabWallet {
  return {
    async ask(document, { method, params = [], asksPerson = false }) {
      if (!(await pages.isOpen(document))) throw new DeniedError("WALLET_PAGE_GONE");
      const asked = pages.askWallet(document, { method, params, discoverMs });
      const raw = await withDeadline(asked, asksPerson ? personMs : quickMs);
      const answer = answerSchema.safeParse(raw);
      if (!answer.success) throw new TransportError("WALLET_FAILED");
      if (answer.data.status === "missing") throw new DeniedError("WALLET_MISSING");
      if (answer.data.status === "failed") throw failure(answer.data.code);
      return { wallet: answer.data.wallet.slice(0, 64), result: answer.data.result };
    },
  };
}

function failure(code: number): DeniedError | TransportError {
  if (code === rejectedCode) return new DeniedError("WALLET_REJECTED");
  return new TransportError("WALLET_FAILED", { actual: String(code) });
}

async function withDeadline(asked: Promise<unknown>, timeoutMs: number): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TransportError("WALLET_NO_ANSWER"));
    }, timeoutMs);
  });
  try {
    return await Promise.race([asked, late]);
  } catch (error) {
    if (error instanceof TransportError) throw error;
    // The document went away while the wallet was asked.
    throw new DeniedError("WALLET_PAGE_GONE", { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
