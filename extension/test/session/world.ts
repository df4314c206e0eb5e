import { concat, encodeFunctionData, keccak256, parseAbi } from "viem";
import { utf8, type Address, type Hex } from "#protocol/bytes.ts";
import type { OracleCertificate, SignedResult } from "#protocol/eip712.ts";
import { TransportError } from "#protocol/errors.ts";
import type { TrustConfig } from "#protocol/trust/config.ts";
import { encodeCertificate, encodeResult } from "#protocol/wire/signed.ts";
import { openSimulatedNsm } from "../../../enclave/nsm/simulated/nsm.ts";
import { simulatedAllowlistEntry } from "../../../enclave/nsm/simulated/measurement.ts";
import { createSimulatedRoot, type SimulatedRoot } from "../../../enclave/nsm/simulated/root.ts";
import type { ChainReader } from "../../background/chain/reader.ts";
import type { Step, SessionListener, PeerFailure } from "../../background/session/listener.ts";
import type { SessionPorts } from "../../background/session/ports.ts";
import { createSessionRequest, type SessionRequest } from "../../background/session/request.ts";
import { createAuthority, type TestAuthority } from "./certificates.ts";
import {
  createEnclave,
  serveOracle,
  serveRegistry,
  type OracleTalk,
  type Received,
  type RegistryTalk,
  type TestEnclave,
} from "./enclave.ts";

export const hub: Address = "0x00000000000000000000000000000000000000aa";
export const chainId = 31337;
export const target: Address = "0x00000000000000000000000000000000000000bb";
export const user: Address = "0x00000000000000000000000000000000000000cc";
export const functionSignature = "settle(address buyer, uint256 amount)";
const abi = parseAbi(["function settle(address buyer, uint256 amount)"]);
const registryProvider: Address = "0x00000000000000000000000000000000000000d1";
const oracleProvider: Address = "0x00000000000000000000000000000000000000d2";
const zero32: Hex = `0x${"0".repeat(64)}`;

/** Secure randomness for what is not under test. */
export const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

/** The call that the test script submits. */
export const call = encodeFunctionData({ abi, functionName: "settle", args: [user, 7n] });

/** A whole small world in one process: a registry, an oracle, a chain that says what it is told to say. */
export interface World {
  nowMs: number;
  readonly root: SimulatedRoot;
  readonly authority: TestAuthority;
  readonly registry: TestEnclave;
  readonly oracle: TestEnclave;
  readonly trust: TrustConfig;
  readonly request: SessionRequest;
  /** What the oracle shows as its certificate. */
  certificate: OracleCertificate;
  /** Who signs it. */
  certify: (certificate: OracleCertificate) => Promise<Uint8Array>;
  /** What the oracle signs at the end, before {@link World.signResult}. */
  result: SignedResult;
  signResult: (result: SignedResult) => Promise<Uint8Array>;
  /** What the registry quotes. */
  quotes: () => Promise<Extract<Parameters<RegistryTalk["write"]>[0], { type: "quotes" }>["quotes"]>;
  registryScript: (talk: RegistryTalk) => Promise<void>;
  oracleScript: (talk: OracleTalk) => Promise<void>;
  /** The script once it runs. */
  dialog: (talk: OracleTalk) => Promise<void>;
  readonly chain: { -readonly [K in keyof ChainReader]: ChainReader[K] };
  readonly endpoints: Map<string, () => ReturnType<SessionPorts["connect"]>>;
  readonly atOracle: Received;
  readonly atRegistry: Received;
  readonly ports: { -readonly [K in keyof SessionPorts]: SessionPorts[K] };
  readonly heard: {
    steps: Step[];
    prints: string[];
    failures: PeerFailure[];
    phases: string[];
    delays: number[];
    refused: string[];
    tracebacks: string[];
  };
  readonly listener: { -readonly [K in keyof SessionListener]: SessionListener[K] };
}

export const registryUrl = "ws://127.0.0.1:9001";
export const oracleUrl = "ws://127.0.0.1:9002";

