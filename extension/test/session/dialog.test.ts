import { describe, expect, it, vi } from "vitest";
import { keepaliveMs } from "#protocol/wire/limits.ts";
import { sessionTimeouts } from "../../background/session/limits.ts";
import { errorOf, expectRefusal, runWorld, typesOf } from "./refusal.ts";
import { createWorld, random, sendResult, type World } from "./world.ts";

/** Shortens one wait of the client. */
function hurry(world: World, which: number, toMs: number): void {
  world.ports.deadline = (timeoutMs) => AbortSignal.timeout(timeoutMs === which ? toMs : timeoutMs);
}

const silent = (): Promise<never> => new Promise(() => undefined);

describe("a session", () => {
  it("uploads nothing where the contract does not allow the script", async () => {
    const world = await createWorld();
    world.chain.isAllowed = () => Promise.resolve(false);
    await expectRefusal(runWorld(world), "SESSION_SCRIPT_NOT_ALLOWED");
    expect(world.atRegistry.bytes).toHaveLength(0);
    expect(world.atOracle.bytes).toHaveLength(0);
  });

  it("uploads the hashed bytes, in pieces, empty files without any", async () => {
    const world = await createWorld();
    await runWorld(world);
    // 300,000 bytes are two pieces.
    expect(typesOf(world.atOracle)).toEqual(["hello", "run", "file", "file", "file"]);
  });

  it("refuses an enclave that holds another script", async () => {
    const world = await createWorld();
    const { oracleScript } = world;
    world.oracleScript = (talk) =>
      oracleScript({
        ...talk,
        write: (message) =>
          talk.write(
            message.type === "started" ? { ...message, oracleHash: `0x${"66".repeat(32)}` } : message,
          ),
      });
    await expectRefusal(runWorld(world), "SESSION_UPLOAD_HASH_MISMATCH");
  });

  it("reports what the enclave says during the upload, and refuses another message than started", async () => {
    for (const [reply, code] of [
      [{ type: "failed", code: "SERVICE_BUSY" }, "SERVICE_BUSY"],
      [{ type: "print", text: "early" }, "SESSION_UNEXPECTED_MESSAGE"],
    ] as const) {
      const world = await createWorld();
      const { oracleScript } = world;
      world.oracleScript = (talk) =>
        oracleScript({
          ...talk,
          write: (message) => talk.write(message.type === "started" ? reply : message),
        });
      await expectRefusal(runWorld(world), code);
    }
  });

  it("carries prints, questions, delays and refused hosts, and the answers back in order", async () => {
    const world = await createWorld();
    const answers: string[] = [];
    world.dialog = async (talk) => {
      await talk.write({ type: "print", text: "hello" });
      await talk.write({ type: "refused", host: "evil.example", reason: "cut" });
      await talk.write({ type: "delay", seconds: 3, reason: "slow" });
      await talk.write({ type: "prompt", id: 0, text: "name", secret: false });
      await talk.write({ type: "prompt", id: 1, text: "password", secret: true });
      for (const id of [0, 1]) {
        const answer = await talk.read();
        if (answer?.type === "answer" && answer.id === id) answers.push(answer.text);
      }
      await sendResult(world, talk);
    };
    world.listener.onPrompt = ({ text, secret }) => Promise.resolve(`${text} ${String(secret)}`);
    await runWorld(world);
    expect(answers).toEqual(["name false", "password true"]);
    const { prints, refused, delays } = world.heard;
    expect([prints, refused, delays]).toEqual([["hello"], ["evil.example cut"], [3]]);
  });

  it("demands a new document before a secret after a pause, and answers only then", async () => {
    const world = await createWorld();
    world.dialog = async (talk) => {
      world.nowMs += 6 * 60_000;
      await talk.write({ type: "prompt", id: 0, text: "password", secret: true });
      const question = await talk.read();
      if (question?.type !== "reattest") throw new Error("no reattest");
      await talk.write({ type: "reattestation", document: await talk.attest(question.nonce) });
      const answer = await talk.read();
      if (answer?.type === "answer") await sendResult(world, talk);
    };
    await runWorld(world);
    expect(world.heard.steps.map(({ name }) => name)).toContain("reattested");
  });

  it("stays awake by pings, and demands a new document every half hour", async () => {
    const world = await createWorld();
    hurry(world, keepaliveMs, 20);
    const heard: string[] = [];
    world.dialog = async (talk) => {
      world.nowMs += 31 * 60_000;
      while (!heard.includes("reattest")) {
        const message = await talk.read();
        heard.push(message?.type ?? "end");
        if (message?.type === "ping") await talk.write({ type: "pong" });
        if (message?.type === "reattest") {
          await talk.write({ type: "reattestation", document: await talk.attest(message.nonce) });
        }
      }
      world.result = { ...world.result, deadline: world.certificate.notAfter };
      await sendResult(world, talk);
    };
    await runWorld(world);
    expect(heard).toContain("ping");
  });

  it("shows a script's traceback and passes its code on", async () => {
    const world = await createWorld();
    world.dialog = async (talk) => {
      await talk.write({ type: "failed", code: "SERVICE_NO_RESULT", traceback: "oracle.py line 3" });
      await talk.read();
    };
    await expectRefusal(runWorld(world), "SERVICE_NO_RESULT");
    expect(world.heard.tracebacks).toEqual(["oracle.py line 3"]);
  });

  it("refuses a question under a number that is still open", async () => {
    const world = await createWorld();
    world.listener.onPrompt = silent;
    world.dialog = async (talk) => {
      await talk.write({ type: "prompt", id: 4, text: "a", secret: false });
      await talk.write({ type: "prompt", id: 4, text: "b", secret: false });
      await talk.read();
    };
    await expectRefusal(runWorld(world), "SESSION_UNEXPECTED_MESSAGE");
  });

  it("refuses an answer that no message can hold, and a listener that fails", async () => {
    const long = await createWorld();
    long.listener.onPrompt = () => Promise.resolve("x".repeat(65_537));
    long.dialog = async (talk) => {
      await talk.write({ type: "prompt", id: 0, text: "a", secret: false });
      await talk.read();
    };
    await expectRefusal(runWorld(long), "SESSION_REQUEST_INVALID");
    expect(typesOf(long.atOracle)).not.toContain("answer");
  });

  it("ends a silent enclave, an unanswered question, and a script without end", async () => {
    const waits = [
      [sessionTimeouts.silenceMs, silent],
      [sessionTimeouts.runningMs, silent],
    ] as const;
    for (const [which, dialog] of waits) {
      const world = await createWorld();
      world.dialog = dialog;
      world.ports.deadline = (timeoutMs) =>
        AbortSignal.timeout(timeoutMs === which && world.heard.phases.includes("running") ? 100 : timeoutMs);
      await expectRefusal(runWorld(world), "SESSION_TIMEOUT");
    }
    const asking = await createWorld();
    asking.listener.onPrompt = silent;
    hurry(asking, sessionTimeouts.answerMs, 100);
    asking.dialog = async (talk) => {
      await talk.write({ type: "prompt", id: 0, text: "a", secret: false });
      await silent();
    };
    await expectRefusal(runWorld(asking), "SESSION_TIMEOUT");
  });

  it("says so to the enclave when the person cancels, and withdraws the question", async () => {
    const world = await createWorld();
    const controller = new AbortController();
    let isWithdrawn = false;
    world.listener.onPrompt = (_prompt, signal) => {
      signal.addEventListener("abort", () => {
        isWithdrawn = true;
      });
      controller.abort();
      return silent();
    };
    const cancelled = new Promise<string>((resolve) => {
      world.dialog = async (talk) => {
        await talk.write({ type: "prompt", id: 0, text: "a", secret: false });
        const message = await talk.read();
        resolve(message?.type ?? "end");
      };
    });
    await expectRefusal(runWorld(world, controller.signal), "SESSION_CANCELLED");
    expect(await cancelled).toBe("cancel");
    expect(isWithdrawn).toBe(true);
  });

  it("does not begin once it is cancelled", async () => {
    const world = await createWorld();
    await expectRefusal(runWorld(world, AbortSignal.abort()), "SESSION_CANCELLED");
    expect(world.heard.steps).toEqual([]);
  });

  it("is cancelled while it connects, and closes what opens too late", async () => {
    const world = await createWorld();
    const controller = new AbortController();
    let isClosed = false;
    const late = {
      read: silent,
      write: () => Promise.resolve(),
      close: () => {
        isClosed = true;
        return Promise.resolve();
      },
    };
    const opening = Promise.withResolvers<typeof late>();
    world.ports.connect = () => {
      controller.abort();
      return opening.promise;
    };
    await expectRefusal(runWorld(world, controller.signal), "SESSION_CANCELLED");
    opening.resolve(late);
    await vi.waitFor(() => expect(isClosed).toBe(true));
  });

  it("ends with the connection", async () => {
    const world = await createWorld();
    world.dialog = (talk) => talk.close();
    await expectRefusal(runWorld(world), "SESSION_CLOSED");
  });

  it("names what it did not expect, and never what it carried", async () => {
    const world = await createWorld();
    world.dialog = async (talk) => {
      await talk.write({ type: "started", oracleHash: `0x${Buffer.from(random(32)).toString("hex")}` });
      await talk.read();
    };
    expect((await errorOf(runWorld(world))).actual).toBe("started");
  });
});
