import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { connect as connectTls } from "node:tls";
import { createConnection } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeTrustConfig } from "#protocol/trust/config.ts";
import { innerAlpn, innerServerName } from "#protocol/wire/limits.ts";
import { encodeSimulatedRoot } from "../dev/simulatedRootFile.ts";
import { openControlClient } from "../host/controlClient.ts";
import { registryMessage, runToEnd, startProcess } from "./devWorld.ts";
import { createTrust } from "./oracleWorld.ts";

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "processes-"));
  await chmod(folder, 0o711);
  const { root, trust } = await createTrust();
  await writeFile(at("root.json"), encodeSimulatedRoot(root), { mode: 0o600 });
  await writeFile(at("trust.json"), JSON.stringify(encodeTrustConfig(trust)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const registryArguments = () => [
  ...["--simulated-root", at("root.json"), "--trust", at("trust.json")],
  ...["--listen", at("r.sock"), "--control", at("r.control")],
];

describe("process entries", () => {
  const entries = ["host/relayMain.ts", "host/egressMain.ts", "dev/registry.ts", "dev/oracle.ts"];

  it.each(entries)("%s explains itself and ends", async (entry) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "..", entry), "--help"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
    await once(child, "close");
    expect(child.exitCode).toBe(0);
    expect(text).toContain("--listen");
  });

  it.each(entries)("%s refuses unknown arguments with exit code 2", async (entry) => {
    const { code, log } = await runToEnd(entry, ["--debug", "1"]);
    expect(code).toBe(2);
    expect(log).toContain("SERVICE_ARGUMENTS_INVALID");
  });

  it("an enclave without our OpenSSL configuration does not start", async () => {
    const { code, log } = await runToEnd("dev/registry.ts", registryArguments());
    expect(code).toBe(1);
    expect(log).toContain("SERVICE_TLS_CONFIG_MISSING");
  });

  it("an enclave ends when its host's message has an unknown field", async () => {
    const registry = await startProcess("dev/registry.ts", registryArguments());
    const exited = once(registry.child, "exit");
    const control = openControlClient(at("r.control"), { ...registryMessage(), debug: true } as never);
    await expect(control.status("started")).rejects.toMatchObject({ code: "SERVICE_CONTROL_FAILED" });
    expect((await exited)[0]).toBe(1);
    expect(registry.log()).toContain("SERVICE_HOST_MESSAGE_INVALID");
  });

  it("an enclave ends cleanly while it waits for its host", async () => {
    const registry = await startProcess("dev/registry.ts", registryArguments());
    expect(registry.ready).toEqual({
      ready: true,
      service: "registry",
      control: at("r.control"),
      listen: at("r.sock"),
    });
    expect(await registry.stop()).toBe(0);
  });

  it("an enclave's TLS gives no tickets", async () => {
    const registry = await startProcess("dev/registry.ts", registryArguments());
    const control = openControlClient(at("r.control"), registryMessage());
    await control.status("listening");
    const tickets: unknown[] = [];
    const secure = connectTls({
      ...{ socket: createConnection(at("r.sock")), servername: innerServerName },
      ...{ ALPNProtocols: [innerAlpn], rejectUnauthorized: false },
    });
    secure.on("session", (ticket) => tickets.push(ticket));
    await once(secure, "secureConnect");
    // The server's answer to a malformed frame comes behind where its tickets would be.
    secure.write(Buffer.from([0, 0, 0, 0]));
    secure.resume();
    await once(secure, "end");
    expect(tickets).toEqual([]);
    control.close();
    expect(await registry.stop()).toBe(0);
  });
});
