import { z } from "zod";
import { addressField, bytesOf, bytesUpTo, chainIdField, endpointField, uintField } from "./fields.ts";
import { maxCertificateBytes, maxDocumentBytes } from "./limits.ts";
import { failedSchema, helloSchema, reattestationSchema, reattestSchema } from "./session.ts";
import { certificateSchema, signatureField } from "./signed.ts";

const maxHubs = 16;

/** What an oracle asks to be certified for: one price per Hub. */
export const enrollBodySchema = z.strictObject({
  csr: bytesUpTo(maxCertificateBytes),
  endpoint: endpointField,
  prices: z
    .array(z.strictObject({ chainId: chainIdField, hub: addressField, oraclePrice: uintField }))
    .min(1)
    .max(maxHubs),
});

/** What a client or an oracle may send to a registry. */
export const registryRequestSchema = z.discriminatedUnion("type", [
  helloSchema,
  reattestSchema,
  z.strictObject({ type: z.literal("quotes"), chainId: chainIdField, hub: addressField }),
  z.strictObject({ type: z.literal("challenge") }),
  z.strictObject({
    type: z.literal("enroll"),
    /** The body's CBOR as hashed into the document, so that both sides hash the same bytes. */
    body: bytesUpTo(maxDocumentBytes),
    document: bytesUpTo(maxDocumentBytes),
  }),
  z.strictObject({ type: z.literal("status"), freeSessions: z.number().int().min(0).max(65_535) }),
  z.strictObject({ type: z.literal("ping") }),
]);

/** One certificate with the registry's signature over it. */
export const certifiedSchema = z.strictObject({
  chainId: chainIdField,
  hub: addressField,
  certificate: certificateSchema,
  registrySignature: signatureField,
});

/** A live oracle as its registry describes it. Nothing here is trusted until the oracle itself is attested. */
export const quoteSchema = z.strictObject({
  endpoint: endpointField,
  certificate: certificateSchema,
  registrySignature: signatureField,
  freeSessions: z.number().int().min(0),
});

/** What a registry may answer. */
export const registryReplySchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("attestation"),
    document: bytesUpTo(maxDocumentBytes),
    caCertificate: bytesUpTo(maxCertificateBytes),
  }),
  reattestationSchema,
  z.strictObject({ type: z.literal("quotes"), quotes: z.array(quoteSchema).max(64) }),
  z.strictObject({ type: z.literal("challenge"), challenge: bytesOf(32) }),
  z.strictObject({
    type: z.literal("enrolled"),
    leaf: bytesUpTo(maxCertificateBytes),
    caCertificate: bytesUpTo(maxCertificateBytes),
    certificates: z.array(certifiedSchema).min(1).max(maxHubs),
  }),
  failedSchema,
  z.strictObject({ type: z.literal("pong") }),
]);

/** The enroll body as the registry reads it. */
export type EnrollBody = z.output<typeof enrollBodySchema>;
/** The enroll body as the oracle writes it. */
export type EnrollBodyWire = z.input<typeof enrollBodySchema>;
/** A request as the registry reads it. */
export type RegistryRequest = z.output<typeof registryRequestSchema>;
/** A request as its sender writes it. */
export type RegistryRequestWire = z.input<typeof registryRequestSchema>;
/** A reply as its reader sees it. */
export type RegistryReply = z.output<typeof registryReplySchema>;
/** A reply as the registry writes it. */
export type RegistryReplyWire = z.input<typeof registryReplySchema>;
/** One quote. */
export type Quote = z.output<typeof quoteSchema>;
/** One certified Hub. */
export type Certified = z.output<typeof certifiedSchema>;
