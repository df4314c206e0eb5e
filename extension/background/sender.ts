import { z } from "zod";
import { UsageError } from "#protocol/errors.ts";
import type { Upload } from "./upload.ts";

/** A top-level web page, as the browser names it. */
export interface PageSender {
  readonly from: "page";
  readonly origin: string;
  readonly tabId: number;
  /** The one document that asked; after a navigation it is gone. */
  readonly documentId: string;
  /** The folder that comes with this request, piece by piece. */
  readonly upload: Upload;
}

/** A page of this extension. */
export interface UiSender {
  readonly from: "ui";
}
export type Sender = PageSender | UiSender;
/** Who opened a Port; an upload belongs to one request, not to the Port. */
export type PortSender = Omit<PageSender, "upload"> | UiSender;

const pageSchema = z.looseObject({
  id: z.string(),
  origin: z.url({ protocol: /^https?$/ }),
  frameId: z.literal(0),
  documentId: z.string().min(1),
  tab: z.looseObject({ id: z.int().min(0) }),
});
const uiSchema = z.looseObject({ id: z.string(), url: z.string(), origin: z.string().optional() });

/**
 * Says who opened a Port, from what the browser attached to it and nothing else: no message can name its sender.
 * @throws UsageError SENDER_REFUSED for frames, opaque origins, other extensions and anything unknown
 */
export function readSender(raw: unknown, own: { readonly id: string; readonly origin: string }): PortSender {
  const ui = uiSchema.safeParse(raw);
  if (!ui.success || ui.data.id !== own.id) throw new UsageError("SENDER_REFUSED");
  if (ui.data.url.startsWith(`${own.origin}/`)) {
    if (ui.data.origin !== undefined && ui.data.origin !== own.origin) throw new UsageError("SENDER_REFUSED");
    return { from: "ui" };
  }
  const page = pageSchema.safeParse(raw);
  if (!page.success) throw new UsageError("SENDER_REFUSED");
  const { origin, documentId, tab } = page.data;
  return { from: "page", origin, tabId: tab.id, documentId };
}
