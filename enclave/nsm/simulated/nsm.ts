import { hexFromBytes } from "#protocol/bytes.ts";
import { UsageError } from "#protocol/errors.ts";
import type { Role } from "#protocol/userData.ts";
import type { AttestationRequest, Nsm } from "../nsm.ts";
import { issueChain, type SimulatedChain } from "./chain.ts";
import { encodePayload, signDocument, type PayloadForm } from "./document.ts";
import { simulatedPcrs } from "./measurement.ts";
import type { SimulatedRoot } from "./root.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a simulated module is made of. */
export interface SimulatedNsmOptions extends Surroundings {
  readonly root: SimulatedRoot;
  /** The role whose marked pattern the registers hold, or the registers themselves. */
  readonly measured: Role | ReadonlyMap<number, Uint8Array>;
  /** Absent: a random one, as each boot has its own. */
  readonly moduleId?: string;
  /** Absent: "indefinite", as firmware writes today. */
  readonly payloadForm?: PayloadForm;
}

const renewBeforeMs = 10 * 60_000;
const largest = { publicKey: 1024, userData: 512, nonce: 512 } as const;

/** A module id in the form of real ones, with random digits. */
export function createModuleId(random: Surroundings["random"]): string {
  return `i-${hexFromBytes(random(9)).slice(0, 17)}-enc${hexFromBytes(random(9)).slice(0, 17)}`;
}

function demandSizes(request: AttestationRequest): void {
  for (const field of ["publicKey", "userData", "nonce"] as const) {
    const length = request[field]?.length ?? 0;
    if (length > largest[field]) {
      throw new UsageError("NSM_REQUEST_TOO_LARGE", {
        expected: `${field} of at most ${largest[field]} bytes`,
        actual: String(length),
      });
    }
  }
}

/**
 * Opens a module that signs real documents (COSE_Sign1 by ES384, five certificates) under its own root. They
 * pass the same verifier as the vendor's, where that root is the compiled-in one. The chain is issued anew ten
 * minutes before the leaf's three hours are over.
 */
export async function openSimulatedNsm(options: SimulatedNsmOptions): Promise<Nsm> {
  const { root, clock, random, measured, payloadForm = "indefinite" } = options;
  const moduleId = options.moduleId ?? createModuleId(random);
  const pcrs = typeof measured === "string" ? simulatedPcrs(measured) : measured;
  const issue = (): Promise<SimulatedChain> => issueChain(root, moduleId, { clock, random });
  let chain = await issue();

  return {
    async attest(request) {
      demandSizes(request);
      if (clock() > chain.leafNotAfterMs - renewBeforeMs) chain = await issue();
      const { cabundle, certificate, leafKey } = chain;
      const fields = { ...request, moduleId, timestampMs: clock(), pcrs, certificate, cabundle };
      return signDocument(encodePayload(fields, payloadForm), leafKey);
    },
    describePcrs: () => Promise.resolve(pcrs),
  };
}
