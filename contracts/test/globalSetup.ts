import hre from "hardhat";

/** Compiles the contracts once, before any test file starts. */
export async function setup(): Promise<void> {
  await hre.tasks.getTask("build").run({ quiet: true });
}
