import { describe, expect, it } from "vitest";
import type { Address, Hex } from "#protocol/bytes.ts";
import type { ErrorCode } from "#protocol/codes/index.ts";
import { openSimulatedNsm } from "../../../enclave/nsm/simulated/nsm.ts";
import { simulatedPcrs } from "../../../enclave/nsm/simulated/measurement.ts";
import { createSimulatedRoot } from "../../../enclave/nsm/simulated/root.ts";
import { createSigner } from "../../../enclave/common/signer.ts";
import { createTlsKey } from "../../../enclave/common/tlsKey.ts";
import { sessionTimeouts } from "../../background/session/limits.ts";
import { createAuthority, issueLeaf } from "./certificates.ts";
import { createEnclave, serveOracle } from "./enclave.ts";
import { errorOf, expectRefusal, runWorld, typesOf } from "./refusal.ts";
import { chainId, createWorld, hub, oracleUrl, random, registryUrl, type World } from "./world.ts";

const other: Address = "0x00000000000000000000000000000000000000ee";
const otherImage: Hex = `0x${"11".repeat(32)}`;

type Change = (world: World) => void | Promise<void>;

const clock = (world: World) => ({ clock: () => world.nowMs, random });

/** Every equality of one session, each broken alone, and the code that must say so. */
const oracleLies: readonly (readonly [name: string, code: ErrorCode, change: Change])[] = [
  [
    "the leaf names another signer than the document",
    "SESSION_SIGNER_NAME_MISMATCH",
    async ({ oracle, authority, nowMs }) => {
      oracle.leaf = await issueLeaf(authority, {
        spki: oracle.key.spki,
        signer: other,
        role: "oracle",
        nowMs,
      });
    },
  ],
  [
    "the certificate is of another signer than the document's",
    "SESSION_SIGNER_CERTIFICATE_MISMATCH",
    (world) => {
      world.certificate = { ...world.certificate, oracle: other };
    },
  ],
  [
    "the certificate names another provider",
    "SESSION_PROVIDER_MISMATCH",
    (world) => {
      world.certificate = { ...world.certificate, provider: other };
    },
  ],
  [
    "the certificate names another image",
    "SESSION_IMAGE_MISMATCH",
    (world) => {
      world.certificate = { ...world.certificate, image: otherImage };
    },
  ],
  [
    "the image was retired on the Hub",
    "SESSION_IMAGE_INACTIVE",
    (world) => {
      world.chain.isActiveImage = () => Promise.resolve(false);
    },
  ],
  [
    "another registry signed the certificate",
    "SESSION_CERTIFICATE_REGISTRY_MISMATCH",
    (world) => {
      world.certify = (certificate) => createSigner().signCertificate({ chainId, hub }, certificate);
    },
  ],
  [
    "the registry signed it for another Hub",
    "SESSION_CERTIFICATE_REGISTRY_MISMATCH",
    (world) => {
      world.certify = (certificate) =>
        world.registry.signer.signCertificate({ chainId, hub: other }, certificate);
    },
  ],
  [
    "the oracle signed its own certificate",
    "SESSION_CERTIFICATE_REGISTRY_MISMATCH",
    (world) => {
      world.certify = (certificate) => world.oracle.signer.signCertificate({ chainId, hub }, certificate);
    },
  ],
  [
    "the signature under the certificate is none",
    "SESSION_CERTIFICATE_SIGNATURE_INVALID",
    (world) => {
      world.certify = () => Promise.resolve(new Uint8Array(65));
    },
  ],
  [
    "the certificate is from the future",
    "SESSION_CERTIFICATE_NOT_YET_VALID",
    (world) => {
      world.certificate = { ...world.certificate, notBefore: Math.floor(world.nowMs / 1000) + 61 };
    },
  ],
  [
    "the certificate has expired",
    "SESSION_CERTIFICATE_EXPIRED",
    (world) => {
      world.certificate = { ...world.certificate, notAfter: Math.floor(world.nowMs / 1000) - 1 };
    },
  ],
  [
    "the certificate lives longer than a day",
    "SESSION_CERTIFICATE_LIFETIME",
    (world) => {
      world.certificate = { ...world.certificate, notAfter: world.certificate.notBefore + 86_401 };
    },
  ],
  [
    "the oracle was certified for another script alone",
    "SESSION_CERTIFICATE_OTHER_SCRIPT",
    (world) => {
      const quoted = world.quotes();
      world.quotes = () => quoted;
      world.certificate = { ...world.certificate, onlyOracleHash: otherImage };
    },
  ],
  [
    "the certificate costs more than was quoted and allowed",
    "SESSION_PRICE_ABOVE_CAP",
    async (world) => {
      const quoted = await world.quotes();
      world.quotes = () => Promise.resolve(quoted);
      world.certificate = { ...world.certificate, oraclePrice: 1_000n };
    },
  ],
  [
    "another registry's CA of the same name issued the leaf",
    "LEAF_SIGNATURE_INVALID",
    async ({ oracle, authority, nowMs }) => {
      const twin = await createAuthority(authority.name, nowMs);
      const { signer, key } = oracle;
      oracle.leaf = await issueLeaf(twin, { spki: key.spki, signer: signer.address, role: "oracle", nowMs });
    },
  ],
  [
    "the document names another CA",
    "USER_DATA_CA_MISMATCH",
    async ({ oracle, nowMs }) => {
      oracle.caSpki = (await createAuthority("registry", nowMs)).spki;
    },
  ],
  [
    "the document is a registry's",
    "USER_DATA_ROLE_MISMATCH",
    ({ oracle }) => {
      oracle.statement = { ...oracle.statement, role: "registry" };
    },
  ],
  [
    "the leaf is a registry's",
    "LEAF_NAME_REFUSED",
    async ({ oracle, authority, nowMs }) => {
      const { signer, key } = oracle;
      oracle.leaf = await issueLeaf(authority, {
        spki: key.spki,
        signer: signer.address,
        role: "registry",
        nowMs,
      });
    },
  ],
  [
    "a registry's image poses as an oracle's",
    "ATTESTATION_ROLE_MISMATCH",
    async (world) => {
      world.oracle.nsm = await openSimulatedNsm({ root: world.root, ...clock(world), measured: "registry" });
    },
  ],
  [
    "the image is unknown",
    "ATTESTATION_PCR_MISMATCH",
    async (world) => {
      const measured = new Map(simulatedPcrs("oracle")).set(2, new Uint8Array(48).fill(9));
      world.oracle.nsm = await openSimulatedNsm({ root: world.root, ...clock(world), measured });
    },
  ],
  [
    "the enclave runs in debug mode",
    "ATTESTATION_DEBUG_ENCLAVE",
    async (world) => {
      const measured = new Map(
        Array.from({ length: 16 }, (_, index) => [index, new Uint8Array(48)] as const),
      );
      world.oracle.nsm = await openSimulatedNsm({ root: world.root, ...clock(world), measured });
    },
  ],
  [
    "the document is under another root",
    "ATTESTATION_ROOT_UNKNOWN",
    async (world) => {
      const root = await createSimulatedRoot(clock(world));
      world.oracle.nsm = await openSimulatedNsm({ root, ...clock(world), measured: "oracle" });
    },
  ],
  [
    "the document answers another nonce",
    "ATTESTATION_NONCE_MISMATCH",
    ({ oracle }) => {
      const { document } = oracle;
      oracle.document = (_nonce, exporter) => document(random(32), exporter);
    },
  ],
  [
    "the document is of another connection",
    "USER_DATA_EXPORTER_MISMATCH",
    ({ oracle }) => {
      const { document } = oracle;
      oracle.document = (nonce) => document(nonce, random(32));
    },
  ],
  [
    "the document is of another key",
    "ATTESTATION_PUBLIC_KEY_MISMATCH",
    async ({ oracle }) => {
      const { nsm } = oracle;
      const { spki } = await createTlsKey();
      oracle.nsm = { ...nsm, attest: (request) => nsm.attest({ ...request, publicKey: spki }) };
    },
  ],
  [
    "there is no document",
    "ATTESTATION_USER_DATA_MISSING",
    ({ oracle }) => {
      const { nsm } = oracle;
      oracle.nsm = { ...nsm, attest: (request) => nsm.attest({ ...request, userData: null }) };
    },
  ],
];

