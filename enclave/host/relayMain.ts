import { UsageError } from "#protocol/errors.ts";
import { runProcess } from "../common/process.ts";
import { defaultRelayLimits, openRelay } from "./relay.ts";

/** Arguments of the relay process. Ready line: `{"ready":true,"service":"relay","host":<address>,"port":<number>}`. */
const relayArguments = {
  listen: { value: "address:port", help: "where clients connect by WebSocket; port 0 for any free one" },
  enclave: { value: "socket", help: "unix socket of the enclave's inner TLS server" },
} as const;

function parseListen(text: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^([0-9A-Za-z.:[\]-]+):([0-9]{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) {
    throw new UsageError("SERVICE_ARGUMENTS_INVALID", { expected: "address:port", actual: text });
  }
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

await runProcess({
  name: "relay",
  what: "The host's relay: WebSocket from clients to the enclave's socket, bytes only. Holds no key.",
  arguments: relayArguments,
  async start({ listen, enclave }, log) {
    const { host, port } = parseListen(listen);
    const relay = await openRelay({ host, port, enclavePath: enclave, limits: defaultRelayLimits, log });
    return { service: relay, ready: { host, port: relay.port } };
  },
});
