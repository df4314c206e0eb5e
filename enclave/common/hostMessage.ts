import { z } from "zod";
import { UsageError } from "#protocol/errors.ts";
import { addressField, chainIdField, endpointField, uintField } from "#protocol/wire/fields.ts";

const maxHubs = 16;
const maxRegistries = 3;
const maxPriceWei = 2n ** 96n - 1n;
const priceField = uintField.refine((value) => value <= maxPriceWei);

function hubList<S extends z.ZodRawShape>(shape: S) {
  return z
    .array(z.strictObject({ chainId: chainIdField, hub: addressField, ...shape }))
    .min(1)
    .max(maxHubs);
}

/** The one message of the host to an oracle enclave. Closed: an unknown field refuses the start. */
export const oracleHostMessageSchema = z.strictObject({
  type: z.literal("oracle"),
  /** Who is paid for running the enclave. */
  provider: addressField,
  /** Where to enroll, and under which URL clients of that registry reach this oracle. */
  registries: z
    .array(z.strictObject({ url: endpointField, endpoint: endpointField }))
    .min(1)
    .max(maxRegistries),
  /** Hubs to serve, with the price of one result in base units of OPN. */
  hubs: hubList({ oraclePrice: priceField }),
});

/** The one message of the host to a registry enclave. Closed: an unknown field refuses the start. */
export const registryHostMessageSchema = z.strictObject({
  type: z.literal("registry"),
  /** Who is paid for running the enclave. */
  provider: addressField,
  /** Hubs to serve, with the registry's part of the price of one result in base units of OPN. */
  hubs: hubList({ registryPrice: priceField }),
});

/** What the host told an oracle. */
export type OracleHostMessage = z.output<typeof oracleHostMessageSchema>;
/** What the host told a registry. */
export type RegistryHostMessage = z.output<typeof registryHostMessageSchema>;
/** Either message as the host writes it, JSON. */
export type HostMessageWire =
  z.input<typeof oracleHostMessageSchema> | z.input<typeof registryHostMessageSchema>;

/** Parses the line of JSON that the host has sent. @throws UsageError SERVICE_HOST_MESSAGE_INVALID */
export function parseHostMessage<S extends z.ZodType>(line: string, schema: S): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new UsageError("SERVICE_HOST_MESSAGE_INVALID", { expected: "JSON", cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new UsageError("SERVICE_HOST_MESSAGE_INVALID", { cause: parsed.error });
  return parsed.data;
}
