import { z } from "zod";
import { isErrorCode, type ErrorCode } from "../codes/index.ts";
import {
  addressField,
  bytes32Field,
  bytesOf,
  bytesUpTo,
  chainIdField,
  selectorField,
  uintField,
} from "./fields.ts";
import {
  maxAnswerLength,
  maxChunkBytes,
  maxDocumentBytes,
  maxFolderBytes,
  maxFolderFiles,
  maxPathBytes,
  maxTextLength,
} from "./limits.ts";
import { refusalReasons, siteFailures } from "./script.ts";
import { certificateSchema, resultSchema, signatureField } from "./signed.ts";

const nonce = bytesOf(32);
const promptId = z.number().int().min(0);

/** Opens the conversation; the server answers with an attestation bound to this channel. Once only. */
export const helloSchema = z.strictObject({
  type: z.literal("hello"),
  version: z.literal(1),
  nonce,
  chainId: chainIdField,
  hub: addressField,
});

/** Asks for a fresh document on an attested channel. */
export const reattestSchema = z.strictObject({ type: z.literal("reattest"), nonce });

/** Starts a script: what the result will be signed for, and which files follow. */
export const runSchema = z.strictObject({
  type: z.literal("run"),
  chainId: chainIdField,
  hub: addressField,
  target: addressField,
  selector: selectorField,
  user: addressField,
  value: uintField,
  files: z
    .array(
      z.strictObject({
        path: z.string().min(1).max(maxPathBytes),
        size: z.number().int().min(0).max(maxFolderBytes),
      }),
    )
    .min(1)
    .max(maxFolderFiles),
});

/** The next piece of the file `index` of `run.files`; pieces come in order, file after file. */
export const fileSchema = z.strictObject({
  type: z.literal("file"),
  index: z
    .number()
    .int()
    .min(0)
    .max(maxFolderFiles - 1),
  bytes: bytesUpTo(maxChunkBytes),
});

/** What a client of an oracle may send. */
export const oracleRequestSchema = z.discriminatedUnion("type", [
  helloSchema,
  reattestSchema,
  runSchema,
  fileSchema,
  z.strictObject({ type: z.literal("answer"), id: promptId, text: z.string().max(maxAnswerLength) }),
  z.strictObject({ type: z.literal("cancel") }),
  z.strictObject({ type: z.literal("ping") }),
]);

/** A code of ours, and for a script's own failure the traceback it left. */
export const failedSchema = z.strictObject({
  type: z.literal("failed"),
  code: z
    .string()
    .refine(isErrorCode)
    .transform((code): ErrorCode => code),
  traceback: z.string().max(maxTextLength).optional(),
});

/** Why a site was not opened, or not read to its end. */
export const siteTroubles = [...refusalReasons, ...siteFailures] as const;
export type SiteTrouble = (typeof siteTroubles)[number];

/** A site that the script tried and did not get. `line` would allow it in domains.txt; only with `not-listed`. */
export const refusedSchema = z.strictObject({
  type: z.literal("refused"),
  host: z.string().min(1).max(253),
  reason: z.enum(siteTroubles),
  line: z.string().min(1).max(253).optional(),
});

/** Answers `reattest`. */
export const reattestationSchema = z.strictObject({
  type: z.literal("reattestation"),
  document: bytesUpTo(maxDocumentBytes),
});

/** What an oracle may answer. */
export const oracleReplySchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("attestation"),
    document: bytesUpTo(maxDocumentBytes),
    certificate: certificateSchema,
    registrySignature: signatureField,
  }),
  reattestationSchema,
  z.strictObject({ type: z.literal("started"), oracleHash: bytes32Field }),
  z.strictObject({ type: z.literal("print"), text: z.string().max(maxTextLength) }),
  z.strictObject({
    type: z.literal("prompt"),
    id: promptId,
    text: z.string().max(maxTextLength),
    secret: z.boolean(),
  }),
  z.strictObject({
    type: z.literal("delay"),
    seconds: z.number().min(0).max(86_400),
    reason: z.string().max(maxTextLength),
  }),
  refusedSchema,
  z.strictObject({
    type: z.literal("result"),
    result: resultSchema,
    signature: signatureField,
    certificate: certificateSchema,
    registrySignature: signatureField,
  }),
  failedSchema,
  z.strictObject({ type: z.literal("pong") }),
]);

/** A request as the oracle reads it. */
export type OracleRequest = z.output<typeof oracleRequestSchema>;
/** A request as the client writes it. */
export type OracleRequestWire = z.input<typeof oracleRequestSchema>;
/** A reply as the client reads it. */
export type OracleReply = z.output<typeof oracleReplySchema>;
/** A reply as the oracle writes it. */
export type OracleReplyWire = z.input<typeof oracleReplySchema>;
