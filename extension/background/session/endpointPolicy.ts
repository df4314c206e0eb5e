import { UntrustedError } from "#protocol/errors.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import { isLoopbackUrl, isPublicUrl } from "#protocol/trust/endpoints.ts";

/**
 * Holds a relay's URL against the build's policy: a release reaches public DNS names over wss only, a development
 * build this machine only.
 * @throws UntrustedError SESSION_ENDPOINT_REFUSED
 */
export function requireEndpoint(url: string, policy: TrustConfig["endpointPolicy"]): void {
  const isAllowed = policy === "public" ? isPublicUrl(url) : isLoopbackUrl(url);
  if (!isAllowed || !/^wss?:/.test(url)) {
    throw new UntrustedError("SESSION_ENDPOINT_REFUSED", { expected: policy, actual: url.slice(0, 200) });
  }
}
