import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeAbiParameters, encodeEventTopics, keccak256, type Hex } from "viem";
import { describe, expect, it } from "vitest";
import { hubAbi } from "#protocol/abi/hub.ts";
import type { ErrorCode } from "#protocol/codes/index.ts";
import { createChainReader } from "../../background/chain/reader.ts";
import {
  verifySubmitted,
  verifyTransaction,
  type ApprovedTransaction,
  type SentTransaction,
} from "../../background/chain/transaction.ts";
import { errorOf, expectRefusal } from "../session/refusal.ts";
import { code, createFakeEndpoint, createFakeReader, hub, opn, type FakeEndpoint } from "./endpoints.ts";

const nowMs = 1_800_000_000_000;
const target = "0x00000000000000000000000000000000000000bb";
const user = "0x00000000000000000000000000000000000000cc";
const bytes32: Hex = `0x${"77".repeat(32)}`;

function two(change: (endpoint: FakeEndpoint, index: number) => void = () => undefined): FakeEndpoint[] {
  return [0, 1].map((index) => {
    const endpoint = createFakeEndpoint(nowMs);
    endpoint.views.isAllowed = true;
    change(endpoint, index);
    return endpoint;
  });
}

const ask = (endpoints: readonly FakeEndpoint[], chainId = 10) =>
  createFakeReader(endpoints, { nowMs, chainId }).isAllowed(target, "0x12345678", bytes32);

