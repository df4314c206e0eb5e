import { hubAbi } from "#protocol/abi/hub.ts";
import { localHub } from "#protocol/abi/localHub.ts";
import type { Address } from "#protocol/bytes.ts";
import "@nomicfoundation/hardhat-toolbox-viem";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import hre from "hardhat";
import { createPublicClient, http, parseEther } from "viem";
import { describe, expect, it } from "vitest";
import { deployLocal, deployTo } from "../deploy.ts";
import openContracts from "../ignition/modules/OpenContracts.ts";
import token from "../ignition/modules/Token.ts";

import { expectRefusal } from "./refusal.ts";
import { openChain, oracleImage, registryImage, simulation, testAccount } from "./system.ts";

interface Deployed {
  readonly address: Address;
}

const images = { oracleImage, registryImage };

describe("deployment", () => {
  it("puts the system at the addresses that development builds compile in", async () => {
    const deployed = await deployTo(await openChain(), { ...images, simulationSigner: simulation.address });
    expect(deployed).toMatchObject(localHub);
  });

  it("has the same addresses and Hub code for other images and another simulation key", async () => {
    const deployed = await deployTo(await openChain(), {
      oracleImage: registryImage,
      registryImage: oracleImage,
      simulationSigner: testAccount("another").address,
    });
    expect(deployed).toMatchObject(localHub);
  });

  it("deploys to a node over HTTP and leaves no journal", async () => {
    const server = await hre.network.createServer({ network: "node" }, "127.0.0.1", 0);
    const { address, port } = await server.listen();
    const rpcUrl = `http://${address}:${String(port)}`;
    try {
      const deployed = await deployLocal({ ...images, simulationSigner: simulation.address, rpcUrl });
      expect(deployed).toMatchObject(localHub);
      const client = createPublicClient({ transport: http(rpcUrl) });
      const hub = { address: deployed.hub, abi: hubAbi } as const;
      expect(
        await client.readContract({ ...hub, functionName: "isActiveImage", args: [oracleImage, 1] }),
      ).toBe(true);
    } finally {
      await server.close();
    }
    const journals = await readdir(join(hre.config.paths.ignition, "deployments")).catch(() => []);
    expect(journals.filter((name) => name.startsWith("local-"))).toEqual([]);
  });

  it("deploys to a real chain's parameters, where the token and the verifier stand already", async () => {
    const connection = await openChain();
    const holder = testAccount("holder").address;
    const issued: Record<"token", Deployed> = await connection.ignition.deploy(token, {
      parameters: { Token: { holder } },
    });
    const issuedToken = await connection.viem.getContractAt("OPN", issued.token.address);
    expect(await issuedToken.read.balanceOf?.([holder])).toBe(parseEther("100000000"));
    const verifier = await connection.viem.deployContract("SimulatedAttestationVerifier", [
      simulation.address,
    ]);
    const deployed: Record<"hub", Deployed> = await connection.ignition.deploy(openContracts, {
      parameters: {
        OpenContracts: {
          token: issued.token.address,
          verifier: verifier.address,
          guardian: testAccount("guardian").address,
          governance: testAccount("governance").address,
          images: [{ image: oracleImage, kind: 1 }],
        },
      },
    });
    const client = await connection.viem.getPublicClient();
    const hub = { address: deployed.hub.address, abi: hubAbi } as const;
    expect(await client.readContract({ ...hub, functionName: "pendingPeriod" })).toBe(86_400);
    expect(await client.readContract({ ...hub, functionName: "opn" })).toBe(issued.token.address);
  });

  it("refuses the verifier of simulated documents on any other chain", async () => {
    const connection = await hre.network.create({
      network: "default",
      chainType: "l1",
      override: { chainId: 5 },
    });
    const deployment = connection.viem.deployContract("SimulatedAttestationVerifier", [simulation.address]);
    await expectRefusal(deployment, "SimulatedVerifierWrongChain", [5n]);
  });

  it("refuses the token with a faucet on Ethereum's main network", async () => {
    const connection = await hre.network.create({
      network: "default",
      chainType: "l1",
      override: { chainId: 1 },
    });
    const deployment = connection.viem.deployContract("OPNTestnet", [testAccount("holder").address]);
    await expectRefusal(deployment, "OPNTestnetOnMainnet");
  });

  it("keeps every contract below the size that chains accept", async () => {
    for (const name of ["OpenContractsHub", "OPN", "Burner", "AccessManager"]) {
      const { deployedBytecode } = await hre.artifacts.readArtifact(name);
      expect(deployedBytecode.length / 2 - 1).toBeLessThan(24_576);
    }
  });
});
