import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const replaced = fileURLToPath(new URL("../../protocol/trust/endpoints.ts", import.meta.url));

/**
 * Takes out of a build with the public endpoint policy what only development knows: loopback addresses and the
 * development chain. The bundle then has no path to either, whatever its trust says.
 */
export function createPublicEndpointsPlugin(): Plugin {
  return {
    name: "open-contracts-public-endpoints",
    enforce: "pre",
    transform(code, id) {
      if (id !== replaced) return undefined;
      const isolated = code
        .replace(/export const developmentChainId = \d+;/, "export const developmentChainId = -1;")
        .replace(
          /(export function isLoopbackUrl\([^)]*\): boolean \{)[\s\S]*?\n\}/,
          "$1\n  return false;\n}",
        );
      if (/31337|127\.0\.0\.1/.test(isolated))
        throw new TypeError("endpoints.ts holds loopback names elsewhere");
      return { code: isolated, map: null };
    },
  };
}
