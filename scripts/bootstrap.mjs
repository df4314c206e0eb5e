#!/usr/bin/env node
// The one door: every npm script enters here. Plain JavaScript for Node >= 18, without dependencies, so that it
// runs on a machine that has never seen the project. Everything it says goes to stderr; stdout is the script's own.
import { dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ensureDependencies } from "./bootstrap/dependencies.mjs";
import { explain } from "./bootstrap/setupError.mjs";
import { ensureMachine } from "./bootstrap/machine.mjs";
import { ensureNode } from "./bootstrap/nodeRuntime.mjs";
import { runScript } from "./bootstrap/runScript.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function main([script, ...args]) {
  if (script === undefined) {
    process.stderr.write("usage: node scripts/bootstrap.mjs <script or tool> [arguments]\n");
    return 2;
  }
  const environment = { ...process.env };
  ensureMachine({ script, args });
  const node = await ensureNode({ root, environment });
  await ensureDependencies({ root, node, environment });
  return runScript({ root, node, environment, script, args });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 2;
}
