import type { z } from "zod";
import { encodeError, TransportError, UntrustedError } from "#protocol/errors.ts";
import { createMessageStream, type MessageStream } from "#protocol/wire/messageStream.ts";
import { withDeadline, type Clock } from "./clock.ts";
import type { ConnectionLimits } from "./connectionLimits.ts";
import type { InnerConnection, InnerCredentials } from "./innerServer.ts";

/** What makes a conversation of a connection. */
export interface ConversationOptions<S extends z.ZodType> {
  readonly incoming: S;
  readonly limits: ConnectionLimits;
  readonly clock: Clock;
}

/** A message stream of a service: reads have a deadline, and an end of the stream is an error. */
export interface Conversation<In, Out> extends MessageStream<In, Out> {
  /** @throws TransportError SERVICE_CLIENT_GONE, SERVICE_CLIENT_SILENT; UntrustedError WIRE_* */
  read(): Promise<In>;
}

/** Opens the conversation of one connection. */
export function openConversation<S extends z.ZodType, Out extends Readonly<Record<string, unknown>>>(
  connection: InnerConnection<InnerCredentials>,
  { incoming, limits, clock }: ConversationOptions<S>,
): Conversation<z.output<S>, Out> {
  const messages = createMessageStream<S, Out>(connection.stream, incoming);
  return {
    ...messages,
    async read() {
      const deadline = { clock, timeoutMs: limits.idleMs, code: "SERVICE_CLIENT_SILENT" } as const;
      const message = await withDeadline(messages.read(), deadline);
      if (message === null) throw new TransportError("SERVICE_CLIENT_GONE");
      return message;
    },
  };
}

/** A message that may not come now. */
export function outOfOrder(expected: string, actual: string): UntrustedError {
  return new UntrustedError("SERVICE_MESSAGE_ORDER", { expected, actual });
}

/** What a failure looks like on the wire: its code. Details stay inside, they may hold what others typed. */
export function failedReply(error: unknown): {
  readonly type: "failed";
  readonly code: ReturnType<typeof encodeError>["code"];
} {
  return { type: "failed", code: encodeError(error).code };
}
