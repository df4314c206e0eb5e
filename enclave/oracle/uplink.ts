import { createConnection, type Socket } from "node:net";
import { TransportError } from "#protocol/errors.ts";

const maxHeadBytes = 4_096;

/**
 * Opens a tunnel through the host's egress (RFC 9110 section 9.3.6). The caller bounds it in time.
 * @throws TransportError SERVICE_UPLINK_FAILED
 */
export function openTunnel(
  egressPath: string,
  target: { readonly name: string; readonly port: number },
): Promise<Socket> {
  const authority = `${target.name}:${String(target.port)}`;
  const socket = createConnection(egressPath);
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const fail = (actual: string) => {
      socket.destroy();
      reject(new TransportError("SERVICE_UPLINK_FAILED", { expected: authority, actual }));
    };
    const take = (bytes: Buffer) => {
      head = Buffer.concat([head, bytes]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0 && head.length <= maxHeadBytes) return;
      const status = /^HTTP\/1\.1 ([0-9]{3}) /.exec(head.toString("latin1"))?.[1];
      if (end < 0 || status !== "200") {
        fail(`status ${status ?? "unreadable"}`);
        return;
      }
      socket.off("data", take).pause();
      if (head.length > end + 4) socket.unshift(head.subarray(end + 4));
      resolve(socket);
    };
    socket.on("data", take);
    socket.once("close", () => fail("closed"));
    socket.on("error", () => fail("no egress"));
  });
}
