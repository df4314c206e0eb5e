import { z } from "zod";
import type { TrustConfig } from "#protocol/trust/config.ts";

/** Match patterns of pages on this machine, which only a build with the loopback policy reaches. */
const loopbackPages = ["http://127.0.0.1/*", "http://localhost/*"];
const loopbackConnections = "http://127.0.0.1:* http://localhost:* ws://127.0.0.1:* ws://localhost:*";

/**
 * Public half of a key that fixes the development build's id, so that tests and the demo can name it. The private
 * half does not exist any more; an unpacked extension needs none.
 */
const developmentKey =
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr8eHWWMtpwE1BXyDQvYca252EmrFTjqkaTkuR3n1iDxW+zrRYnfB1gHD9ytOrr8qsrWtK58OWSZuIV5w6AQl75AZ0e9rvFZbpo0fzkOLDFMuVQE9Uh8d4M5HU2XVogBvYb57qqw0b/55CoFsLk2vtL+KI2ysiN9FVZY8CvUF0C57oFQ8oOwckH0nuF85e7jS4LQqYujQi6sSgV4yrBiyk4ppWmYniGlgWBv9j1tAt55p6aMwEzu7ZIFpPzGgwlTgdQDe+0B+D91/3dybuoDC/zwEXCpBwEIXKAfz4BiuQGKwPtUPl/Hc0C8yVLMwgfqmdEFdOfub9WQZJiaOAfqC1wIDAQAB";

/** The id that {@link developmentKey} gives the development build in Chromium. */
export const developmentExtensionId = "iobgfbkifojndlalnmnoglahffmpnhpj";
/** What the development build is called everywhere a browser shows it. */
export const developmentName = "Open Contracts (development, simulated enclave)";

const manifestSchema = z.looseObject({
  name: z.string(),
  icons: z.record(z.string(), z.string()),
  action: z.looseObject({ default_title: z.string() }),
  host_permissions: z.array(z.string()),
  content_scripts: z.array(z.looseObject({ matches: z.array(z.string()) })),
  content_security_policy: z.strictObject({ extension_pages: z.string() }),
});
type Manifest = z.infer<typeof manifestSchema>;

/** The manifest of one build: how it looks follows the kind, what it reaches follows the compiled-in policy. */
export function createManifest(
  source: unknown,
  trust: Pick<TrustConfig, "kind" | "endpointPolicy">,
): Manifest {
  const release = manifestSchema.parse(source);
  const reached = trust.endpointPolicy === "loopback" ? withLoopback(release) : release;
  return trust.kind === "development" ? asDevelopment(reached) : reached;
}

function withLoopback(manifest: Manifest): Manifest {
  const policy = manifest.content_security_policy.extension_pages;
  return {
    ...manifest,
    host_permissions: [...manifest.host_permissions, ...loopbackPages],
    content_scripts: manifest.content_scripts.map((script) => ({
      ...script,
      matches: [...script.matches, ...loopbackPages],
    })),
    content_security_policy: {
      extension_pages: policy.replace("connect-src", `connect-src ${loopbackConnections}`),
    },
  };
}

function asDevelopment(manifest: Manifest): Manifest {
  const icons = Object.entries(manifest.icons).map(([size, path]) => [
    size,
    path.replace("/release-", "/development-"),
  ]);
  return {
    ...manifest,
    name: developmentName,
    key: developmentKey,
    icons: Object.fromEntries(icons) as Record<string, string>,
    action: { ...manifest.action, default_title: developmentName },
  };
}
