import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPrograms } from "./programs.ts";
import { stagedFolder } from "./scriptRun.ts";
import { createSessionCa } from "./sessionCa.ts";
import { startScript } from "./startScript.ts";

const noUser = "0x0000000000000000000000000000000000000000";
/** Nothing listens there, and nothing is asked to: the probe opens no site. */
const noUplink = "127.0.0.1:9";
const probeMs = 60_000;

/**
 * Runs an empty script in the very sandbox that sessions use.
 * @throws UsageError ENCLAVE_SANDBOX_UNAVAILABLE with the kernel setting or the program that is missing
 */
export async function probeSandbox(clock: () => number): Promise<void> {
  checkPrograms();
  const stagePath = await mkdtemp(join(tmpdir(), "open-contracts-probe-"));
  try {
    await mkdir(stagedFolder(stagePath));
    await writeFile(join(stagedFolder(stagePath), "oracle.py"), "");
    const siteRootsPem = join(stagePath, "site-roots.pem");
    await writeFile(siteRootsPem, (await createSessionCa(clock)).certificatePem);
    const limits = { wallClockMs: probeMs };
    const run = startScript(
      { stagePath, domains: [], uplink: noUplink, siteRootsPem, user: noUser, clock, limits },
      () => undefined,
    );
    const end = await run.done;
    if (end.outcome === "failed") throw end.error;
  } finally {
    await rm(stagePath, { recursive: true, force: true });
  }
}
