import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { codes } from "#protocol/codes/index.ts";
import { encodeError, OpenContractsError } from "#protocol/errors.ts";
import { helpText, parseDemoArguments, type DemoArguments } from "./arguments.ts";
import { runHeaded } from "./headed.ts";
import { runHeadless } from "./headless.ts";
import { createTeller } from "./teller.ts";
import { buyTokens } from "./world/dapp.ts";
import type { OwnOracle } from "./world/recorder.ts";

const home = fileURLToPath(new URL("../.demo", import.meta.url));

/** A display to open a window on. */
function hasDisplay(): boolean {
  return process.platform !== "linux" || Boolean(process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"]);
}

async function main(argv: readonly string[]): Promise<number> {
  const isJson = argv.includes("--json");
  const teller = createTeller(isJson);
  // The compiler talks on stdout, which belongs to the report then.
  if (isJson) console.log = console.error;
  try {
    const args = parseDemoArguments(argv, hasDisplay());
    if (args.help) {
      process.stdout.write(helpText);
      return 0;
    }
    const options = { home, oracle: ownFolder(args), json: args.json, teller };
    return args.headless ? await runHeadless(options) : await runHeaded(options);
  } catch (error) {
    teller.fail(describe(error));
    if (isJson) teller.json({ ok: false, error: encodeError(error) });
    return 1;
  }
}

function ownFolder({ oracle, functionSignature = buyTokens }: DemoArguments): OwnOracle | undefined {
  return oracle === undefined ? undefined : { folder: resolve(oracle), functionSignature };
}

function describe(error: unknown): string {
  if (!(error instanceof OpenContractsError))
    return error instanceof Error ? (error.stack ?? "") : String(error);
  const { code, expected, actual } = error;
  const parts = [expected && `expected: ${expected}`, actual && `met: ${actual}`].filter(Boolean);
  return [`${code}: ${codes[code].sentence}`, ...parts].join("\n  ");
}

process.exitCode = await main(process.argv.slice(2));
