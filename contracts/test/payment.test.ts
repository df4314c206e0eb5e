import { hubAbi } from "#protocol/abi/hub.ts";
import { burnerAbi } from "#protocol/abi/burner.ts";
import { encodeFunctionData, getContract, parseEther, parseEventLogs } from "viem";
import { beforeEach, describe, expect, it } from "vitest";
import { freshSystem } from "./freshSystem.ts";
import { expectRefusal } from "./refusal.ts";
import { certify, createCertifiedSubmission, submit, trySubmit } from "./submission.ts";
import {
  createSystem,
  maxPayment,
  openChain,
  oracle,
  oracleImage,
  oracleProvider,
  prices,
  registerRegistry,
  registry,
  registryImage,
  scriptHash,
  selectorOf,
  signResult,
  surcharge,
  testAccount,
} from "./system.ts";
import { hubDomain } from "#protocol/eip712.ts";
import type { TestSystem } from "./system.ts";

describe("payment", () => {
  const current = freshSystem(certify);
  let system: TestSystem;
  beforeEach(() => {
    system = current();
  });
  const creditOf = () => system.hub.read.credit([system.wallets.user.account.address]);
  const balanceOf = (account: `0x${string}`) => system.token.read.balanceOf([account]);

  it("takes credit first, and the allowance where credit does not suffice", async () => {
    const user = system.wallets.user.account.address;
    await system.hub.write.deposit([maxPayment + 1n]);
    const before = await balanceOf(user);
    await submit(system);
    expect(await creditOf()).toBe(1n);
    expect(await balanceOf(user)).toBe(before);
    await submit(system, { nonce: 1n });
    expect(await creditOf()).toBe(1n);
    expect(await balanceOf(user)).toBe(before - maxPayment);
  });

  it("pays credit back, and no more than there is", async () => {
    await system.hub.write.deposit([100n]);
    await expectRefusal(system.hub.write.withdraw([101n]), "HubCreditTooSmall", [100n, 101n]);
    const stranger = system.hubAt(system.wallets.stranger);
    await expectRefusal(stranger.write.withdraw([1n]), "HubCreditTooSmall", [0n, 1n]);
    await system.hub.write.withdraw([100n]);
    expect(await creditOf()).toBe(0n);
  });

  it("refuses where allowance or balance is too small", async () => {
    await system.token.write.approve([system.hubAddress, maxPayment - 1n]);
    await expectRefusal(trySubmit(system), "ERC20InsufficientAllowance");
    await system.token.write.approve([system.hubAddress, parseEther("1")]);
    const user = system.wallets.user.account.address;
    await system.token.write.transfer([oracleProvider, await balanceOf(user)]);
    await expectRefusal(trySubmit(system), "ERC20InsufficientBalance");
  });

  it("surchargeRoundsUp: a fifth, rounded up, also of the smallest price", async () => {
    const cases = [
      [0n, 0n, 0n],
      [1n, 0n, 1n],
      [0n, 1n, 1n],
      [5n, 0n, 1n],
      [3n, 3n, 2n],
      [2n ** 96n - 1n, 2n ** 96n - 1n, (2n * (2n ** 96n - 1n) + 4n) / 5n],
    ] as const;
    for (const [oraclePrice, registryPrice, burned] of cases) {
      const paid = oraclePrice + registryPrice + burned;
      expect(await system.hub.read.payment([oraclePrice, registryPrice])).toEqual([paid, burned]);
    }
  });

  it("takes nothing for a price of 0, without allowance", async () => {
    const free = testAccount("free oracle");
    await system.token.write.approve([system.hubAddress, 0n]);
    const changes = { oracle: free.address, oraclePrice: 0n, registryPrice: 0n };
    const [certificate, signed, result] = await createCertifiedSubmission(system, changes);
    const args = [certificate, signed, result, await signResult(system, result, free), 0n] as const;
    await system.hub.write.submitWithCertificate(args);
  });

  it("burnReducesTotalSupply: settles to both providers and burns the surcharge", async () => {
    await submit(system);
    await submit(system, { nonce: 1n });
    const count = 3n;
    const registryProvider = system.wallets.registryProvider.account.address;
    await system.hubAt(system.wallets.stranger).write.settle([registry.address, [oracle.address]]);
    expect(await balanceOf(oracleProvider)).toBe(count * prices.oraclePrice);
    expect(await balanceOf(registryProvider)).toBe(count * prices.registryPrice);
    expect(await balanceOf(system.burner)).toBe(count * surcharge);
    expect(await balanceOf(system.hubAddress)).toBe(0n);
    const supply = await system.token.read.totalSupply();
    const burner = getContract({
      address: system.burner,
      abi: burnerAbi,
      client: { public: system.client, wallet: system.wallets.stranger },
    });
    await burner.write.burn();
    expect(await system.token.read.totalSupply()).toBe(supply - count * surcharge);
    const again = system.hub.write.settle([registry.address, [oracle.address]]);
    await expectRefusal(again, "HubNothingToSettle");
  });

  it("settles each oracle once, also where one is named twice", async () => {
    const twice = system.hub.write.settle([registry.address, [oracle.address, oracle.address]]);
    await expectRefusal(twice, "HubNothingToSettle", [oracle.address, registry.address]);
  });

  it("bootstrapPayoutIsExplicit: settles for a revoked registry to the provider that was attested", async () => {
    await system.hubAt(system.wallets.guardian).write.revokeRegistry([registry.address]);
    await system.hub.write.settle([registry.address, [oracle.address]]);
    const provider = system.wallets.registryProvider.account.address;
    expect(await balanceOf(provider)).toBe(prices.registryPrice);
  });

  it("eventsForEveryStateChange: deposit, withdrawal and settlement", async () => {
    const hashes = [
      await system.hub.write.deposit([5n]),
      await system.hub.write.withdraw([5n]),
      await system.hub.write.settle([registry.address, [oracle.address]]),
    ];
    const names: string[] = [];
    for (const hash of hashes) {
      const { logs } = await system.client.waitForTransactionReceipt({ hash });
      names.push(...parseEventLogs({ abi: hubAbi, logs }).map((log) => log.eventName));
    }
    expect(names).toEqual(["Deposited", "Withdrawn", "Settled"]);
  });

  it("supplyHasUnits and testnetMintIsSeparate", async () => {
    const { viem } = system.connection;
    const opn = await viem.deployContract("OPN", [system.wallets.user.account.address]);
    expect(await opn.read.totalSupply?.()).toBe(parseEther("100000000"));
    expect(opn.abi.some((item) => "name" in item && /drip|mint/i.test(item.name))).toBe(false);
  });
});

