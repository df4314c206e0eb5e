import type { Server } from "node:http";
import type { Server as SecureServer } from "node:https";

/** Has `server` listen on 127.0.0.1:`port`. */
export function listenLocally(server: Server | SecureServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

/** Closes `server` and what is still connected to it. */
export function closeServer(server: Server | SecureServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