function trustOf(root: SimulatedRoot): TrustConfig {
  return {
    kind: "development",
    rootDer: root.rootDer,
    allowlist: { entries: [simulatedAllowlistEntry("oracle"), simulatedAllowlistEntry("registry")] },
    revokedCertificates: [],
    chains: [
      {
        chainId,
        name: "test",
        hub,
        hubCodeHash: zero32,
        endpoints: ["http://127.0.0.1:1", "http://127.0.0.1:2"],
      },
    ],
    endpointPolicy: "loopback",
  };
}

function never(): Promise<never> {
  return Promise.reject(new TransportError("CHAIN_ENDPOINT_UNREACHABLE"));
}

/** Reads the whole upload and says what the real enclave would. */
async function receiveUpload(talk: OracleTalk): Promise<void> {
  const run = await talk.read();
  if (run?.type !== "run") throw new Error("no run");
  let missing = run.files.reduce((sum, { size }) => sum + size, 0);
  while (missing > 0) {
    const piece = await talk.read();
    if (piece?.type === "file") missing -= piece.bytes.length;
  }
}

/** Says hello back, as an oracle. */
export async function greetAsOracle(world: World, talk: OracleTalk): Promise<void> {
  const hello = await talk.read();
  if (hello?.type !== "hello") throw new Error("no hello");
  await talk.write({
    type: "attestation",
    document: await talk.attest(hello.nonce),
    certificate: encodeCertificate(world.certificate),
    registrySignature: await world.certify(world.certificate),
  });
}

/** Sends the world's result. */
export async function sendResult(world: World, talk: OracleTalk): Promise<void> {
  await talk.write({
    type: "result",
    result: encodeResult(world.result),
    signature: await world.signResult(world.result),
    certificate: encodeCertificate(world.certificate),
    registrySignature: await world.certify(world.certificate),
  });
  // The client closes once it has the result.
  await talk.read();
}

async function serveAsOracle(world: World, talk: OracleTalk): Promise<void> {
  await greetAsOracle(world, talk);
  await receiveUpload(talk);
  await talk.write({ type: "started", oracleHash: world.request.oracleHash });
  await world.dialog(talk);
}

async function serveAsRegistry(world: World, talk: RegistryTalk): Promise<void> {
  const hello = await talk.read();
  if (hello?.type !== "hello") throw new Error("no hello");
  await talk.write({
    type: "attestation",
    document: await talk.attest(hello.nonce),
    caCertificate: world.authority.der,
  });
  const question = await talk.read();
  if (question?.type !== "quotes") throw new Error("no question");
  await talk.write({ type: "quotes", quotes: await world.quotes() });
  await talk.read();
}

function createChain(world: () => World): World["chain"] {
  return {
    chainId,
    hub,
    isAllowed: () => Promise.resolve(true),
    activeRegistries: async () => {
      const { registry } = world();
      const image = await imageOf(registry);
      return [{ signer: registry.signer.address, provider: registryProvider, image, endpoint: registryUrl }];
    },
    isActiveRegistry: never,
    isActiveImage: () => Promise.resolve(true),
    isUsed: never,
    oracleRecord: never,
    funds: never,
    findTransaction: never,
    findReceipt: never,
  };
}

/** keccak256 of the three measurements, as the Hub names an image. */
export async function imageOf({ nsm }: TestEnclave): Promise<Hex> {
  const pcrs = await nsm.describePcrs();
  return keccak256(concat([0, 1, 2].map((index) => pcrs.get(index) ?? new Uint8Array(0))));
}

function createListener(heard: World["heard"]): World["listener"] {
  return {
    onPhase: (phase) => heard.phases.push(phase),
    onStep: (step) => heard.steps.push(step),
    onPeerFailed: (failure) => heard.failures.push(failure),
    onPrint: (text) => heard.prints.push(text),
    onPrompt: () => Promise.resolve("answer"),
    onDelay: ({ seconds }) => heard.delays.push(seconds),
    onRefused: (host, reason) => heard.refused.push(`${host} ${reason}`),
    onTraceback: (text) => heard.tracebacks.push(text),
  };
}

