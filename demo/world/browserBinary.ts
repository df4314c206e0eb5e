import { existsSync } from "node:fs";
import { chromium } from "playwright";
import { UsageError } from "#protocol/errors.ts";

const systemPaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/snap/bin/chromium"];

const candidates = (): readonly string[] => [...systemPaths, chromium.executablePath()];

/**
 * Path of the Chromium to use: the system's, else Playwright's own download; the first of `paths` that is there. Branded Chrome does not load unpacked
 * extensions from the command line, so it is not looked for.
 * @throws UsageError DEMO_BROWSER_MISSING
 */
export function findChromium(paths: readonly string[] = candidates()): string {
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new UsageError("DEMO_BROWSER_MISSING");
  return found;
}
