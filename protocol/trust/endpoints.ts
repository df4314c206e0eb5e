/** The chain that local development runs on. */
export const developmentChainId = 31337;

// Read by pattern, since this room has no URL parser; what is not understood is not accepted.
const urlPattern =
  /^(https|http|wss|ws):\/\/(\[::1\]|[A-Za-z0-9.-]+)(?::(\d{1,5}))?(\/[A-Za-z0-9._~\-/%=&?]*)?$/;
const publicName = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;
const privateSuffix =
  /(^|\.)(localhost|local|internal|lan|home|intranet|corp|private|test|example|invalid|onion|arpa)$/;

/** True for an http(s) or ws(s) URL on this machine. */
export function isLoopbackUrl(url: string): boolean {
  const host = urlPattern.exec(url)?.[2]?.toLowerCase();
  return host === "localhost" || host === "127.0.0.1" || host === "[::1]";
}

/** True for a TLS URL (https or wss) on a public DNS name: no IP literal, no private name. */
export function isPublicUrl(url: string): boolean {
  const match = urlPattern.exec(url);
  const scheme = match?.[1];
  const host = match?.[2];
  if (host === undefined || (scheme !== "https" && scheme !== "wss")) return false;
  return publicName.test(host) && !privateSuffix.test(host);
}
