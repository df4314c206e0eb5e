import type { Address } from "#protocol/bytes.ts";
import { encodeCertificate } from "#protocol/wire/signed.ts";
import type { Certified, RegistryReplyWire } from "#protocol/wire/registry.ts";
import type { HubName } from "../common/signer.ts";

/** One oracle that this registry has certified and that is connected. */
export interface LiveOracle {
  readonly signer: Address;
  readonly endpoint: string;
  readonly certificates: readonly Certified[];
  readonly freeSessions: number;
  readonly lastHeardMs: number;
}

type QuoteWire = Extract<RegistryReplyWire, { type: "quotes" }>["quotes"][number];

/** Longest silence of an oracle before it is no longer offered; it reports every 20 s. */
const silenceMs = 60_000;
const maxQuotes = 64;

/** Who is free, and at what price. Lives in memory: an oracle that is gone enrolls again. */
export class Directory {
  readonly #oracles = new Map<object, LiveOracle>();

  /** Notes what is known of the oracle behind `connection`; one entry per connection. */
  set(connection: object, oracle: LiveOracle): void {
    this.#oracles.set(connection, oracle);
  }

  /** Notes a heartbeat. False where the connection has no oracle. */
  hear(connection: object, freeSessions: number, nowMs: number): boolean {
    const oracle = this.#oracles.get(connection);
    if (oracle === undefined) return false;
    this.#oracles.set(connection, { ...oracle, freeSessions, lastHeardMs: nowMs });
    return true;
  }

  /** Forgets the oracle behind `connection`. */
  delete(connection: object): void {
    this.#oracles.delete(connection);
  }

  /**
   * Live oracles of a Hub, each signer once (its newest connection), at most 64, in an order drawn by `random` (a
   * number in [0, 1)): nobody is first by being early or cheap.
   */
  quotes({ chainId, hub }: HubName, nowMs: number, random: () => number): QuoteWire[] {
    const bySigner = new Map<Address, QuoteWire>();
    for (const oracle of this.#oracles.values()) {
      const certified = oracle.certificates.find((one) => one.chainId === chainId && one.hub === hub);
      const isLive = nowMs - oracle.lastHeardMs <= silenceMs;
      if (certified === undefined || !isLive || certified.certificate.notAfter * 1000 <= nowMs) continue;
      bySigner.set(oracle.signer, {
        endpoint: oracle.endpoint,
        certificate: encodeCertificate(certified.certificate),
        registrySignature: certified.registrySignature,
        freeSessions: oracle.freeSessions,
      });
    }
    return shuffle([...bySigner.values()], random).slice(0, maxQuotes);
  }
}

/** Fisher and Yates. */
function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const pool = [...items];
  const drawn: T[] = [];
  while (pool.length > 0) drawn.push(...pool.splice(Math.floor(random() * pool.length), 1));
  return drawn;
}
