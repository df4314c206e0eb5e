import type { Socket } from "node:net";
import type { ConnectTarget } from "./egressPolicy.ts";

/** Longest request head, bytes. */
const maxHeadBytes = 4_096;
const requestLine = /^CONNECT ([^ ]{1,260}):([1-9][0-9]{0,4}) HTTP\/1\.1$/;

/** A CONNECT request, and the bytes that came behind its head. */
export interface ConnectRequest {
  readonly target: ConnectTarget;
  readonly rest: Uint8Array;
}

/** Parses a head without its empty line; undefined where it is no CONNECT (RFC 9110 section 9.3.6). */
export function parseConnectHead(head: string): ConnectTarget | undefined {
  const [line = ""] = head.split("\r\n");
  const [, name, port] = requestLine.exec(line) ?? [];
  if (name === undefined || port === undefined || Number(port) > 65_535) return undefined;
  return { name: name.toLowerCase(), port: Number(port) };
}

/** Reads a socket up to the end of its request head; undefined where it is too long, ends early or is no CONNECT. */
export function readConnectHead(socket: Socket): Promise<ConnectRequest | undefined> {
  let taken = Buffer.alloc(0);
  return new Promise((resolve) => {
    const finish = (request: ConnectRequest | undefined) => {
      socket.pause();
      socket.off("data", take).off("end", end).off("close", end);
      resolve(request);
    };
    const end = () => finish(undefined);
    const take = (bytes: Buffer) => {
      taken = Buffer.concat([taken, bytes]);
      const length = taken.indexOf("\r\n\r\n");
      if (length >= 0) {
        const target = parseConnectHead(taken.subarray(0, length).toString("latin1"));
        finish(target && { target, rest: taken.subarray(length + 4) });
      } else if (taken.length > maxHeadBytes) end();
    };
    socket.on("data", take).on("end", end).on("close", end);
  });
}
