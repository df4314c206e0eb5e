import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandboxWorld, user, type SandboxWorld } from "./sandboxWorld.ts";

let world: SandboxWorld;
beforeAll(async () => {
  world = await createSandboxWorld();
});
afterAll(() => world.close());

const withSession = (body: string): string =>
  `import opencontracts\nwith opencontracts.session() as session:\n${body.replace(/^/gm, "    ")}\n`;

describe("what a script says to the person and to the contract", () => {
  it("prints, asks, announces, submits", async () => {
    const script = withSession(`session.print("a", 1)
name = session.user_input("name?")
code = session.user_input("code?", secret=True)
session.expect_delay(2.5, "thinking")
session.print(name + code)
session.submit(session.user(), 7, types=("address", "uint"), function_name="claim")`);
    const { messages, end } = await world.run(script, {
      onMessage: (message, run) => {
        if (message.type === "userInput")
          run.send({ type: "answer", text: message.secret ? "s€cret" : "näme" });
        if (message.type === "submit") run.send({ type: "submitted" });
      },
    });
    expect(end).toEqual({ outcome: "finished" });
    expect(messages).toEqual([
      { type: "print", message: "a 1" },
      { type: "userInput", message: "name?", secret: false },
      { type: "userInput", message: "code?", secret: true },
      { type: "expectDelay", seconds: 2.5, reason: "thinking" },
      { type: "print", message: "nämes€cret" },
      {
        type: "submit",
        function: "claim(address,uint256)",
        calldata: `0xaad3ec96${user.slice(2).toLowerCase().padStart(64, "0")}${"7".padStart(64, "0")}`,
      },
    ]);
  });

  it("finds its files in a working directory it may write to", async () => {
    const script = withSession(`import os
open("note", "w").write(open("data/a.txt").read())
session.print(open("note").read(), os.getcwd(), sorted(os.listdir(".")))`);
    const { prints } = await world.run(script, { files: { "data/a.txt": "A" } });
    expect(prints).toEqual(["A /oracle ['data', 'note', 'oracle.py']"]);
  });

  it("side by side with others, each with its own files", async () => {
    const script = withSession(`import time
open("mine", "w").write(open("name").read())
time.sleep(0.5)
session.print(open("mine").read())`);
    const names = ["a", "b", "c"];
    const outcomes = await Promise.all(names.map((name) => world.run(script, { files: { name } })));
    expect(outcomes.map(({ prints }) => prints)).toEqual([["a"], ["b"], ["c"]]);
  });

  it("refuses a second submit, also one that goes round the module", async () => {
    const script = withSession(`session.submit(types=(), function_name="f")
try: session.submit(types=(), function_name="f")
except opencontracts.SubmitRefused as error: session.print(error)
session._submitted = False
try: session.submit(types=(), function_name="f")
except opencontracts.SubmitRefused as error: session.print(error)`);
    const { messages, prints } = await world.run(script, {
      onMessage: (message, run) => {
        if (message.type === "submit") run.send({ type: "submitted" });
      },
    });
    expect(messages.filter((message) => message.type === "submit")).toHaveLength(1);
    expect(prints).toEqual(Array(2).fill("submit was called before; a session has one result"));
  });

  it("tells the script that the enclave refused its result", async () => {
    const { end } = await world.run(withSession(`session.submit(types=(), function_name="other")`), {
      onMessage: (message, run) => {
        if (message.type === "submit")
          run.send({ type: "rejected", reason: "the person agreed to claim(address)" });
      },
    });
    expect(end).toMatchObject({ outcome: "failed", error: { code: "ENCLAVE_SCRIPT_EXCEPTION" } });
    expect(end).toMatchObject({ traceback: expect.stringContaining("the person agreed to claim(address)") });
  });

  it("names the line of oracle.py in a traceback, and no path of the enclave", async () => {
    const script = withSession(`import json\ndef deep():\n    json.loads("{")\ndeep()`);
    const { end } = await world.run(script);
    const traceback = end.outcome === "failed" ? end.traceback : undefined;
    expect(traceback).toContain('File "oracle.py", line 6, in <module>\n    deep()');
    expect(traceback).toContain('File "oracle.py", line 5, in deep\n    json.loads("{")');
    expect(traceback).toContain('File "python/json/decoder.py"');
    expect(traceback).not.toMatch(/\/(?:enclave|usr|oracle|run|tmp)\b/);
  });

  it("tells a syntax error by its line", async () => {
    const { end } = await world.run("import os\nx = = 1\n");
    expect(end).toMatchObject({
      traceback: expect.stringMatching(/File "oracle.py", line 2[\s\S]*SyntaxError/),
    });
  });

  it("says that the interactive browser is not there", async () => {
    const { end } = await world.run(withSession(`session.interactive_browser("https://a.test", None, "")`));
    expect(end).toMatchObject({ traceback: expect.stringContaining("BrowserUnavailable") });
  });
});

describe("lines that are no messages", () => {
  const write = (bytes: string): string => `import os, time\nos.write(3, ${bytes})\ntime.sleep(60)\n`;
  it.each([
    ["no UTF-8", String.raw`b'{"type":"print","message":"\xff"}\n'`],
    ["no JSON", String.raw`b'hello\n'`],
    ["an unknown type", String.raw`b'{"type":"sign"}\n'`],
    ["an unknown field", String.raw`b'{"type":"print","message":"a","to":"b"}\n'`],
    ["a second ready", String.raw`b'{"type":"ready"}\n'`],
    ["a prompt of 10 MB", String.raw`b'{"type":"userInput","secret":false,"message":"' + b'a' * (7 << 20)`],
    [
      "a prompt too long",
      String.raw`b'{"type":"userInput","secret":false,"message":"' + b'a' * 5000 + b'"}\n'`,
    ],
    [
      "a function that is none",
      String.raw`b'{"type":"submit","function":"f() or g()","calldata":"0x00000000"}\n'`,
    ],
    ["calldata that is no hex", String.raw`b'{"type":"submit","function":"f()","calldata":"0xzzzzzzzz"}\n'`],
  ])("%s ends the session", async (_name, bytes) => {
    const { end } = await world.run(write(bytes));
    expect(end).toMatchObject({ outcome: "failed", error: { code: "ENCLAVE_SCRIPT_LINE_INVALID" } });
  });

  it("takes a NUL as text", async () => {
    const { prints } = await world.run(withSession(String.raw`session.print("a\0b")`));
    expect(prints).toEqual(["a\0b"]);
  });
});
