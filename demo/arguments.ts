import { parseArgs } from "node:util";
import { UsageError } from "#protocol/errors.ts";

/** What `npm start` was asked to do. */
export interface DemoArguments {
  readonly help: boolean;
  /** Make the whole journey without a person and end. */
  readonly headless: boolean;
  /** Print one JSON object as the last line of stdout. */
  readonly json: boolean;
  /** A folder to run instead of the example's. */
  readonly oracle: string | undefined;
  /** With `oracle`: the contract function its script submits to, in Solidity form. */
  readonly functionSignature: string | undefined;
}

/** The text of `npm start -- --help`. */
export const helpText = `npm start -- [options]

Starts the demo world on this machine: a chain with the contracts, a registry and an oracle enclave (simulated
hardware), relay and egress, the FiatPay site over HTTPS, a dApp, and a Chromium with the extension and a test wallet.

  --headless            make the journey without a person and end (the default without a display)
  --json                print one JSON object as the last line of stdout, everything else on stderr
  --oracle <folder>     run your own oracle folder in the demo world
  --function <form>     with --oracle: the function your script submits, e.g. "report(uint256 amount)"
  --help                this text

npm prints a banner of its own on stdout; npm start --silent keeps it away.
`;

/**
 * Parses the command line (without node and script). `hasDisplay` decides where nothing is said.
 * @throws UsageError DEMO_ARGUMENT_INVALID
 */
export function parseDemoArguments(argv: readonly string[], hasDisplay: boolean): DemoArguments {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        help: { type: "boolean", default: false },
        headless: { type: "boolean", default: !hasDisplay },
        json: { type: "boolean", default: false },
        oracle: { type: "string" },
        function: { type: "string" },
      },
    });
    const { function: functionSignature, oracle, ...flags } = values;
    if (oracle === undefined && functionSignature !== undefined)
      throw new RangeError("--function without --oracle");
    return { ...flags, oracle, functionSignature };
  } catch (cause) {
    throw new UsageError("DEMO_ARGUMENT_INVALID", { actual: argv.join(" "), cause });
  }
}
