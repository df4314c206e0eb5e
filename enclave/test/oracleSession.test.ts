import { readdir } from "node:fs/promises";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { utf8 } from "#protocol/bytes.ts";
import { UsageError } from "#protocol/errors.ts";
import { oracleHash } from "#protocol/folder/manifest.ts";
import { encodeMessage } from "#protocol/wire/framing.ts";
import { maxMessageBytes } from "#protocol/wire/limits.ts";
import { createMessageStream } from "#protocol/wire/messageStream.ts";
import { oracleReplySchema, type OracleRequestWire } from "#protocol/wire/session.ts";
import { createDuplexStream } from "../common/duplexStream.ts";
import { expectReply, hello, openNodeTls, openOracleTalk, type OracleTalk } from "./devClient.ts";
import { chainId, hub } from "./devWorld.ts";
import { stagedFolder } from "../oracle/sandbox/scriptRun.ts";
import { createOracleWorld, type OracleWorld } from "./oracleWorld.ts";

const user = "0x00000000000000000000000000000000000000c1";
const target = "0x00000000000000000000000000000000000000c2";
const selector = "0x01020304";
const call = `${selector}${"00".repeat(31)}2a` as const;
const source = utf8("import opencontracts\n");

let world: OracleWorld;
beforeAll(async () => {
  world = await createOracleWorld();
});
afterAll(() => world.close());

async function greeted(): Promise<OracleTalk> {
  const talk = await openOracleTalk(world.oracleSocket);
  await talk.write(hello());
  await expectReply(talk, "attestation");
  return talk;
}

function run(
  files: readonly { path: string; size: number }[] = [{ path: "oracle.py", size: source.length }],
) {
  return {
    ...{ type: "run", chainId, hub, target, selector, user, value: "0" },
    files: [...files],
  } as Extract<OracleRequestWire, { type: "run" }>;
}

/** A client whose script has started, and the script. */
async function started() {
  const talk = await greeted();
  await talk.write(run());
  await talk.write({ type: "file", index: 0, bytes: source });
  const { oracleHash: hash } = await expectReply(talk, "started");
  return { talk, hash, script: await world.stage.next() };
}

async function expectFailure(talk: OracleTalk, code: string): Promise<void> {
  expect((await expectReply(talk, "failed")).code).toBe(code);
  expect(await talk.read()).toBeNull();
}

/** Session folders that lie on the disk. */
async function sessionFolders(): Promise<readonly string[]> {
  return (await readdir(world.folder)).filter((name) => name.startsWith("session-"));
}

