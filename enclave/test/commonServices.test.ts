import { mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InternalError, UntrustedError } from "#protocol/errors.ts";
import {
  bitString,
  encodeDer,
  encodedValue,
  objectIdentifier,
  octetString,
  oids,
  sequence,
  setOf,
  tagged,
  unsignedInteger,
  utf8String,
} from "../common/asn1.ts";
import { formatHelp, parseArguments } from "../common/arguments.ts";
import { encodeCertificateRequest, verifyCertificateRequest } from "../common/certificateRequest.ts";
import { systemClock, withDeadline } from "../common/clock.ts";
import { openControl } from "../common/control.ts";
import { createDuplexStream } from "../common/duplexStream.ts";
import {
  oracleHostMessageSchema,
  parseHostMessage,
  registryHostMessageSchema,
} from "../common/hostMessage.ts";
import { createLineReader } from "../common/lineReader.ts";
import { createLog, errorFields } from "../common/log.ts";
import { enclaveNodeArguments, requireEnclaveNode } from "../common/nodeArguments.ts";
import { encodeSigned } from "../common/signedDer.ts";
import { createTlsKey } from "../common/tlsKey.ts";
import { decodeSimulatedRoot, encodeSimulatedRoot } from "../dev/simulatedRootFile.ts";
import { openControlClient } from "../host/controlClient.ts";
import { oracleMessage, registryMessage } from "./devWorld.ts";

const withCode = (code: string): unknown => expect.objectContaining({ code });

describe("arguments", () => {
  const specs = {
    listen: { value: "socket", help: "where" },
    map: { value: "rule", help: "what", isList: true },
  } as const;

  it("are all there, and nothing else", () => {
    expect(parseArguments(specs, ["--listen", "a", "--map", "1", "--map", "2"])).toEqual({
      listen: "a",
      map: ["1", "2"],
    });
    expect(parseArguments(specs, ["--listen", "a"])).toEqual({ listen: "a", map: [] });
  });

  it.each([
    [[]],
    [["--listen"]],
    [["--listen", "a", "--listen", "b"]],
    [["--listen", "a", "--debug", "x"]],
    [["--listen", "a", "b"]],
  ])("refuses %j", (argv) => {
    expect(() => parseArguments(specs, argv)).toThrow(withCode("SERVICE_ARGUMENTS_INVALID"));
  });

  it("explain themselves", () => {
    expect(formatHelp("A relay.", specs)).toContain("--map <rule>  what (any number of times)");
  });
});

describe("the enclave's Node", () => {
  it("must run with our OpenSSL configuration", () => {
    requireEnclaveNode(enclaveNodeArguments);
    expect(() => requireEnclaveNode([])).toThrow(withCode("SERVICE_TLS_CONFIG_MISSING"));
    expect(() => requireEnclaveNode(["--openssl-config=/tmp/other.cnf"])).toThrow(
      withCode("SERVICE_TLS_CONFIG_MISSING"),
    );
  });
});

describe("the host's message", () => {
  const oracle = JSON.stringify(oracleMessage("ws://127.0.0.1:1"));
  const registry = JSON.stringify(registryMessage());

  it("is read", () => {
    expect(parseHostMessage(oracle, oracleHostMessageSchema).hubs[0]?.oraclePrice).toBe(10n);
    expect(parseHostMessage(registry, registryHostMessageSchema).hubs[0]?.registryPrice).toBe(5n);
  });

  const changed = (text: string, change: object) =>
    JSON.stringify({ ...(JSON.parse(text) as object), ...change });
  it.each([
    ["an unknown field", changed(oracle, { debug: true })],
    ["an unknown field deep inside", oracle.replace('"url"', '"ca":"x","url"')],
    ["another type", registry],
    ["no provider", changed(oracle, { provider: undefined })],
    ["a provider that is no address", changed(oracle, { provider: "me" })],
    ["no Hub", changed(oracle, { hubs: [] })],
    ["no registry", changed(oracle, { registries: [] })],
    ["a price of more than 96 bits", oracle.replace('"10"', `"${String(2n ** 96n)}"`)],
    ["a URL that is no WebSocket", oracle.replace("ws://registry", "http://registry")],
    ["no JSON", "{"],
  ])("is refused with %s", (_, text) => {
    expect(() => parseHostMessage(text, oracleHostMessageSchema)).toThrow(
      withCode("SERVICE_HOST_MESSAGE_INVALID"),
    );
  });

  it("is refused by its own code, whatever it is", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(() => parseHostMessage(text, oracleHostMessageSchema)).toThrow(
          withCode("SERVICE_HOST_MESSAGE_INVALID"),
        );
      }),
    );
  });
});

