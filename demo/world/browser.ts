import { chromium, type BrowserContext } from "playwright";
import { findChromium } from "./browserBinary.ts";

/** How the demo's browser is started. */
export interface BrowserOptions {
  /** Folders of unpacked extensions. */
  readonly extensions: readonly string[];
  /** Profile folder; an empty text means a fresh one that is thrown away. */
  readonly profile: string;
  readonly headless: boolean;
  /** Host name to `address:port`, for the example site. */
  readonly hosts: ReadonlyMap<string, string>;
  /** SHA-256 of the SPKI of certificates to accept in this browser, base64; the example site's own authority. */
  readonly trustedSpkis: readonly string[];
}

const quiet = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium with unpacked extensions. @throws UsageError DEMO_BROWSER_MISSING */
export function openBrowser(options: BrowserOptions): Promise<BrowserContext> {
  const { extensions, profile, headless, hosts, trustedSpkis } = options;
  const rules = [...hosts].map(([name, address]) => `MAP ${name} ${address}`).join(",");
  return chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    headless,
    // The demo ends by its own signal handler, which stops everything else too.
    handleSIGINT: false,
    handleSIGTERM: false,
    viewport: null,
    args: [
      ...quiet,
      // Chromium's own sandbox needs an ordinary user.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      `--disable-extensions-except=${extensions.join(",")}`,
      `--load-extension=${extensions.join(",")}`,
      ...(rules === "" ? [] : [`--host-resolver-rules=${rules}`]),
      ...(trustedSpkis.length === 0
        ? []
        : [`--ignore-certificate-errors-spki-list=${trustedSpkis.join(",")}`]),
    ],
  });
}
