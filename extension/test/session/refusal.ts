import { expect } from "vitest";
import { codes, type ErrorCode } from "#protocol/codes/index.ts";
import { OpenContractsError } from "#protocol/errors.ts";
import { FrameReader, decodeMessage } from "#protocol/wire/framing.ts";
import { oracleRequestSchema } from "#protocol/wire/session.ts";
import { runSession } from "../../background/session/run.ts";
import type { VerifiedResult } from "../../background/session/result.ts";
import type { Received } from "./enclave.ts";
import type { World } from "./world.ts";

/** Runs the world's request. */
export function runWorld(world: World, cancel = new AbortController().signal): Promise<VerifiedResult> {
  return runSession(world.request, { ports: world.ports, listener: world.listener, cancel });
}

/** The error that `work` ends in; its class is the one that its code's row names. */
export async function errorOf(work: Promise<unknown>): Promise<OpenContractsError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OpenContractsError)) throw new Error(`expected a refusal, got ${String(error)}`);
  expect(error.action).toBe(codes[error.code].action);
  return error;
}

/** Holds that `work` is refused with `code`. */
export async function expectRefusal(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  expect((await errorOf(work)).code).toBe(code);
}

/** The types of the messages that an enclave received. */
export function typesOf({ bytes }: Received): readonly string[] {
  return new FrameReader().push(bytes).map((body) => decodeMessage(body, oracleRequestSchema).type);
}