async function untilWiped(): Promise<void> {
  while ((await sessionFolders()).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("order of messages", () => {
  const early: readonly OracleRequestWire[] = [
    { type: "ping" },
    { type: "cancel" },
    { type: "reattest", nonce: new Uint8Array(32) },
    { type: "answer", id: 0, text: "secret" },
    run(),
  ];
  it.each(early)("refuses $type before hello", async (message) => {
    const talk = await openOracleTalk(world.oracleSocket);
    await talk.write(message);
    await expectFailure(talk, "SERVICE_MESSAGE_ORDER");
  });

  it("refuses a second hello", async () => {
    const talk = await greeted();
    await talk.write(hello());
    await expectFailure(talk, "SERVICE_MESSAGE_ORDER");
  });

  it("refuses a second hello while a script runs, and stops the script", async () => {
    const { talk, script } = await started();
    await talk.write(hello());
    await expectFailure(talk, "SERVICE_MESSAGE_ORDER");
    expect(script.stops).toHaveLength(1);
    await untilWiped();
  });

  it("refuses a file before run", async () => {
    const talk = await greeted();
    await talk.write({ type: "file", index: 0, bytes: source });
    await expectFailure(talk, "SERVICE_MESSAGE_ORDER");
  });

  it("refuses an answer to another question", async () => {
    const { talk, script } = await started();
    script.say({ type: "userInput", message: "name?", secret: false });
    const { id } = await expectReply(talk, "prompt");
    await talk.write({ type: "answer", id: id + 1, text: "x" });
    await expectFailure(talk, "SERVICE_MESSAGE_ORDER");
    expect(script.replies).toEqual([]);
  });
});

describe("malformed messages", () => {
  it("refuses an unknown type", async () => {
    const stream = await openNodeTls(world.oracleSocket);
    stream.write(encodeMessage({ type: "attest", bytes: new Uint8Array(4) }));
    const talk = openOracleTalkOver(stream);
    await expectFailure(talk, "WIRE_MALFORMED");
  });

  it("refuses a frame larger than the limit by its length alone", async () => {
    const stream = await openNodeTls(world.oracleSocket);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(maxMessageBytes + 1);
    stream.write(head);
    const talk = openOracleTalkOver(stream);
    await expectFailure(talk, "WIRE_FRAME_TOO_LARGE");
  });
});

function openOracleTalkOver(stream: TLSSocket): OracleTalk {
  return createMessageStream<typeof oracleReplySchema, OracleRequestWire>(
    createDuplexStream(stream),
    oracleReplySchema,
  );
}

describe("handshake", () => {
  it("closes at once on a client without our ALPN", async () => {
    const stream = await openNodeTls(world.oracleSocket, { ALPNProtocols: [] });
    expect(await createDuplexStream(stream).read()).toBeNull();
  });

  it("refuses another ALPN", async () => {
    await expect(openNodeTls(world.oracleSocket, { ALPNProtocols: ["http/1.1"] })).rejects.toThrow();
  });

  it("closes at once on another server name", async () => {
    const stream = await openNodeTls(world.oracleSocket, { servername: "other.internal" });
    expect(await createDuplexStream(stream).read()).toBeNull();
  });

  it("speaks no TLS 1.2", async () => {
    await expect(openNodeTls(world.oracleSocket, { maxVersion: "TLSv1.2" })).rejects.toThrow();
  });
});

describe("hello and run", () => {
  it("refuses a Hub that the host has not named", async () => {
    const talk = await openOracleTalk(world.oracleSocket);
    await talk.write({ ...hello(), chainId: 1 });
    await expectFailure(talk, "SERVICE_HUB_UNKNOWN");
  });

  it("refuses a run for another Hub than hello named", async () => {
    const talk = await greeted();
    await talk.write({ ...run(), hub: target });
    await expectFailure(talk, "SERVICE_HUB_UNKNOWN");
  });

  it("answers reattest with a new document, on a new nonce", async () => {
    const talk = await greeted();
    await talk.write({ type: "reattest", nonce: new Uint8Array(32).fill(7) });
    const { document } = await expectReply(talk, "reattestation");
    expect(Buffer.from(document).includes(Buffer.alloc(32, 7))).toBe(true);
    await talk.close();
  });

  it.each([
    ["FOLDER_NO_ORACLE", [{ path: "other.py", size: 1 }]],
    ["FOLDER_PATH_INVALID", [{ path: "../oracle.py", size: 1 }]],
    [
      "FOLDER_PATH_DUPLICATE",
      [
        { path: "oracle.py", size: 1 },
        { path: "oracle.py", size: 1 },
      ],
    ],
    [
      "FOLDER_TOO_LARGE",
      [
        { path: "oracle.py", size: 67_108_864 },
        { path: "a", size: 1 },
      ],
    ],
  ])("refuses a folder: %s", async (code, files) => {
    const talk = await greeted();
    await talk.write(run(files));
    await expectFailure(talk, code);
    await untilWiped();
  });

  it.each([
    ["more bytes than announced", { index: 0, bytes: utf8("x".repeat(100)) }],
    ["another file", { index: 1, bytes: source }],
    ["an empty piece", { index: 0, bytes: new Uint8Array() }],
  ])("refuses an upload with %s", async (_, piece) => {
    const talk = await greeted();
    await talk.write(run());
    await talk.write({ type: "file", ...piece });
    await expectFailure(talk, "SERVICE_UPLOAD_MISMATCH");
    await untilWiped();
  });

  it("refuses another message instead of a file", async () => {
    const talk = await greeted();
    await talk.write(run());
    await talk.write({ type: "cancel" });
    await expectFailure(talk, "SERVICE_UPLOAD_MISMATCH");
  });
});

describe("a running script", () => {
  it("gets the files as uploaded, and its hash is theirs", async () => {
    const { talk, hash, script } = await started();
    expect(hash).toBe(await oracleHash([{ path: "oracle.py", bytes: source }]));
    expect(script.options).toMatchObject({ domains: [], user });
    expect(await readdir(stagedFolder(script.options.stagePath))).toEqual(["oracle.py"]);
    await talk.close();
    await untilWiped();
  });

  it("speaks with the person, submits once, and its result is what was approved", async () => {
    const { talk, hash, script } = await started();
    script.say({ type: "print", message: "hi" });
    script.say({ type: "expectDelay", seconds: 3, reason: "slow" });
    script.say({ type: "refused", host: "evil.example", reason: "not-listed", line: "evil.example" });
    script.say({ type: "siteFailed", host: "site.example", reason: "cut" });
    script.say({ type: "userInput", message: "code?", secret: true });
    expect(await expectReply(talk, "print")).toEqual({ type: "print", text: "hi" });
    expect(await expectReply(talk, "delay")).toEqual({ type: "delay", seconds: 3, reason: "slow" });
    expect(await expectReply(talk, "refused")).toEqual({
      ...{ type: "refused", host: "evil.example", reason: "not-listed", line: "evil.example" },
    });
    expect(await expectReply(talk, "refused")).toEqual({
      ...{ type: "refused", host: "site.example", reason: "cut" },
    });
    const prompt = await expectReply(talk, "prompt");
    expect(prompt).toMatchObject({ text: "code?", secret: true });
    await talk.write({ type: "answer", id: prompt.id, text: "1234" });
    script.say({ type: "submit", function: "other()", calldata: "0xffffffff" });
    script.say({ type: "submit", function: "f(uint256)", calldata: call });
    script.say({ type: "submit", function: "f(uint256)", calldata: call });
    const { result } = await expectReply(talk, "result");
    expect(result).toMatchObject({ user, target, call, oracleHash: hash, value: 0n });
    script.end({ outcome: "finished" });
    expect(await talk.read()).toBeNull();
    const kinds = script.replies.map((reply) => reply.type).sort();
    expect(kinds).toEqual(["answer", "rejected", "rejected", "submitted"]);
    await untilWiped();
  });

  it("numbers results without ever repeating", async () => {
    const numbers: bigint[] = [];
    for (let round = 0; round < 3; round += 1) {
      const { talk, script } = await started();
      script.say({ type: "submit", function: "f(uint256)", calldata: call });
      numbers.push((await expectReply(talk, "result")).result.nonce);
      script.end({ outcome: "finished" });
      await talk.close();
    }
    expect(new Set(numbers).size).toBe(3);
  });

  it("is told when its calldata is too long", async () => {
    const { talk, script } = await started();
    script.say({ type: "submit", function: "f(bytes)", calldata: `${selector}${"00".repeat(65_536)}` });
    expect(script.replies).toEqual([{ type: "rejected", reason: "calldata is longer than 65536 bytes" }]);
    await talk.close();
  });

  it("fails with its traceback", async () => {
    const { talk, script } = await started();
    script.end({ outcome: "failed", error: new UsageError("ENCLAVE_SCRIPT_EXCEPTION"), traceback: "line 7" });
    expect(await expectReply(talk, "failed")).toEqual({
      ...{ type: "failed", code: "ENCLAVE_SCRIPT_EXCEPTION", traceback: "line 7" },
    });
  });

  it("fails where it ends without a result", async () => {
    const { talk, script } = await started();
    script.end({ outcome: "finished" });
    await expectFailure(talk, "SERVICE_NO_RESULT");
  });

  it("is stopped by cancel, and its files are wiped", async () => {
    const { talk, script } = await started();
    await talk.write({ type: "cancel" });
    await expectFailure(talk, "SERVICE_CANCELLED");
    expect(script.stops).toHaveLength(1);
    await untilWiped();
  });

  it("is stopped when its client disappears, at once and without a word", async () => {
    const stream = await openNodeTls(world.oracleSocket);
    const talk = openOracleTalkOver(stream);
    await talk.write(hello());
    await talk.write(run());
    await talk.write({ type: "file", index: 0, bytes: source });
    const script = await world.stage.next();
    stream.destroy();
    await untilWiped();
    expect(script.stops).toHaveLength(1);
  });

  it("has a place: more sessions than places are refused, and a place comes back", async () => {
    const first = await started();
    const second = await started();
    const third = await greeted();
    await third.write(run());
    await expectFailure(third, "SERVICE_BUSY");
    await first.talk.write({ type: "cancel" });
    await expectFailure(first.talk, "SERVICE_CANCELLED");
    await untilFree();
    const fourth = await started();
    for (const { talk } of [second, fourth]) await talk.close();
    await untilWiped();
  });
});

async function untilFree(): Promise<void> {
  while ((await sessionFolders()).length > 1) await new Promise((resolve) => setTimeout(resolve, 10));
}