describe("the control socket", () => {
  async function withControl(
    use: (path: string, control: Awaited<ReturnType<typeof openRegistryControl>>) => Promise<void>,
  ) {
    const folder = await mkdtemp(join(tmpdir(), "control-"));
    const control = await openRegistryControl(join(folder, "control.sock"));
    try {
      await use(join(folder, "control.sock"), control);
    } finally {
      await control.close();
      await rm(folder, { recursive: true });
    }
  }
  const openRegistryControl = (path: string) => openControl(path, registryHostMessageSchema);

  it("takes one message and tells what becomes of it", () =>
    withControl(async (path, control) => {
      const client = openControlClient(path, registryMessage());
      expect((await control.message).hubs).toHaveLength(1);
      await control.serve(() => Promise.resolve([{ type: "listening", listen: "here" }]));
      expect(await client.status("listening")).toEqual({ type: "listening", listen: "here" });
      control.report({ type: "enrolled", registry: "ws://r", notAfterSec: 1 });
      expect((await client.status("enrolled")).notAfterSec).toBe(1);
      client.close();
    }));

  it("refuses an unknown field, and says so", () =>
    withControl(async (path, control) => {
      const client = openControlClient(path, { ...registryMessage(), debug: true } as never);
      await expect(control.message).rejects.toMatchObject({ code: "SERVICE_HOST_MESSAGE_INVALID" });
      await expect(client.status("started")).rejects.toMatchObject({
        ...{ code: "SERVICE_CONTROL_FAILED", actual: "SERVICE_HOST_MESSAGE_INVALID" },
      });
      client.close();
    }));

  it("refuses a message without end", () =>
    withControl(async (path, control) => {
      const socket = createConnection(path);
      socket.on("error", () => undefined);
      socket.write("x".repeat(70_000));
      await expect(control.message).rejects.toMatchObject({ code: "SERVICE_HOST_MESSAGE_INVALID" });
      socket.destroy();
    }));

  it("refuses a host that goes before it has spoken", () =>
    withControl(async (path, control) => {
      createConnection(path).end();
      await expect(control.message).rejects.toMatchObject({ code: "SERVICE_HOST_MESSAGE_INVALID" });
    }));

  it("is not there: the client says so", async () => {
    const client = openControlClient("/nonexistent/control.sock");
    await expect(client.status("started")).rejects.toMatchObject({ code: "SERVICE_CONTROL_FAILED" });
  });
});

describe("lines", () => {
  it("are cut alike, however the bytes come", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 20 })), fc.integer({ min: 1, max: 9 }), (texts, step) => {
        const lines = texts.map((text) => text.replaceAll("\n", " "));
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const read: string[] = [];
        const reader = createLineReader(200, (line) => read.push(line) > 0);
        for (let at = 0; at < bytes.length; at += step)
          expect(reader.push(bytes.subarray(at, at + step))).toBe(true);
        expect(read).toEqual(lines);
      }),
    );
  });

  it("have a longest length", () => {
    const takes = (text: string) => createLineReader(3, () => true).push(Buffer.from(text));
    expect(takes("abcd")).toBe(false);
    expect(takes("abcd\n")).toBe(false);
    expect(takes("abc\n")).toBe(true);
  });
});

