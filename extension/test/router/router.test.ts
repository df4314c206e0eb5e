import { describe, expect, it } from "vitest";
import { z } from "zod";
import { pageSchemas } from "#messages/page.ts";
import { uiSchemas } from "#messages/ui.ts";
import { createPageRoutes, type PageRoutesOptions } from "../../background/pageRoutes.ts";
import { dispatch, pageRoute, uiRoute, type Routes } from "../../background/router.ts";
import type { PageSender } from "../../background/sender.ts";
import { createUiRoutes, type UiRoutesOptions } from "../../background/uiRoutes.ts";
import { createUpload } from "../../background/upload.ts";
import { expectRefusal } from "../session/refusal.ts";

const sender: PageSender = {
  from: "page",
  origin: "https://shop.example",
  tabId: 1,
  documentId: "D",
  upload: createUpload(),
};
const schema = z.strictObject({ text: z.string() });
const routes: Routes = {
  ask: pageRoute(schema, async ({ text }, { origin }) => `${origin} ${text}`),
  approve: uiRoute(schema, async ({ text }) => text),
};

describe("the router", () => {
  it("hands parsed parameters and the browser's sender to the handler", async () => {
    await expect(dispatch(routes, { name: "ask", params: { text: "hello" } }, sender)).resolves.toBe(
      "https://shop.example hello",
    );
  });

  it("refuses a page that approves for the person", async () => {
    await expectRefusal(
      dispatch(routes, { name: "approve", params: { text: "yes" } }, sender),
      "SENDER_REFUSED",
    );
  });

  it("refuses a page of ours that speaks as a web page", async () => {
    await expectRefusal(
      dispatch(routes, { name: "ask", params: { text: "x" } }, { from: "ui" }),
      "SENDER_REFUSED",
    );
  });

  it("ignores an origin in the parameters: it is an unknown field", async () => {
    const params = { text: "x", origin: "https://bank.example" };
    await expectRefusal(dispatch(routes, { name: "ask", params }, sender), "REQUEST_INVALID");
  });

  it.each(["other", "constructor", "__proto__", "toString"])("knows no method %s", async (name) => {
    await expectRefusal(dispatch(routes, { name, params: {} }, sender), "REQUEST_METHOD_UNKNOWN");
  });

  it("has one route per message, for the right sender", () => {
    const page = createPageRoutes({ sources: {}, windows: {}, trust: {} } as unknown as PageRoutesOptions);
    const ui = createUiRoutes({ sources: {} } as unknown as UiRoutesOptions);
    expect(Object.keys(page).sort()).toEqual(Object.keys(pageSchemas).sort());
    expect(Object.keys(ui).sort()).toEqual(Object.keys(uiSchemas).sort());
    expect(Object.values(page).every(({ from }) => from === "page")).toBe(true);
    expect(Object.values(ui).every(({ from }) => from === "ui")).toBe(true);
  });
});
