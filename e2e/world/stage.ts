import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeTrustConfig, type TrustConfig } from "#protocol/trust/config.ts";
import { createEnds } from "../../demo/world/ends.ts";
import { buildDemoExtensions } from "../../demo/world/extensions.ts";
import { readFolder } from "../../demo/world/folder.ts";
import { startWorld, type World } from "../../demo/world/world.ts";
import { buildExtension } from "../../scripts/buildExtension.ts";
import { openFrontRelay, type FrontRelay } from "./frontRelay.ts";

/** What all flows of a run share: one demo world with a hostile host before its oracle, and the built extensions. */
export interface Stage {
  readonly world: World;
  readonly relay: FrontRelay;
  /** Folder of the development build. */
  readonly extension: string;
  /** Folder of the test wallet. */
  readonly wallet: string;
  /** Builds the development extension with other trust, once per `name`; returns its folder. */
  buildWith(name: string, trust: TrustConfig): Promise<string>;
  /** Builds the release, unchanged or with `variant` compiled in, once per `name`; returns its folder. */
  buildRelease(name: string, variant?: TrustConfig): Promise<string>;
  /** The last lines of all processes, for a flow that failed. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** The oracle folder that the contract of the example allows. */
export const exampleFolder = fileURLToPath(new URL("../../examples/fiat-pay/buyTokens", import.meta.url));
const keptLines = 2_000;

/** Bytes of all files under `folder`: an upload of it has more. */
export async function countBytes(folder: string): Promise<number> {
  const files = await readFolder(folder);
  return files.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** Starts the world and builds the extensions. Nothing is left behind when a step fails. */
export async function openStage(): Promise<Stage> {
  const ends = createEnds();
  try {
    const home = await mkdtemp(join(tmpdir(), "oc-e2e-"));
    ends.add(() => rm(home, { recursive: true, force: true }));
    const log: string[] = [];
    const { world, relay } = await openWorld(home, log);
    ends.add(() => relay.stop());
    ends.add(() => world.stop());
    const { openContracts, wallet } = await buildDemoExtensions(world, home);
    return {
      ...{ world, relay, wallet, log, extension: openContracts, stop: () => ends.run() },
      ...createBuilds(home),
    };
  } catch (error) {
    await ends.run();
    throw error;
  }
}

async function openWorld(home: string, lines: string[]): Promise<Pick<Stage, "world" | "relay">> {
  let relay: FrontRelay | undefined;
  const world = await startWorld({
    home,
    oracleFolder: exampleFolder,
    log: (line) => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
    },
    progress: () => undefined,
    advertise: async (url) => (relay = await openFrontRelay(url)).url,
  });
  if (relay === undefined) throw new Error("the oracle was never advertised");
  return { world, relay };
}

function createBuilds(home: string): Pick<Stage, "buildWith" | "buildRelease"> {
  const made = new Map<string, Promise<string>>();
  const once = (name: string, build: (outDir: string) => Promise<void>): Promise<string> => {
    const outDir = join(home, name);
    const known = made.get(name) ?? build(outDir).then(() => outDir);
    made.set(name, known);
    return known;
  };
  return {
    buildWith: (name, trust) =>
      once(name, async (outDir) => {
        const trustFile = join(home, `${name}.json`);
        await writeFile(trustFile, JSON.stringify(encodeTrustConfig(trust)));
        await buildExtension({ kind: "development", outDir, trustFile });
      }),
    buildRelease: (name, releaseVariant) =>
      once(name, (outDir) =>
        buildExtension({ kind: "release", outDir, ...(releaseVariant && { releaseVariant }) }),
      ),
  };
}
