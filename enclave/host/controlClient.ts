import { createConnection, type Socket } from "node:net";
import { TransportError } from "#protocol/errors.ts";
import { controlStatusSchema, type ControlStatus } from "../common/controlStatus.ts";
import type { HostMessageWire } from "../common/hostMessage.ts";
import { createLineReader } from "../common/lineReader.ts";

const maxStatusBytes = 131_072;

/** The host's side of an enclave's control socket. */
export interface ControlClient {
  /** The first status that `isWanted`, be it already there or still to come. @throws TransportError SERVICE_CONTROL_FAILED */
  status<T extends ControlStatus["type"]>(
    type: T,
    isWanted?: (status: Extract<ControlStatus, { type: T }>) => boolean,
  ): Promise<Extract<ControlStatus, { type: T }>>;
  /** Everything said so far. */
  readonly said: readonly ControlStatus[];
  close(): void;
}

type Of<T> = Extract<ControlStatus, { type: T }>;

/**
 * Connects to the control socket at `path` and sends `message`; without one it only listens, as after the first time:
 * the enclave then says again what it is, with fresh identity documents.
 */
export function openControlClient(path: string, message?: HostMessageWire): ControlClient {
  const said: ControlStatus[] = [];
  const watchers = new Set<() => void>();
  let isEnded = false;
  const notify = (): void => {
    for (const watcher of watchers) watcher();
  };
  const socket = openStatusSocket(path, {
    message,
    onStatus: (status) => {
      said.push(status);
      notify();
    },
    onEnd: () => {
      isEnded = true;
      notify();
    },
  });
  const status = <T extends ControlStatus["type"]>(
    type: T,
    isWanted: (one: Of<T>) => boolean = () => true,
  ): Promise<Of<T>> =>
    new Promise((resolve, reject) => {
      const isOfType = (one: ControlStatus): one is Of<T> => one.type === type;
      const watcher = (): void => {
        const found = said.filter(isOfType).find(isWanted);
        const refused = said.find((one) => one.type === "refused");
        if (found === undefined && refused === undefined && !isEnded) return;
        watchers.delete(watcher);
        if (found !== undefined) resolve(found);
        else reject(new TransportError("SERVICE_CONTROL_FAILED", { expected: type, actual: refused?.code }));
      };
      watchers.add(watcher);
      watcher();
    });
  return { status, said, close: () => void socket.destroy() };
}

interface StatusSocketOptions {
  readonly message: HostMessageWire | undefined;
  readonly onStatus: (status: ControlStatus) => void;
  readonly onEnd: () => void;
}

function openStatusSocket(path: string, { message, onStatus, onEnd }: StatusSocketOptions): Socket {
  const lines = createLineReader(maxStatusBytes, (line) => {
    onStatus(controlStatusSchema.parse(JSON.parse(line)));
    return true;
  });
  const socket = createConnection(path, () => {
    if (message !== undefined) socket.write(`${JSON.stringify(message)}\n`);
  });
  socket.on("error", onEnd);
  socket.on("close", onEnd);
  socket.on("data", (bytes) => {
    if (!lines.push(bytes)) socket.destroy();
  });
  return socket;
}