const registryLies: readonly (readonly [name: string, code: ErrorCode, change: Change])[] = [
  [
    "its signer is not on the Hub's list",
    "SESSION_REGISTRY_INACTIVE",
    (world) => listAs(world, { signer: other }),
  ],
  [
    "its provider is another one",
    "SESSION_REGISTRY_PROVIDER_MISMATCH",
    (world) => listAs(world, { provider: other }),
  ],
  [
    "its image is another one",
    "SESSION_REGISTRY_IMAGE_MISMATCH",
    (world) => listAs(world, { image: otherImage }),
  ],
  [
    "its document names another CA than the one it sends",
    "USER_DATA_CA_MISMATCH",
    async ({ registry, nowMs }) => {
      registry.caSpki = (await createAuthority("registry", nowMs)).spki;
    },
  ],
  [
    "its leaf is not of the CA that it sends",
    "LEAF_SIGNATURE_INVALID",
    async ({ registry, nowMs }) => {
      const twin = await createAuthority("registry", nowMs);
      const { key, signer } = registry;
      registry.leaf = await issueLeaf(twin, {
        spki: key.spki,
        signer: signer.address,
        role: "registry",
        nowMs,
      });
    },
  ],
  [
    "an oracle poses as a registry",
    "ATTESTATION_ROLE_MISMATCH",
    async (world) => {
      world.registry.nsm = await openSimulatedNsm({ root: world.root, ...clock(world), measured: "oracle" });
    },
  ],
];

