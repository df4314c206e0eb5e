import { describe, expect, it } from "vitest";
import type { Address } from "#protocol/bytes.ts";
import { TransportError, UntrustedError, type OpenContractsError } from "#protocol/errors.ts";
import type { Quote } from "#protocol/wire/registry.ts";
import { randomBelow, shuffled } from "../../background/session/chance.ts";
import { requireEndpoint } from "../../background/session/endpointPolicy.ts";
import { orderOffers, type Offer } from "../../background/session/offers.ts";
import { errorOf, expectRefusal, runWorld } from "./refusal.ts";
import { createWorld, oracleUrl, random, registryUrl, type World } from "./world.ts";

const address = (digit: number): Address => `0x${digit.toString(16).padStart(40, "0")}`;
const zero32 = `0x${"0".repeat(64)}` as const;

function offerOf(oracle: number, change: Partial<Quote["certificate"]> = {}, freeSessions = 1): Offer {
  const certificate = {
    oracle: address(oracle),
    provider: address(oracle + 100),
    image: zero32,
    onlyOracleHash: zero32,
    oraclePrice: 50n,
    registryPrice: 10n,
    notBefore: 0,
    notAfter: 1,
    ...change,
  };
  const quote = {
    endpoint: `ws://127.0.0.1:${String(oracle)}`,
    certificate,
    registrySignature: new Uint8Array(65),
    freeSessions,
  };
  return { quote, registry: { signer: address(1), provider: address(2), caDer: new Uint8Array(0) } };
}

describe("offers", () => {
  const call = { oracleHash: `0x${"33".repeat(32)}`, maxPaymentWei: 72n } as never;
  const order = (offers: readonly Offer[]) =>
    orderOffers(offers, call, random).map(({ quote }) => quote.certificate);

  it("keep the cap including the surcharge", () => {
    const kept = order([offerOf(1), offerOf(2, { oraclePrice: 51n })]);
    expect(kept.map(({ oracle }) => oracle)).toEqual([address(1)]);
  });

  it("drop a second offer of one signer, full oracles, and oracles for another script", () => {
    const offers = [offerOf(1), offerOf(1, { provider: address(9) }), offerOf(2, {}, 0)];
    const dedicated = offerOf(3, { onlyOracleHash: `0x${"44".repeat(32)}` });
    expect(order([...offers, dedicated])).toEqual([offerOf(1).quote.certificate]);
  });

  it("try distinct providers before a provider's second enclave, and do not prefer price 0", () => {
    const crowd = Array.from({ length: 20 }, (_, index) =>
      offerOf(index + 10, { provider: address(7), oraclePrice: 0n, registryPrice: 0n }),
    );
    const firsts = new Map<string, number>();
    for (let round = 0; round < 200; round += 1) {
      const [first, second] = order([...crowd, offerOf(1)]);
      expect(new Set([first?.provider, second?.provider]).size).toBe(2);
      firsts.set(first?.provider ?? "", (firsts.get(first?.provider ?? "") ?? 0) + 1);
    }
    // Fair coins: 200 throws leave 40 to 160 with a chance of error below 10^-16.
    expect(firsts.get(address(101))).toBeGreaterThan(40);
    expect(firsts.get(address(7))).toBeGreaterThan(40);
  });

  it("say whether none is free or all are too dear", () => {
    const ask = async (offers: readonly Offer[]) => order(offers);
    return Promise.all([
      expectRefusal(ask([]), "SESSION_NO_ORACLE"),
      expectRefusal(ask([offerOf(1, {}, 0)]), "SESSION_NO_ORACLE"),
      expectRefusal(ask([offerOf(1, { oraclePrice: 51n })]), "SESSION_PRICE_CAP"),
    ]);
  });
});

describe("chance", () => {
  it("draws each number below the bound, without the bias of a remainder", () => {
    const bytes = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 4];
    // 2^32 - 1 lies in the incomplete last round of 3 and is drawn again.
    expect(randomBelow(3, (length) => Uint8Array.from(bytes.splice(0, length)))).toBe(1);
    expect(bytes).toEqual([]);
    expect([...shuffled([1, 2, 3, 4], random)].sort()).toEqual([1, 2, 3, 4]);
  });
});

describe("an endpoint", () => {
  const isRefused = (url: string, policy: "public" | "loopback") =>
    errorOf(Promise.resolve().then(() => requireEndpoint(url, policy))).then(({ code }) => code);

  it.each([
    "ws://oracle.example.org",
    "https://oracle.example.org",
    "wss://127.0.0.1",
    "wss://[::1]",
    "wss://10.0.0.1",
    "wss://localhost",
    "wss://oracle.internal",
    "wss://oracle",
    "wss://user@oracle.example.org",
    "wss://oracle.example.org@evil.org#",
    "wss://ORACLE.example.org\\.evil.org",
    "javascript:alert(1)",
    "",
  ])("of a release is not %j", async (url) => {
    expect(await isRefused(url, "public")).toBe("SESSION_ENDPOINT_REFUSED");
  });

  it("of a release is a public name over wss; of a development build this machine", async () => {
    requireEndpoint("wss://oracle.open-contracts.org/session", "public");
    requireEndpoint(oracleUrl, "loopback");
    expect(await isRefused("wss://oracle.open-contracts.org", "loopback")).toBe("SESSION_ENDPOINT_REFUSED");
    expect(await isRefused("http://127.0.0.1:1", "loopback")).toBe("SESSION_ENDPOINT_REFUSED");
  });

  it("that a registry quotes is held against the policy before anything connects", async () => {
    const world = await createWorld();
    const quotes = await world.quotes();
    world.quotes = () =>
      Promise.resolve(quotes.map((quote) => ({ ...quote, endpoint: "wss://evil.open-contracts.org" })));
    await expectRefusal(runWorld(world), "SESSION_ENDPOINT_REFUSED");
  });
});

