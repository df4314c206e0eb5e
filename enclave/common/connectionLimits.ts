/** How many connections a server holds, and how long it waits. */
export interface ConnectionLimits {
  /** Connections that have not said hello yet; one more pushes the oldest of them out. */
  readonly pendingConnections: number;
  /** Connections that have said hello; one more is closed. */
  readonly openConnections: number;
  /** From the first byte of the connection to its hello, TLS handshake included. */
  readonly helloMs: number;
  /** Longest silence of a client; an honest one pings every 20 s. */
  readonly idleMs: number;
  /** Longest time one message may take to leave. */
  readonly writeMs: number;
}

/** What the services run with. */
export const defaultConnectionLimits: ConnectionLimits = {
  pendingConnections: 128,
  openConnections: 512,
  helloMs: 15_000,
  idleMs: 60_000,
  writeMs: 30_000,
};
