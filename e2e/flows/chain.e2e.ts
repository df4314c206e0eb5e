import { createPublicClient, http, keccak256 } from "viem";
import { hubAbi } from "#protocol/abi/hub.ts";
import { expect, test } from "../world/flow.ts";
import { askAsPage } from "../world/pageRequest.ts";

test("two chain endpoints that disagree end a request before anyone can approve it", async ({
  stage,
  visit,
}) => {
  const { chainProxy, dapp } = stage.world;
  const { person } = await visit();
  chainProxy.lie("eth_call", (reply) => ({ ...reply, result: `0x${"0".repeat(64)}` }));
  try {
    await person.open(dapp.url);
    const opened = person.page.context().waitForEvent("page", (page) => page.url().includes("/session/"));
    await person.page.getByTestId("prove").click();
    const session = await opened;
    await expect(session.getByTestId("ended").getByTestId("error-code")).toHaveText(
      "CHAIN_ENDPOINTS_DISAGREE",
    );
    await expect(person.page.getByTestId("problem")).toContainText("CHAIN_ENDPOINTS_DISAGREE");
    expect(stage.relay.seen().connections).toBe(0);
  } finally {
    chainProxy.lie("eth_call", undefined);
  }
});

test("the development build holds the very contracts that Ignition has deployed", async ({
  stage,
  visit,
}) => {
  const { chain, system, dapp } = stage.world;
  const { person, ownPage } = await visit();
  await person.open(dapp.url);
  const info = await askAsPage(person.page, "oc_getInfo");
  const hub = system.hub.toLowerCase();
  expect(info).toMatchObject({ result: { kind: "development", chains: [{ chainId: chain.chainId, hub }] } });

  const client = createPublicClient({ transport: http(chain.url) });
  const code = await client.getCode({ address: system.hub });
  expect(keccak256(code ?? "0x")).toBe(system.hubCodeHash);
  const opn = await client.readContract({ address: system.hub, abi: hubAbi, functionName: "opn" });
  expect(opn.toLowerCase()).toBe(system.opn.toLowerCase());
  await person.page.goto(await ownPage("#/trust"));
  const shown = (await person.page.getByTestId("trust-chain").innerText()).replace(/\s/g, "").toLowerCase();
  expect(shown).toContain(hub);
  expect(shown).toContain(system.hubCodeHash.slice(2));
});
