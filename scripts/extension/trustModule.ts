import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { encodeTrustConfig, type TrustConfig } from "#protocol/trust/config.ts";

const replaced = fileURLToPath(new URL("../../extension/background/compiledTrust.ts", import.meta.url));

/**
 * Compiles one trust configuration into the bundle in place of `extension/background/compiledTrust.ts`: a literal, so
 * that at run time there is neither a parser that takes another one nor a place to put it.
 */
export function createTrustPlugin(trust: TrustConfig): Plugin {
  return {
    name: "open-contracts-trust",
    enforce: "pre",
    load: (id) => (id === replaced ? trustSource(trust) : undefined),
  };
}

function trustSource(trust: TrustConfig): string {
  const { rootDer, allowlist, ...rest } = trust;
  // Encoding checks every allowlist entry again before it becomes a literal.
  encodeTrustConfig(trust);
  return [
    `export const trust = Object.freeze({`,
    `  ...${JSON.stringify({ ...rest, allowlist })},`,
    `  rootDer: Uint8Array.of(${Array.from(rootDer).join(",")}),`,
    `});`,
  ].join("\n");
}
