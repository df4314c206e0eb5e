import { describe, expect, it } from "vitest";
import { utf8 } from "#protocol/bytes.ts";
import type { ErrorCode } from "#protocol/codes/index.ts";
import { releaseTrust } from "#protocol/trust/release.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import { createSessionRequest, type RequestParts } from "../../background/session/request.ts";
import { errorOf, expectRefusal } from "./refusal.ts";

const trust: TrustConfig = {
  ...releaseTrust,
  chains: [
    {
      chainId: 10,
      name: "test",
      hub: "0x52908400098527886E0F7030069857D2E4169EE7",
      hubCodeHash: `0x${"1".repeat(64)}`,
      endpoints: ["https://a.open-contracts.org", "https://b.open-contracts.org"],
    },
  ],
};
const parts: RequestParts = {
  chainId: 10,
  target: "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
  functionSignature: "buyTokens(address,bytes32,bytes32)",
  files: [
    { path: "oracle.py", bytes: utf8("pass\n") },
    { path: "domains.txt", bytes: utf8("bank.example\n") },
  ],
  user: "0x27b1fdb04752bbc536007a920d24acb045561c26",
  valueWei: 0n,
  maxPaymentWei: 1n,
};

describe("a request", () => {
  it("is checked and completed from the build's trust", async () => {
    const request = await createSessionRequest(parts, trust);
    expect(request).toMatchObject({
      hub: "0x52908400098527886e0f7030069857d2e4169ee7",
      target: "0x8617e340b3d01fa5f11f306f4090fd50e238070d",
      selector: expect.stringMatching(/^0x[0-9a-f]{8}$/),
      oracleHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      domains: ["bank.example"],
    });
    expect(Object.isFrozen(request)).toBe(true);
  });

  it("holds copies: what is hashed is what will be uploaded", async () => {
    const bytes = utf8("pass\n");
    const request = await createSessionRequest({ ...parts, files: [{ path: "oracle.py", bytes }] }, trust);
    bytes.fill(0);
    expect(request.files[0]?.bytes).toEqual(utf8("pass\n"));
  });

  it("names the chains that the build knows", async () => {
    const error = await errorOf(createSessionRequest({ ...parts, chainId: 11 }, trust));
    expect([error.code, error.expected, error.actual]).toEqual(["CHAIN_NOT_SUPPORTED", "10", "11"]);
    expect((await errorOf(createSessionRequest(parts, releaseTrust))).expected).toBe("none yet");
  });

  const wrong: readonly (readonly [ErrorCode, Partial<RequestParts>])[] = [
    ["SESSION_REQUEST_INVALID", { target: "0x8617e340B3D01FA5F11F306F4090FD50E238070D" }],
    ["SESSION_REQUEST_INVALID", { target: `0x${"0".repeat(40)}` }],
    ["SESSION_REQUEST_INVALID", { target: "name.eth" }],
    ["SESSION_REQUEST_INVALID", { user: "0x00" }],
    ["SESSION_REQUEST_INVALID", { functionSignature: "buyTokens" }],
    ["SESSION_REQUEST_INVALID", { valueWei: -1n }],
    ["SESSION_REQUEST_INVALID", { maxPaymentWei: 2n ** 256n }],
    ["FOLDER_NO_ORACLE", { files: [] }],
    ["FOLDER_PATH_INVALID", { files: [{ path: "../oracle.py", bytes: utf8("") }] }],
    [
      "DOMAINS_INVALID",
      { files: [...parts.files.slice(0, 1), { path: "domains.txt", bytes: utf8("1.2.3.4") }] },
    ],
  ];
  it.each(wrong)("is refused with %s: %o", async (code, change) => {
    await expectRefusal(createSessionRequest({ ...parts, ...change }, trust), code);
  });
});
