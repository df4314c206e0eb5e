import type { ArgumentSpec } from "../common/arguments.ts";

/**
 * Arguments of `enclave/dev/oracle.ts`. On stdout it prints one JSON line once it waits for its host:
 * `{"ready":true,"service":"oracle","control":<path>,"listen":[<path>, ...]}`. The host then opens `control`
 * (see `host/controlClient.ts`), which says when the oracle is enrolled and listens.
 */
export const oracleArguments = {
  "simulated-root": { value: "file", help: "key of the simulated security module's root" },
  listen: {
    value: "socket",
    help: "unix socket of the inner TLS server, for the relay; one per registry of the host's message, in order",
    isList: true,
  },
  control: { value: "socket", help: "unix socket on which the host sends its one message" },
  egress: { value: "socket", help: "unix socket of the host's egress" },
  "site-roots": { value: "file", help: "PEM bundle that web sites' certificates must chain to" },
  work: {
    value: "folder",
    help: "where session folders are made; made if missing, its parents must let every user pass",
  },
} as const satisfies Readonly<Record<string, ArgumentSpec>>;
