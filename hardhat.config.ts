import { createRequire } from "node:module";
import hardhatToolboxViem from "@nomicfoundation/hardhat-toolbox-viem";
import { defineConfig } from "hardhat/config";

// The compiler comes from npm, so that a build needs no download and its version is in the lockfile.
const soljson = createRequire(import.meta.url).resolve("solc/soljson.js");

export default defineConfig({
  plugins: [hardhatToolboxViem],
  paths: {
    sources: ["contracts", "examples"],
    tests: { solidity: "contracts/test", nodejs: "contracts/test" },
    artifacts: "build/artifacts",
    ignition: "contracts/ignition",
    cache: "build/cache",
  },
  solidity: {
    npmFilesToBuild: ["@openzeppelin/contracts/access/manager/AccessManager.sol"],
    profiles: {
      default: {
        version: "0.8.37",
        path: soljson,
        settings: { optimizer: { enabled: true, runs: 1_000 }, viaIR: true, evmVersion: "osaka" },
      },
    },
  },
  networks: {
    default: { type: "edr-simulated", chainType: "l1", hardfork: "osaka" },
    node: { type: "edr-simulated", chainType: "l1", hardfork: "osaka" },
    localhost: { type: "http", chainType: "l1", url: "http://127.0.0.1:8545" },
  },
});