describe("certificate requests", () => {
  it("name the key that has signed them", async () => {
    const key = await createTlsKey();
    expect(await verifyCertificateRequest(await encodeCertificateRequest(key))).toEqual(key.spki);
  });

  it("may say more, which is read over", async () => {
    const key = await createTlsKey();
    const name = sequence(setOf(sequence(objectIdentifier(oids.commonName), utf8String("someone.else"))));
    const attribute = sequence(objectIdentifier(oids.subjectAltName), octetString(Uint8Array.of(1)));
    const content = sequence(
      unsignedInteger(Uint8Array.of(0)),
      name,
      encodedValue(key.spki),
      tagged(0, attribute),
    );
    const request = await encodeSigned(content, { privateKey: key.privateKey, hash: "SHA-256" });
    expect(await verifyCertificateRequest(request)).toEqual(key.spki);
  });

  it("are refused for a key that has not signed", async () => {
    const [key, other] = [await createTlsKey(), await createTlsKey()];
    const request = await encodeCertificateRequest({ ...key, spki: other.spki });
    await expect(verifyCertificateRequest(request)).rejects.toMatchObject({ code: "ENROLL_CSR_INVALID" });
  });

  it("are refused with another algorithm or key", async () => {
    const key = await createTlsKey();
    const signed = (spki: Uint8Array, hash: "SHA-256" | "SHA-384") =>
      encodeSigned(sequence(unsignedInteger(Uint8Array.of(0)), sequence(), encodedValue(spki), tagged(0)), {
        ...{ privateKey: key.privateKey, hash },
      });
    const rsa = encodeDer(
      sequence(sequence(objectIdentifier("1.2.840.113549.1.1.1")), bitString(new Uint8Array(65))),
    );
    for (const request of [await signed(key.spki, "SHA-384"), await signed(rsa, "SHA-256")]) {
      await expect(verifyCertificateRequest(request)).rejects.toMatchObject({ code: "ENROLL_CSR_INVALID" });
    }
  });

  it("are refused when cut or changed anywhere", async () => {
    const request = await encodeCertificateRequest(await createTlsKey());
    for (let at = 0; at < request.length; at += 1) {
      const changed = Uint8Array.from(request, (byte, index) => (index === at ? byte ^ 1 : byte));
      for (const bytes of [request.subarray(0, at), changed]) {
        await expect(verifyCertificateRequest(bytes)).rejects.toMatchObject({ code: "ENROLL_CSR_INVALID" });
      }
    }
  });
});

describe("streams", () => {
  it("say when the other side is gone", async () => {
    const duplex = new PassThrough();
    const stream = createDuplexStream(duplex);
    const reading = stream.read();
    duplex.destroy(new Error("cut"));
    await expect(reading).rejects.toMatchObject({ code: "SERVICE_CLIENT_GONE" });
    await expect(stream.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "SERVICE_CLIENT_GONE" });
    await stream.close();
  });

  it("end with null", async () => {
    const duplex = new PassThrough();
    duplex.end(Buffer.from([1]));
    const stream = createDuplexStream(duplex);
    expect([await stream.read(), await stream.read()]).toEqual([Uint8Array.of(1), null]);
  });
});

describe("deadlines", () => {
  it("end a wait with their code", async () => {
    const never = new Promise<never>(() => undefined);
    const deadline = { clock: systemClock, timeoutMs: 1, code: "SERVICE_CLIENT_SILENT" } as const;
    await expect(withDeadline(never, deadline)).rejects.toMatchObject({ code: "SERVICE_CLIENT_SILENT" });
    expect(await withDeadline(Promise.resolve(7), { ...deadline, timeoutMs: 1_000 })).toBe(7);
  });
});

describe("logs", () => {
  it("hold codes and places, never what was sent", () => {
    const lines: string[] = [];
    const log = createLog(
      "oracle",
      (line) => lines.push(line),
      () => 0,
    );
    log("ended", errorFields(new UntrustedError("WIRE_MALFORMED", { cause: new Error("hunter2") })));
    log("ended", errorFields(new InternalError("INTERNAL", { cause: new TypeError("hunter2") })));
    log("ended", errorFields(new TypeError("hunter2")));
    log("ended", errorFields("hunter2"));
    expect(lines[0]).toBe(
      '{"time":"1970-01-01T00:00:00.000Z","service":"oracle","event":"ended","code":"WIRE_MALFORMED"}\n',
    );
    expect(lines[1]).toContain('"kind":"TypeError","place":"at ');
    expect(lines.join("")).not.toContain("hunter2");
  });
});

describe("a simulated root's file", () => {
  it("is read as written, and refused without quoting it", () => {
    const root = { rootDer: Uint8Array.of(1, 2), privateKeyPkcs8: Uint8Array.of(3) };
    expect(decodeSimulatedRoot(encodeSimulatedRoot(root))).toEqual(root);
    expect(() => decodeSimulatedRoot('{"rootDer":"01"}')).toThrow(withCode("SERVICE_ARGUMENTS_INVALID"));
  });
});