describe("the search for an oracle", () => {
  async function addLiar(world: World, url: string, failure: OpenContractsError): Promise<void> {
    const quotes = await world.quotes();
    const [quote] = quotes;
    if (quote === undefined) throw new Error("no quote");
    const certificate = { ...quote.certificate, oracle: address(5), provider: address(6) };
    world.quotes = () => Promise.resolve([{ ...quote, endpoint: url, certificate }, ...quotes]);
    world.endpoints.set(url, () => Promise.reject(failure));
  }

  it.each([new TransportError("SESSION_CLOSED"), new UntrustedError("TLS_VERSION")])(
    "goes on past an oracle that fails with %s, and tries it once",
    async (failure) => {
      const world = await createWorld();
      const url = "ws://127.0.0.1:9003";
      await addLiar(world, url, failure);
      // Draws of 0 leave the order as quoted: the liar first.
      world.ports.random = (length) => (length === 4 ? new Uint8Array(4) : random(length));
      expect((await runWorld(world)).result).toEqual(world.result);
      expect(world.heard.failures).toEqual([{ endpoint: url, role: "oracle", code: failure.code }]);
    },
  );

  it("goes on with the registries that answer", async () => {
    const world = await createWorld();
    const listed = await world.chain.activeRegistries();
    const [entry] = listed;
    if (entry === undefined) throw new Error("no registry");
    const dead = { ...entry, signer: address(8), endpoint: "ws://127.0.0.1:9009" };
    world.chain.activeRegistries = () => Promise.resolve([dead, ...listed]);
    expect((await runWorld(world)).result).toEqual(world.result);
    expect(world.heard.failures).toEqual([
      { endpoint: "ws://127.0.0.1:9009", role: "registry", code: "SESSION_CLOSED" },
    ]);
  });

  it("asks three registries at most", async () => {
    const world = await createWorld();
    const [entry] = await world.chain.activeRegistries();
    if (entry === undefined) throw new Error("no registry");
    const many = Array.from({ length: 9 }, (_, index) => ({
      ...entry,
      endpoint: `ws://127.0.0.1:${String(index + 1)}`,
    }));
    world.chain.activeRegistries = () => Promise.resolve(many);
    await expectRefusal(runWorld(world), "SESSION_CLOSED");
    expect(world.heard.failures).toHaveLength(3);
  });

  it("tries three oracles at most, and reports a failed check rather than a lost connection", async () => {
    const world = await createWorld();
    const [quote] = await world.quotes();
    if (quote === undefined) throw new Error("no quote");
    const quotes = Array.from({ length: 5 }, (_, index) => {
      const certificate = {
        ...quote.certificate,
        oracle: address(index + 20),
        provider: address(index + 40),
      };
      return { ...quote, endpoint: `ws://127.0.0.1:${String(index + 1)}`, certificate };
    });
    world.quotes = () => Promise.resolve(quotes);
    let attempts = 0;
    for (const { endpoint } of quotes) {
      world.endpoints.set(endpoint, () => {
        attempts += 1;
        return Promise.reject(
          attempts === 2 ? new UntrustedError("TLS_VERSION") : new TransportError("SESSION_CLOSED"),
        );
      });
    }
    await expectRefusal(runWorld(world), "TLS_VERSION");
    expect(attempts).toBe(3);
  });

  it("stops at once where the chain is not to be trusted", async () => {
    const world = await createWorld();
    world.chain.isActiveImage = () => Promise.reject(new UntrustedError("CHAIN_ENDPOINTS_DISAGREE"));
    await expectRefusal(runWorld(world), "CHAIN_ENDPOINTS_DISAGREE");
    expect(world.heard.failures).toEqual([]);
  });

  it("needs a registry on the Hub's list, and a free oracle", async () => {
    const empty = await createWorld();
    empty.chain.activeRegistries = () => Promise.resolve([]);
    await expectRefusal(runWorld(empty), "SESSION_NO_REGISTRY");
    const idle = await createWorld();
    idle.quotes = () => Promise.resolve([]);
    await expectRefusal(runWorld(idle), "SESSION_NO_ORACLE");
  });

  it("reports what an attested registry says, and refuses another answer", async () => {
    const failing = await createWorld();
    failing.registryScript = async (talk) => {
      await greet(failing, talk);
      await talk.write({ type: "failed", code: "SERVICE_HUB_UNKNOWN" });
      await talk.read();
    };
    await expectRefusal(runWorld(failing), "SERVICE_HUB_UNKNOWN");
    const odd = await createWorld();
    odd.registryScript = async (talk) => {
      await greet(odd, talk);
      await talk.write({ type: "pong" });
      await talk.read();
    };
    await expectRefusal(runWorld(odd), "SESSION_UNEXPECTED_MESSAGE");
    expect(odd.heard.failures.map(({ endpoint }) => endpoint)).toEqual([registryUrl]);
  });

  async function greet(world: World, talk: Parameters<World["registryScript"]>[0]): Promise<void> {
    const hello = await talk.read();
    if (hello?.type !== "hello") throw new Error("no hello");
    await talk.write({
      type: "attestation",
      document: await talk.attest(hello.nonce),
      caCertificate: world.authority.der,
    });
    await talk.read();
  }
});
