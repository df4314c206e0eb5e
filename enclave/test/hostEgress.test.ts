import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Service } from "../common/process.ts";
import { isPublicAddress } from "../host/address.ts";
import { parseConnectHead } from "../host/connectHead.ts";
import { defaultEgressLimits, openEgress } from "../host/egress.ts";
import { judgeTarget, parseEgressMap, type EgressMap } from "../host/egressPolicy.ts";
import { noLog } from "./oracleWorld.ts";

describe("addresses", () => {
  it.each(["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:2800:220:1::1", "2a00:1450:4001::1"])(
    "%s is public",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.168.0.1"],
    ...[
      "192.0.2.1",
      "198.18.0.1",
      "198.51.100.1",
      "203.0.113.1",
      "224.0.0.1",
      "239.255.255.255",
      "255.255.255.255",
    ],
    ...[
      "::",
      "::1",
      "fe80::1",
      "fe80::1%lo",
      "fc00::1",
      "fd00:ec2::254",
      "ff02::1",
      "::ffff:127.0.0.1",
      "::ffff:8.8.8.8",
    ],
    ...["64:ff9b::7f00:1", "2001:db8::1", "2002:7f00:1::", "2001::1", "not an address", "8.8.8.8:443", ""],
  ])("%s is not", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("the policy", () => {
  const map: EgressMap = parseEgressMap(["site.demo.internal:443=127.0.0.1:4443"]);
  const judge = (name: string, port: number, addresses: readonly string[] = ["8.8.8.8"]) =>
    judgeTarget({ name, port }, { map, resolve: () => Promise.resolve(addresses) });

  it("connects to the addresses it has judged", async () => {
    expect(await judge("site.example", 443, ["8.8.8.8", "1.1.1.1"])).toEqual({
      destinations: [
        { address: "8.8.8.8", port: 443 },
        { address: "1.1.1.1", port: 443 },
      ],
    });
  });

  it("follows the map without resolving", async () => {
    const resolve = () => Promise.reject(new Error("not to be asked"));
    expect(await judgeTarget({ name: "site.demo.internal", port: 443 }, { map, resolve })).toEqual({
      destinations: [{ address: "127.0.0.1", port: 4443 }],
    });
  });

  it.each<[string, string, number, readonly string[]]>([
    ["ip-literal", "127.0.0.1", 443, []],
    ["ip-literal", "8.8.8.8", 443, []],
    ["ip-literal", "[::1]", 443, []],
    ["bad-name", "localhost", 443, []],
    ["bad-name", "0x7f.1", 443, []],
    ["bad-name", "site.example.", 443, []],
    ["port", "site.example", 80, []],
    ["port", "site.demo.internal", 4443, []],
    ["unresolved", "site.example", 443, []],
    ["private-address", "site.example", 443, ["127.0.0.1"]],
    ["private-address", "site.example", 443, ["169.254.169.254"]],
    ["private-address", "site.example", 443, ["8.8.8.8", "10.0.0.1"]],
  ])("refuses by %s: %s:%d", async (refused, name, port, addresses) => {
    expect(await judge(name, port, addresses)).toEqual({ refused });
  });

  it.each([
    "site=127.0.0.1:1",
    "site.example:443=name:1",
    "site.example:443=127.0.0.1:0",
    "127.0.0.1:443=127.0.0.1:1",
    "",
  ])("takes no map entry %j", (entry) => {
    expect(() => parseEgressMap([entry])).toThrow(
      expect.objectContaining({ code: "SERVICE_ARGUMENTS_INVALID" }),
    );
  });

  it("parses a head or says so, whatever it is", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const target = parseConnectHead(text);
        expect(target === undefined || target.port <= 65_535).toBe(true);
      }),
    );
    expect(parseConnectHead("CONNECT Site.Example:443 HTTP/1.1\r\nHost: x")).toEqual({
      name: "site.example",
      port: 443,
    });
    expect(parseConnectHead("GET / HTTP/1.1")).toBeUndefined();
  });
});

describe("the egress", () => {
  let folder: string;
  let path: string;
  let egress: Service;
  let site: Server;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "egress-"));
    path = join(folder, "egress.sock");
    site = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      socket.once("data", (bytes) =>
        String(bytes) === "cut" ? socket.resetAndDestroy() : socket.end(`got ${String(bytes)}`),
      );
    });
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    const port = String((site.address() as AddressInfo).port);
    egress = await openEgress({
      ...{ listenPath: path, log: noLog, resolve: () => Promise.resolve(["127.0.0.1"]) },
      limits: defaultEgressLimits,
      map: parseEgressMap([`site.demo.internal:443=127.0.0.1:${port}`, "dead.demo.internal:443=127.0.0.1:1"]),
    });
  });
  afterAll(async () => {
    sockets.forEach((socket) => socket.destroy());
    site.close();
    await egress.close();
    await rm(folder, { recursive: true });
  });

  /** Everything that comes back until the end, and whether it was an end. */
  async function ask(head: string, at = path): Promise<string> {
    const socket = createConnection(at);
    socket.write(head);
    let text = "";
    socket.setEncoding("utf8").on("data", (more) => (text += String(more)));
    await once(socket, "close");
    return text;
  }

  it("carries bytes to a mapped name, also those that came with the head", async () => {
    const text = await ask("CONNECT site.demo.internal:443 HTTP/1.1\r\n\r\nhello");
    expect(text).toBe("HTTP/1.1 200 Connection established\r\n\r\ngot hello");
  });

  it.each([
    ["private-address", "403", "site.example:443"],
    ["ip-literal", "403", "127.0.0.1:443"],
    ["port", "403", "site.example:80"],
    ["unreachable", "502", "dead.demo.internal:443"],
  ])("answers %s with %s", async (reason, status, authority) => {
    const text = await ask(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} [A-Za-z ]+\r\nX-Reason: ${reason}\r\n\r\n$`));
  });

  it.each([
    ["no CONNECT", "GET / HTTP/1.1\r\n\r\n"],
    ["an endless head", "CONNECT ".padEnd(5_000, "x")],
  ])("answers %s with 400", async (_, head) => {
    expect(await ask(head)).toMatch(/^HTTP\/1.1 400 /);
  });

  it("closes on silence", async () => {
    const listenPath = join(folder, "impatient.sock");
    const impatient = await openEgress({
      ...{ listenPath, log: noLog, resolve: () => Promise.resolve([]), map: parseEgressMap([]) },
      limits: { ...defaultEgressLimits, headMs: 200 },
    });
    expect(await ask("CONN", listenPath)).toBe("");
    await impatient.close();
  });

  it("ends the enclave's side when a site cuts", async () => {
    const socket = createConnection(path);
    socket.on("error", () => undefined);
    socket.write("CONNECT site.demo.internal:443 HTTP/1.1\r\n\r\n");
    await once(socket, "data");
    socket.write("cut");
    await once(socket, "close");
  });

  it("ends the site's side when the enclave goes", async () => {
    const arriving = once(site, "connection");
    const socket = createConnection(path);
    socket.write("CONNECT site.demo.internal:443 HTTP/1.1\r\n\r\n");
    await once(socket, "data");
    const [reached] = (await arriving) as [Socket];
    socket.destroy();
    await once(reached, "close");
  });
});
