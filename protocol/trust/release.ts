import { emptyAllowlist } from "./allowlist.ts";
import { awsNitroRootDer } from "./awsNitroRoot.ts";
import type { TrustConfig } from "./config.ts";

/**
 * What a release build trusts. No image has been released and signed by the maintainers yet, and no Hub is
 * public: until then every enclave is denied and no chain is known.
 */
export const releaseTrust: TrustConfig = {
  kind: "release",
  rootDer: awsNitroRootDer,
  allowlist: emptyAllowlist,
  revokedCertificates: [],
  chains: [],
  endpointPolicy: "public",
};
