import { lookup } from "node:dns/promises";
import { runProcess } from "../common/process.ts";
import { defaultEgressLimits, openEgress } from "./egress.ts";
import { parseEgressMap } from "./egressPolicy.ts";

/** Arguments of the egress process. Ready line: `{"ready":true,"service":"egress","listen":<path>}`. */
const egressArguments = {
  listen: { value: "socket", help: "unix socket for the enclave" },
  map: {
    value: "name:port=address:port",
    help: "explicit destination, the only way to a private address or another port than 443; logged",
    isList: true,
  },
} as const;

await runProcess({
  name: "egress",
  what: "The host's egress: CONNECT by name from the enclave to public sites, port 443. Holds no key.",
  arguments: egressArguments,
  async start({ listen, map }, log) {
    const resolve = async (name: string) => (await lookup(name, { all: true })).map(({ address }) => address);
    const service = await openEgress({
      listenPath: listen,
      map: parseEgressMap(map),
      resolve,
      limits: defaultEgressLimits,
      log,
    });
    return { service, ready: { listen } };
  },
});
