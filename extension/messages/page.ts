import { z } from "zod";
import type { Action, ErrorCode } from "#protocol/codes/index.ts";
import { chainIdField, uintField } from "#protocol/wire/fields.ts";
import { maxFolderBytes, maxFolderFiles, maxPathBytes } from "#protocol/wire/limits.ts";
import type { Phase } from "./phase.ts";

/** Bytes of a file in one `chunk` message before base64; extension messages are JSON in Chromium. */
export const folderChunkBytes = 196_608;
/** Longest function signature that a page may name, characters. */
export const maxFunctionLength = 1_024;

const requestId = z.int().min(0);
const sessionId = z.uuid();
const nothing = z.strictObject({}).optional();

/** A contract address in any letter case, read as lower case. */
export const contractField = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => text.toLowerCase() as `0x${string}`);

/**
 * What a page may ask to run. Hub, endpoint and user are no parameters: the first two are compiled in, the third is
 * an account that the person confirms in the extension's own page. Amounts are decimal text in base units.
 */
export const runParamsSchema = z.strictObject({
  chainId: chainIdField,
  contract: contractField,
  /** Solidity form with argument names, such as `buyTokens(bytes32 offerId, string paymentId)`. */
  function: z.string().min(3).max(maxFunctionLength),
  files: z
    .array(
      z.strictObject({
        path: z.string().min(1).max(maxPathBytes),
        size: z.int().min(0).max(maxFolderBytes),
      }),
    )
    .min(1)
    .max(maxFolderFiles),
  value: uintField.optional(),
  maxPayment: uintField.optional(),
  clientRequestId: z
    .string()
    .regex(/^[\x21-\x7e]{1,64}$/)
    .optional(),
});

/** Every method of `window.openContracts` with the form of its parameters. */
export const pageSchemas = {
  oc_getInfo: nothing,
  oc_connect: nothing,
  oc_run: runParamsSchema,
  oc_getSession: z.strictObject({ sessionId }),
  oc_cancel: z.strictObject({ sessionId }),
  oc_submit: z.strictObject({ sessionId }),
  oc_getReceipt: z.strictObject({ sessionId }),
} as const;
export type PageMethod = keyof typeof pageSchemas;

/** What the bridge sends to the worker: a request, or a piece of a file that belongs to a waiting `oc_run`. */
export const pageMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("request"),
    id: requestId,
    method: z.string().max(64),
    params: z.unknown().optional(),
  }),
  z.strictObject({
    type: z.literal("chunk"),
    id: requestId,
    index: z
      .int()
      .min(0)
      .max(maxFolderFiles - 1),
    bytes: z.base64().max(Math.ceil(folderChunkBytes / 3) * 4),
  }),
]);
export type PageMessage = z.input<typeof pageMessageSchema>;
export type RunParams = z.output<typeof runParamsSchema>;

/** A provider error as a page sees it (EIP-1193); `reason` is a code of the project. */
export interface PageError {
  readonly code: number;
  readonly message: string;
  readonly data: {
    readonly reason: ErrorCode;
    readonly action: Action;
    readonly phase: Phase | null;
    /** With CHAIN_NOT_SUPPORTED: the chains that this build knows. */
    readonly chains?: readonly number[];
  };
}

/** What a page learns about one of its own sessions: never prints, prompts, answers or calldata. */
export interface PageSession {
  readonly sessionId: string;
  readonly clientRequestId: string | null;
  readonly phase: Phase;
  readonly needsInput: boolean;
  readonly error: { readonly reason: ErrorCode; readonly action: Action; readonly message: string } | null;
  /** Once broadcast: the transaction. */
  readonly transactionHash: string | null;
}

/** What the worker sends to the bridge. */
export type PageReply =
  | { readonly type: "result"; readonly id: number; readonly result: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: PageError }
  | { readonly type: "session"; readonly session: PageSession };