describe("a trust read", () => {
  it("asks every endpoint about one and the same block", async () => {
    const endpoints = two((endpoint, index) => {
      endpoint.blockNumber = 100n + BigInt(index);
    });
    expect(await ask(endpoints)).toBe(true);
    for (const { asked } of endpoints) {
      expect(asked.filter((line) => line.startsWith("eth_call"))).toEqual(['eth_call "0x64"']);
      expect(asked.filter((line) => line.startsWith("eth_getCode"))).toEqual(['eth_getCode "0x64"']);
    }
  });

  const lies: readonly (readonly [ErrorCode, string, (endpoint: FakeEndpoint) => void])[] = [
    ["CHAIN_ENDPOINTS_DISAGREE", "another answer", (endpoint) => void (endpoint.views.isAllowed = false)],
    ["CHAIN_ENDPOINTS_DISAGREE", "another block", (endpoint) => void (endpoint.blockHash = () => bytes32)],
    ["CHAIN_ENDPOINTS_DISAGREE", "another time", (endpoint) => void (endpoint.timestampSec -= 1)],
    ["CHAIN_ENDPOINTS_DISAGREE", "another code", (endpoint) => void (endpoint.code = "0x6002")],
    ["CHAIN_ID_MISMATCH", "another chain", (endpoint) => void (endpoint.chainId = 1)],
    ["CHAIN_ENDPOINT_UNREACHABLE", "no answer", (endpoint) => void (endpoint.isDown = true)],
    ["CHAIN_ENDPOINT_UNREACHABLE", "nonsense", (endpoint) => void (endpoint.views.isAllowed = undefined)],
  ];
  it.each(lies)("is refused with %s where one endpoint gives %s", async (expected, _name, change) => {
    for (const liar of [0, 1]) {
      const endpoints = two((endpoint, index) => {
        if (index === liar) change(endpoint);
      });
      await expectRefusal(ask(endpoints), expected);
    }
  });

  it("is refused where both give another Hub's code, no code, or an old block", async () => {
    const all = (change: (endpoint: FakeEndpoint) => unknown) =>
      ask(two((endpoint) => void change(endpoint)));
    await expectRefusal(
      all((endpoint) => (endpoint.code = "0x6002")),
      "CHAIN_HUB_CODE_MISMATCH",
    );
    await expectRefusal(
      all((endpoint) => (endpoint.code = "0x")),
      "CHAIN_HUB_CODE_MISMATCH",
    );
    await expectRefusal(
      all((endpoint) => (endpoint.timestampSec -= 300)),
      "CHAIN_BLOCK_STALE",
    );
    await expectRefusal(
      all((endpoint) => (endpoint.isDown = true)),
      "CHAIN_ENDPOINT_UNREACHABLE",
    );
  });

  it("takes an old block on the development chain alone, which makes blocks on demand", async () => {
    const endpoints = two((endpoint) => {
      endpoint.chainId = 31337;
      endpoint.timestampSec -= 100_000;
    });
    expect(await ask(endpoints, 31337)).toBe(true);
  });

  it("goes on with two of three, and never with one", async () => {
    const endpoints = [...two(), { ...createFakeEndpoint(nowMs), isDown: true }];
    expect(await ask(endpoints)).toBe(true);
    for (const endpoint of endpoints) endpoint.isDown = endpoint !== endpoints[0];
    await expectRefusal(ask(endpoints), "CHAIN_ENDPOINT_UNREACHABLE");
  });

  it("never lets two outvote a third", async () => {
    const endpoints = [...two(), createFakeEndpoint(nowMs)];
    for (const [index, endpoint] of endpoints.entries()) endpoint.views.isAllowed = index < 2;
    await expectRefusal(ask(endpoints), "CHAIN_ENDPOINTS_DISAGREE");
  });

  it("reads the Hub's lists and a person's funds", async () => {
    const registry = {
      signer: user,
      provider: target,
      image: bytes32,
      activeFrom: 1n,
      until: 2n,
      endpoint: "wss://r",
    };
    const record = {
      provider: target,
      oraclePrice: 1n,
      registryPrice: 1n,
      image: bytes32,
      onlyOracleHash: bytes32,
      notBefore: 1,
      notAfter: 2,
      unsettled: 0n,
      revoked: true,
    };
    const endpoints = two(({ views }) => {
      const answers = {
        activeRegistries: [registry],
        isActiveRegistry: true,
        isActiveImage: false,
        used: true,
      };
      Object.assign(views, answers, {
        oracleRecord: record,
        opn,
        balanceOf: 4n,
        allowance: 5n,
        credit: 6n,
        balance: 7n,
      });
    });
    const reader = createFakeReader(endpoints, { nowMs });
    expect(await reader.activeRegistries()).toEqual([
      { signer: user, provider: target, image: bytes32, endpoint: "wss://r" },
    ]);
    expect(await reader.isActiveRegistry(user)).toBe(true);
    expect(await reader.isActiveImage(bytes32, "oracle")).toBe(false);
    expect(await reader.isUsed(user, 1n)).toBe(true);
    expect(await reader.oracleRecord(user, target)).toEqual({ provider: target, notAfter: 2, revoked: true });
    expect(await reader.funds(user)).toEqual({
      opn,
      opnWei: 4n,
      allowanceWei: 5n,
      creditWei: 6n,
      ethWei: 7n,
    });
  });

  it("speaks HTTP by default, and gives up a silent server", async () => {
    const server = createServer(() => undefined).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const endpoints = ["a", "b"].map((path) => `http://127.0.0.1:${String(port)}/${path}`);
    const chain = { chainId: 31337, name: "test", hub, hubCodeHash: keccak256(code), endpoints } as const;
    const reader = createChainReader(chain, { nowMs: () => nowMs, timeoutMs: 50 });
    await expectRefusal(reader.isActiveRegistry(user), "CHAIN_ENDPOINT_UNREACHABLE");
    server.closeAllConnections();
    server.close();
  });
});

const approved: ApprovedTransaction = { chainId: 10, from: user, to: hub, input: "0x1234", valueWei: 5n };
const sent: SentTransaction = { chainId: 10, from: user, to: hub, input: "0x1234", valueWei: 5n };

