import { createPublicClient, http, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localHub } from "#protocol/abi/localHub.ts";
import { opnTestnetAbi } from "#protocol/abi/opnTestnet.ts";
import { readBalance } from "../journey/readback.ts";
import { createEnds } from "../world/ends.ts";
import { startLedger, type DemoLedger } from "../world/ledger.ts";

describe("the chain of the world", () => {
  const ends = createEnds();
  let ledger: DemoLedger;
  beforeAll(async () => {
    ledger = await startLedger({ log: () => undefined, ends });
  });
  afterAll(() => ends.run());

  it("has the contracts where every fresh development chain has them", () => {
    expect(ledger.system).toMatchObject(localHub);
  });

  it("is trusted at two endpoints, for the Hub that stands there", () => {
    expect(ledger.chainTrust).toMatchObject({
      chainId: 31337,
      hub: localHub.hub.toLowerCase(),
      hubCodeHash: localHub.hubCodeHash,
      endpoints: [ledger.chain.url, ledger.chainProxy.url],
    });
  });

  it("casts six accounts, none of which governs", () => {
    const cast = Object.values(ledger.accounts);
    expect(new Set(cast).size).toBe(6);
    const { guardian, governance } = ledger.system;
    expect(cast).not.toContain(guardian.toLowerCase());
    expect(cast).not.toContain(governance.toLowerCase());
  });

  it("answers the same at its second endpoint, until that is made to lie", async () => {
    const client = createPublicClient({ transport: http(ledger.chainProxy.url) });
    const honest = await client.getChainId();
    expect(honest).toBe(31337);
    ledger.chainProxy.lie("eth_chainId", (reply) => ({ ...reply, result: "0x1" }));
    expect(await client.getChainId()).toBe(1);
    expect(await client.getBlockNumber({ cacheTime: 0 })).toBeGreaterThan(0n);
    ledger.chainProxy.lie("eth_chainId", undefined);
    expect(await client.getChainId()).toBe(honest);
  });

  it("has its balances read back by a witness that shares no code with us", async () => {
    const { opn, burner } = ledger.system;
    const holder = ledger.accounts.buyer;
    const before = await readBalance(ledger.chain.url, opn, holder);
    await ledger.sender.send(holder, { address: opn, abi: opnTestnetAbi }, { name: "drip", args: [] });
    expect(await readBalance(ledger.chain.url, opn, holder)).toBe(before + parseEther("1000"));
    expect(await readBalance(ledger.chain.url, opn, burner)).toBe(0n);
    await expect(readBalance(ledger.chain.url, burner, holder)).rejects.toThrow();
  });
});