function createPorts(world: () => World): World["ports"] {
  return {
    connect: (url) => world().endpoints.get(url)?.() ?? Promise.reject(new TransportError("SESSION_CLOSED")),
    chain: createChain(world),
    get trust() {
      return world().trust;
    },
    nowMs: () => world().nowMs,
    random,
    deadline: (timeoutMs) => AbortSignal.timeout(timeoutMs),
  };
}

async function createParts(clock: () => number) {
  const nowMs = clock();
  const root = await createSimulatedRoot({ clock, random });
  const authority = await createAuthority("registry", nowMs);
  const open = (measured: "oracle" | "registry") => openSimulatedNsm({ root, clock, random, measured });
  const registry = await createEnclave("registry", {
    nsm: await open("registry"),
    provider: registryProvider,
    authority,
    nowMs,
  });
  const oracle = await createEnclave("oracle", {
    nsm: await open("oracle"),
    provider: oracleProvider,
    authority,
    nowMs,
  });
  const trust = trustOf(root);
  const files = [
    { path: "oracle.py", bytes: utf8("print('hello')\n") },
    { path: "data/empty.txt", bytes: new Uint8Array(0) },
    { path: "data/large.bin", bytes: new Uint8Array(300_000).fill(7) },
  ];
  const parts = { chainId, target, functionSignature, files, user, valueWei: 5n, maxPaymentWei: 100n };
  const request = await createSessionRequest(parts, trust);
  return { root, authority, registry, oracle, trust, request };
}

/** Makes a world in which everything is as it should be. */
export async function createWorld(): Promise<World> {
  const nowMs = Date.now();
  const nowSec = Math.floor(nowMs / 1000);
  const time: { world?: World } = {};
  const parts = await createParts(() => time.world?.nowMs ?? nowMs);
  const { registry, oracle, request } = parts;
  const hubName = { chainId, hub };
  const heard = { steps: [], prints: [], failures: [], phases: [], delays: [], refused: [], tracebacks: [] };
  const lookup = (): World => world;
  const ports = createPorts(lookup);
  const world: World = {
    ...parts,
    nowMs,
    certificate: {
      oracle: oracle.signer.address,
      provider: oracleProvider,
      image: await imageOf(oracle),
      onlyOracleHash: zero32,
      oraclePrice: 50n,
      registryPrice: 10n,
      notBefore: nowSec - 300,
      notAfter: nowSec + 3_600,
    },
    certify: (certificate) => registry.signer.signCertificate(hubName, certificate),
    result: {
      user,
      target,
      oracleHash: request.oracleHash,
      registry: registry.signer.address,
      nonce: 0n,
      startedAt: nowSec,
      signedAt: nowSec,
      deadline: nowSec + 1_800,
      value: 5n,
      call,
    },
    signResult: (result) => oracle.signer.signResult(hubName, result),
    quotes: async () => [
      {
        endpoint: oracleUrl,
        certificate: encodeCertificate(world.certificate),
        registrySignature: await world.certify(world.certificate),
        freeSessions: 1,
      },
    ],
    registryScript: (talk) => serveAsRegistry(world, talk),
    oracleScript: (talk) => serveAsOracle(world, talk),
    dialog: (talk) => sendResult(world, talk),
    chain: ports.chain,
    endpoints: new Map([
      [
        registryUrl,
        async () => serveRegistry(registry, world.atRegistry, (talk) => world.registryScript(talk)),
      ],
      [oracleUrl, async () => serveOracle(oracle, world.atOracle, (talk) => world.oracleScript(talk))],
    ]),
    atOracle: { bytes: new Uint8Array(0) },
    atRegistry: { bytes: new Uint8Array(0) },
    ports,
    heard,
    listener: createListener(heard),
  };
  time.world = world;
  return world;
}