describe("a sent transaction", () => {
  const rpc = {
    hash: bytes32,
    chainId: "0xa",
    from: user,
    to: hub,
    input: "0x1234",
    value: "0x5",
    nonce: "0x0",
    gas: "0x1",
    type: "0x2",
    blockHash: null,
    blockNumber: null,
    transactionIndex: null,
    v: "0x0",
    r: "0x1",
    s: "0x1",
  };

  it("is found where one endpoint knows it, and refused where two tell of it differently", async () => {
    const endpoints = two();
    const reader = createFakeReader(endpoints, { nowMs });
    expect(await reader.findTransaction(bytes32)).toBeUndefined();
    endpoints[1]?.transactions.set(bytes32, rpc);
    expect(await reader.findTransaction(bytes32)).toEqual(sent);
    endpoints[0]?.transactions.set(bytes32, { ...rpc, value: "0x6" });
    await expectRefusal(reader.findTransaction(bytes32), "CHAIN_ENDPOINTS_DISAGREE");
    for (const endpoint of endpoints) endpoint.isDown = true;
    await expectRefusal(reader.findTransaction(bytes32), "CHAIN_ENDPOINT_UNREACHABLE");
  });

  it("is the approved one, or refused by the field that differs", async () => {
    verifyTransaction(sent, approved);
    const changes = [
      ["CHAIN_TRANSACTION_OTHER_CHAIN", { chainId: 1 }],
      ["CHAIN_TRANSACTION_OTHER_CHAIN", { chainId: undefined }],
      ["CHAIN_TRANSACTION_OTHER_SENDER", { from: target }],
      ["CHAIN_TRANSACTION_OTHER_TARGET", { to: target }],
      ["CHAIN_TRANSACTION_OTHER_TARGET", { to: null }],
      ["CHAIN_TRANSACTION_OTHER_INPUT", { input: "0x123400" }],
      ["CHAIN_TRANSACTION_OTHER_VALUE", { valueWei: 4n }],
    ] as const;
    for (const [expected, change] of changes) {
      const work = Promise.resolve().then(() => verifyTransaction({ ...sent, ...change }, approved));
      await expectRefusal(work, expected);
    }
  });
});

describe("a receipt", () => {
  const topics = encodeEventTopics({
    abi: hubAbi,
    eventName: "Submitted",
    args: { target, user, oracleHash: bytes32 },
  });
  const submitted = (digest: Hex, address: Hex = hub) => ({
    address,
    topics,
    data: encodeAbiParameters(
      [{ type: "address" }, { type: "bytes32" }, { type: "uint256" }, { type: "uint256" }],
      [user, digest, 72n, 12n],
    ),
  });
  const rpc = (blockNumber: number, status = "0x1") => ({
    status,
    blockNumber: `0x${blockNumber.toString(16)}`,
    gasUsed: "0x5208",
    logs: [{ ...submitted(bytes32), logIndex: "0x0", blockNumber: "0x64" }],
    transactionHash: bytes32,
    transactionIndex: "0x0",
    type: "0x2",
  });

  it("counts once every endpoint has it at the common block", async () => {
    const endpoints = two();
    const reader = createFakeReader(endpoints, { nowMs });
    expect(await reader.findReceipt(bytes32)).toBeUndefined();
    for (const { receipts } of endpoints) receipts.set(bytes32, rpc(101));
    expect(await reader.findReceipt(bytes32)).toBeUndefined();
    for (const { receipts } of endpoints) receipts.set(bytes32, rpc(100));
    const receipt = await reader.findReceipt(bytes32);
    expect(receipt).toMatchObject({ status: "success", gasUsed: 21_000n });
    if (receipt === undefined) throw new Error("no receipt");
    expect(verifySubmitted(receipt, { hub, digest: bytes32 })).toEqual({
      digest: bytes32,
      paidWei: 72n,
      burnedWei: 12n,
    });
    endpoints[1]?.receipts.set(bytes32, rpc(100, "0x0"));
    await expectRefusal(reader.findReceipt(bytes32), "CHAIN_ENDPOINTS_DISAGREE");
  });

  it("counts for nothing without the Hub's own event for this result", async () => {
    const base = { status: "success", blockNumber: 1n, gasUsed: 1n } as const;
    const other: Hex = `0x${"88".repeat(32)}`;
    const check = (receipt: object) =>
      errorOf(
        Promise.resolve().then(() =>
          verifySubmitted({ ...base, logs: [], ...receipt }, { hub, digest: bytes32 }),
        ),
      );
    expect((await check({})).code).toBe("CHAIN_SUBMITTED_MISSING");
    expect((await check({ logs: [submitted(other)] })).code).toBe("CHAIN_SUBMITTED_MISSING");
    expect((await check({ logs: [submitted(bytes32, target)] })).code).toBe("CHAIN_SUBMITTED_MISSING");
    expect((await check({ logs: [{ ...submitted(bytes32), topics: [other] }] })).code).toBe(
      "CHAIN_SUBMITTED_MISSING",
    );
    expect((await check({ status: "reverted", logs: [submitted(bytes32)] })).code).toBe(
      "CHAIN_TRANSACTION_REVERTED",
    );
  });
});
