import { createChains } from "./chains.ts";
import { trust } from "./compiledTrust.ts";
import { setBadge } from "./platform/badge.ts";
import { createPages } from "./platform/pages.ts";
import { onConnect, readOwnIdentity, welcomeOnInstall } from "./platform/ports.ts";
import { openSocket } from "./platform/socket.ts";
import { localStore, restrictStorage, sessionStore } from "./platform/storage.ts";
import { createSessionWindows } from "./platform/windows.ts";
import { refusePort } from "./ports.ts";
import { readSender } from "./sender.ts";
import { createWorker } from "./worker.ts";

const own = readOwnIdentity();
const nowMs = (): number => Date.now();
const worker = createWorker({
  trust,
  version: own.version,
  local: localStore,
  session: sessionStore,
  windows: createSessionWindows(),
  pages: createPages(),
  nowMs,
  newId: () => crypto.randomUUID(),
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  chain: createChains(trust, nowMs),
  connect: (url) => openSocket(url, { timeoutMs: 15_000 }),
  setBadge: (count) => setBadge(count, trust.kind),
});
// What a former worker left is put in order before the first request is answered.
const ready = Promise.all([restrictStorage(), worker.restore()]);
welcomeOnInstall();
onConnect((port) => {
  try {
    worker.ports.accept(port, readSender(port.sender, own), ready);
  } catch (error) {
    refusePort(port, error);
  }
});
