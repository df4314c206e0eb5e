import { fileURLToPath } from "node:url";
import { UsageError } from "#protocol/errors.ts";

/** Path of the OpenSSL configuration that every enclave's Node runs with: no tickets, padded records. */
export const opensslConfigPath = fileURLToPath(new URL("../openssl.cnf", import.meta.url));

/** What stands between `node` and the entry point of an enclave service. */
export const enclaveNodeArguments: readonly string[] = [`--openssl-config=${opensslConfigPath}`];

/**
 * Holds that this process was started with {@link enclaveNodeArguments}, since neither tickets nor padding can be
 * set from inside.
 * @throws UsageError SERVICE_TLS_CONFIG_MISSING
 */
export function requireEnclaveNode(execArguments: readonly string[]): void {
  const missing = enclaveNodeArguments.find((argument) => !execArguments.includes(argument));
  if (missing !== undefined) throw new UsageError("SERVICE_TLS_CONFIG_MISSING", { expected: missing });
}
