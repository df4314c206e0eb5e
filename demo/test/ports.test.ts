import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { openFreePorts } from "../world/ports.ts";
import { closeServer, listenLocally } from "../world/servers.ts";

describe("free ports", () => {
  it("are different ones, and free", async () => {
    const ports = await openFreePorts(3);
    expect(new Set(ports).size).toBe(3);
    const servers = ports.map(() => createServer());
    await Promise.all(servers.map((server, index) => listenLocally(server, ports[index] ?? 0)));
    expect(servers.every((server) => server.listening)).toBe(true);
    await Promise.all(servers.map(closeServer));
  });
});