describe("payment in other tokens than OPN", () => {
  /** The system again, with a Hub of its own that takes `tokenName`. */
  async function createWithToken(tokenName: "FeeToken" | "FalseToken" | "HookToken"): Promise<TestSystem> {
    const system = await createSystem(await openChain());
    const { viem } = system.connection;
    const user = system.wallets.user.account.address;
    const { address: token } = await viem.deployContract(tokenName, [user]);
    const config = { authority: system.authority, verifier: system.verifier, pendingPeriod: 0 };
    const images = [
      { image: oracleImage, kind: 1 },
      { image: registryImage, kind: 2 },
    ];
    const { address } = await viem.deployContract("OpenContractsHub", [token, system.burner, config, images]);
    const target = await viem.deployContract("TestTarget", [address]);
    const hubAt = (wallet: typeof system.wallets.user) =>
      getContract({ address, abi: hubAbi, client: { public: system.client, wallet } });
    const changed = {
      ...system,
      hubAddress: address,
      opn: token,
      domain: hubDomain(system.chainId, address),
      hubAt,
      hub: hubAt(system.wallets.user),
      token: getContract({
        address: token,
        abi: system.token.abi,
        client: { public: system.client, wallet: system.wallets.user },
      }),
      target: getContract({
        address: target.address,
        abi: system.target.abi,
        client: { public: system.client, wallet: system.wallets.deployer },
      }),
    };
    await changed.token.write.approve([address, parseEther("1")]);
    await changed.target.write.nameScript([selectorOf("report"), scriptHash]);
    await registerRegistry(changed, registry.address);
    return changed;
  }

  async function attempt(system: TestSystem): Promise<void> {
    const args = await createCertifiedSubmission(system);
    await system.hub.simulate.submitWithCertificate(args, { account: args[2].user });
  }

  it("refuses a token that keeps a fee", async () => {
    const system = await createWithToken("FeeToken");
    await expectRefusal(attempt(system), "HubPaymentIncomplete", [maxPayment, maxPayment - 1n]);
    await expectRefusal(system.hub.write.deposit([10n]), "HubPaymentIncomplete", [10n, 9n]);
  });

  it("transferReturnValuesChecked: refuses a token whose transfer fails in silence", async () => {
    const system = await createWithToken("FalseToken");
    await expectRefusal(attempt(system), "SafeERC20FailedOperation");
  });

  it("providerHookCannotBlockOrReenter: refuses to be entered again from a token's hook", async () => {
    const system = await createWithToken("HookToken");
    await attempt(system);
    const inner = encodeFunctionData({ abi: hubAbi, functionName: "withdraw", args: [1n] });
    await system.wallets.user.writeContract({
      address: system.opn,
      abi: [
        {
          type: "function",
          name: "setHook",
          stateMutability: "nonpayable",
          inputs: [{ type: "address" }, { type: "bytes" }],
          outputs: [],
        },
      ],
      functionName: "setHook",
      args: [system.hubAddress, inner],
    });
    await expectRefusal(attempt(system), "ReentrancyGuardReentrantCall");
  });
});
