import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ed25519 } from "@noble/curves/ed25519.js";
import { hexFromBytes } from "#protocol/bytes.ts";
import { codes } from "#protocol/codes/index.ts";
import { canonicalAllowlist, encodeAllowlist, type Allowlist } from "#protocol/trust/allowlist.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import { releaseTrust } from "#protocol/trust/release.ts";
import { verifySignedAllowlist } from "#protocol/trust/signedAllowlist.ts";
import { expect, test } from "../world/flow.ts";
import { askAsPage } from "../world/pageRequest.ts";

/** `allowlist` as two maintainers of this flow alone have signed it, accepted by the rule for releases. */
function signedByTwo(allowlist: Allowlist): Allowlist {
  const keys = ["first", "second"].map((name) => ({ name, ...ed25519.keygen() }));
  const members = keys.map(({ name, publicKey }) => ({ name, publicKey: hexFromBytes(publicKey) }));
  const signatures = keys.map(({ publicKey, secretKey }) => ({
    publicKey: hexFromBytes(publicKey),
    signature: hexFromBytes(ed25519.sign(canonicalAllowlist(allowlist), secretKey)),
  }));
  return verifySignedAllowlist(encodeAllowlist(allowlist), signatures, { threshold: 2, members });
}

/** A release that would take the simulated enclaves, were it not for their root. */
function releaseButForTheRoot({ allowlist, chains }: TrustConfig): TrustConfig {
  return { ...releaseTrust, allowlist: signedByTwo(allowlist), chains, endpointPolicy: "loopback" };
}

test("a release refuses the simulated enclave for its root alone", async ({ stage, visit }) => {
  const variant = releaseButForTheRoot(stage.world.trust);
  const { person, start } = await visit({ extension: await stage.buildRelease("root-alone", variant) });
  const session = await start();
  await expect(session.getByTestId("ended").getByTestId("error-code")).toHaveText("ATTESTATION_ROOT_UNKNOWN");
  await expect(session.getByTestId("error-sentence")).toHaveText(codes.ATTESTATION_ROOT_UNKNOWN.sentence);
  await expect(session.getByTestId("simulated-banner")).toHaveCount(0);
  await expect(person.page.getByTestId("problem")).toContainText("ATTESTATION_ROOT_UNKNOWN");
  expect(stage.relay.seen().connections).toBe(0);
});

test("the release as it stands knows no chain, and tells a page so", async ({ stage, visit }) => {
  const { site, chain, market, dapp } = stage.world;
  const { person, ownPage } = await visit({ extension: await stage.buildRelease("release") });
  // It lives on https pages only; the page of the demo on this machine does not even see it.
  await person.page.goto(dapp.url);
  expect(await person.page.evaluate(() => "openContracts" in window)).toBe(false);
  await person.page.goto(`https://${site.hostName}/`);
  const answer = await askAsPage(person.page, "oc_run", {
    chainId: chain.chainId,
    contract: market.fiatPay,
    function: "buyTokens(address buyer, bytes32 offerId, bytes32 transactionId)",
    files: [{ path: "oracle.py", bytes: new Uint8Array(1) }],
  });
  expect(answer).toMatchObject({
    error: { code: 4901, data: { reason: "CHAIN_NOT_SUPPORTED", chains: [] } },
  });
  await person.page.goto(await ownPage());
  await expect(person.page.getByTestId("release-today")).toContainText("There is no public Hub yet");
});

test("the release holds nothing of this world: no simulated root, no simulated image, no local chain", async ({
  stage,
}) => {
  const { rootDer, allowlist, chains } = stage.world.trust;
  const release = await readBundle(await stage.buildRelease("release"));
  const development = await readBundle(stage.extension);
  const traces = [
    Array.from(rootDer).join(","),
    ...allowlist.entries.map(({ pcr0 }) => pcr0),
    ...chains.flatMap(({ hub, hubCodeHash, endpoints }) => [hub, hubCodeHash, ...endpoints]),
  ];
  // The development build shows that these are the words to look for.
  expect(traces.filter((trace) => !development.includes(trace))).toEqual([]);
  expect(traces.filter((trace) => release.includes(trace))).toEqual([]);
});

/** Every text of a built extension, without the spaces that a bundler may add to a literal. */
async function readBundle(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const texts = names.filter((name) => /\.(js|json|html|css)$/.test(name));
  const read = await Promise.all(texts.map((name) => readFile(join(folder, name), "utf8")));
  return read.join("\n").replace(/(?<=,)\s+/g, "");
}
