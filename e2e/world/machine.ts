import { existsSync } from "node:fs";
import { readSysctl } from "../../enclave/oracle/sandbox/userNamespaces.ts";
import { findChromium } from "../../demo/world/browserBinary.ts";

/** Why no flow can run on this machine, in the words that a skip may name; undefined where all can. */
export function whyNoFlow(): string | undefined {
  if (process.platform !== "linux") return "not Linux";
  if (!existsSync("/proc/self/ns/user") || readSysctl("user.max_user_namespaces") === "0") {
    return "no user namespaces";
  }
  try {
    findChromium();
    return undefined;
  } catch {
    return "no Chromium";
  }
}