async function listAs(world: World, lie: Partial<Record<"signer" | "provider", Address> & { image: Hex }>) {
  const [entry] = await world.chain.activeRegistries();
  if (entry === undefined) throw new Error("no registry");
  world.chain.activeRegistries = () => Promise.resolve([{ ...entry, ...lie }]);
}

describe("an oracle is refused where", () => {
  it.each(oracleLies)("%s: %s", async (_name, code, change) => {
    const world = await createWorld();
    await change(world);
    await expectRefusal(runWorld(world), code);
    expect(typesOf(world.atOracle).filter((type) => type !== "hello")).toEqual([]);
    expect(world.heard.failures).toEqual([{ endpoint: oracleUrl, role: "oracle", code }]);
  });

  it("it is the same image in another instance (diversion)", async () => {
    const world = await createWorld();
    const { authority, nowMs, root } = world;
    const nsm = await openSimulatedNsm({ root, ...clock(world), measured: "oracle" });
    const twin = await createEnclave("oracle", {
      nsm,
      provider: world.certificate.provider,
      authority,
      nowMs,
    });
    world.endpoints.set(oracleUrl, async () =>
      serveOracle(twin, world.atOracle, (talk) => world.oracleScript(talk)),
    );
    await expectRefusal(runWorld(world), "SESSION_SIGNER_CERTIFICATE_MISMATCH");
  });

  it("it speaks out of order", async () => {
    const world = await createWorld();
    world.oracleScript = async (talk) => {
      await talk.read();
      await talk.write({ type: "print", text: "before any document" });
      await talk.read();
    };
    await expectRefusal(runWorld(world), "SESSION_UNEXPECTED_MESSAGE");
    expect(world.heard.prints).toEqual([]);
  });

  it("it gives up before it has proven anything; its code is not believed", async () => {
    const world = await createWorld();
    world.oracleScript = async (talk) => {
      await talk.read();
      await talk.write({ type: "failed", code: "INTERNAL" });
    };
    const error = await errorOf(runWorld(world));
    expect([error.code, error.actual]).toEqual(["SESSION_PEER_FAILED", "INTERNAL"]);
  });

  it("it ends the connection instead of answering", async () => {
    const world = await createWorld();
    world.oracleScript = async (talk) => {
      await talk.read();
      await talk.close();
    };
    await expectRefusal(runWorld(world), "SESSION_CLOSED");
  });

  it("it never answers", async () => {
    const world = await createWorld();
    world.oracleScript = () => new Promise(() => undefined);
    // Only the wait for the oracle's document is cut short: the registry's handshake and its own are over by then.
    world.ports.deadline = (timeoutMs) => {
      const handshakes = world.heard.steps.filter(({ name }) => name === "tls-established").length;
      return AbortSignal.timeout(
        handshakes === 2 && timeoutMs === sessionTimeouts.attestMs ? 100 : timeoutMs,
      );
    };
    await expectRefusal(runWorld(world), "SESSION_TIMEOUT");
  });
});

describe("a registry is refused where", () => {
  it.each(registryLies)("%s: %s", async (_name, code, change) => {
    const world = await createWorld();
    await change(world);
    await expectRefusal(runWorld(world), code);
    expect(world.atOracle.bytes).toHaveLength(0);
    expect(world.heard.failures).toEqual([{ endpoint: registryUrl, role: "registry", code }]);
  });
});
