import { expect } from "vitest";
import { codes } from "#protocol/codes/index.ts";
import { OpenContractsError } from "#protocol/errors.ts";
import type { TlsCode } from "../../background/tls/alert.ts";
import type { TlsClient } from "../../background/tls/client.ts";
import { contentType } from "../../background/tls/recordFormat.ts";
import type { ScriptedServer } from "./scriptedServer.ts";
import { dummyChangeCipherSpec } from "./scriptedServer.ts";

/** Code of the refusal and the alert that must answer it; null where none may. */
export type Refusal = readonly [code: TlsCode, alert: number | null];

/** The error that `work` ends in. */
export async function errorOf(work: Promise<unknown>): Promise<OpenContractsError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OpenContractsError)) throw new Error(`expected a refusal, got ${String(error)}`);
  expect(error.action).toBe(codes[error.code].action);
  return error;
}

/** Cuts the client's unprotected output into records; protected ones are opened by `server`. */
async function recordsOf(
  output: Uint8Array,
  server: ScriptedServer,
): Promise<{ type: number; content: Uint8Array }[]> {
  const isCcs = output[0] === contentType.changeCipherSpec;
  const rest = isCcs ? output.slice(dummyChangeCipherSpec.length) : output;
  if (rest[0] !== contentType.applicationData) return [{ type: rest[0] ?? 0, content: rest.slice(5) }];
  return server.open(rest);
}

/**
 * Feeds `bytes` and asserts the refusal: this code, this alert as the one and last record, no data delivered,
 * nothing of ours sent but the alert, and the client dead for good.
 */
export async function expectRefusal(
  { client, server }: { readonly client: TlsClient; readonly server: ScriptedServer },
  bytes: Uint8Array,
  [code, alert]: Refusal,
): Promise<void> {
  const error = await errorOf(client.receive(bytes));
  expect(error.code).toBe(code);
  const output = client.takeOutput();
  if (alert === null) {
    expect(output.length === 0 || output[0] === contentType.changeCipherSpec).toBe(true);
  } else {
    const records = await recordsOf(output, server);
    expect(records.at(-1)).toEqual({ type: contentType.alert, content: Uint8Array.of(2, alert) });
    expect(records.every((record) => record.type !== contentType.applicationData)).toBe(true);
  }
  expect(client.takeEvents().filter((event) => event.type === "data")).toEqual([]);
  expect(await errorOf(client.receive(bytes))).toBe(error);
  expect(await errorOf(client.send(bytes))).toBe(error);
  expect(client.takeOutput()).toHaveLength(0);
}
