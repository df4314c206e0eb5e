import { once } from "node:events";
import { connect, createServer, type Server, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSiteCertificates } from "../world/siteCertificate.ts";

const hostName = "fiatpay.example";
const { caPem, site } = createSiteCertificates(hostName);

describe("the site's certificate", () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer(site, (socket) => socket.end());
    server.on("tlsClientError", () => undefined).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function visit(servername: string, ca: string): Promise<TLSSocket> {
    const socket = connect({ host: "127.0.0.1", port, servername, ca });
    await once(socket, "secureConnect");
    return socket.destroy();
  }

  it("leads to its authority, for its name", async () => {
    expect((await visit(hostName, caPem)).authorized).toBe(true);
  });

  it("holds for no other name", async () => {
    await expect(visit("other.example", caPem)).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  it("holds under no other authority, of the same name too", async () => {
    const { caPem: other } = createSiteCertificates(hostName);
    await expect(visit(hostName, other)).rejects.toThrow();
  });
});
