import { z } from "zod";
import { addressField, chainIdField } from "#protocol/wire/fields.ts";

const hex = z.string().regex(/^0x([0-9a-f]{2})*$/);

/** What an enclave tells its host, one JSON object per line. Nothing of it is secret, and nothing is asked by it. */
export const controlStatusSchema = z.discriminatedUnion("type", [
  /** The host's message is accepted, keys are made. */
  z.strictObject({ type: z.literal("started"), signer: addressField, provider: addressField }),
  /** A fresh identity document for a Hub, which the host may register on chain. */
  z.strictObject({ type: z.literal("identity"), chainId: chainIdField, hub: addressField, document: hex }),
  /** The inner TLS server takes connections. */
  z.strictObject({ type: z.literal("listening"), listen: z.string() }),
  /** A registry has certified this oracle, until `notAfterSec`. */
  z.strictObject({ type: z.literal("enrolled"), registry: z.string(), notAfterSec: z.number().int() }),
  /** Enrolling failed; it is tried again. */
  z.strictObject({ type: z.literal("enrollFailed"), registry: z.string(), code: z.string() }),
  /** The host's message is refused; the enclave ends. */
  z.strictObject({ type: z.literal("refused"), code: z.string() }),
]);

/** One status. */
export type ControlStatus = z.output<typeof controlStatusSchema>;
