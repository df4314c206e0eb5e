import type { ArgumentSpec } from "../common/arguments.ts";

/**
 * Arguments of `enclave/dev/registry.ts`. On stdout it prints one JSON line once it waits for its host:
 * `{"ready":true,"service":"registry","control":<path>,"listen":<path>}`. The host then opens `control`
 * (see `host/controlClient.ts`), which says when the inner server listens.
 */
export const registryArguments = {
  "simulated-root": { value: "file", help: "key of the simulated security module's root" },
  trust: { value: "file", help: "trust.json: the root and the images of the oracles it may certify" },
  listen: { value: "socket", help: "unix socket of the inner TLS server, for the relay" },
  control: { value: "socket", help: "unix socket on which the host sends its one message" },
} as const satisfies Readonly<Record<string, ArgumentSpec>>;
