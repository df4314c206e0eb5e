import { describe, expect, it } from "vitest";
import { readSender } from "../../background/sender.ts";

const own = { id: "own", origin: "chrome-extension://own" };
const page = {
  id: "own",
  origin: "https://shop.example",
  url: "https://shop.example/buy",
  frameId: 0,
  documentId: "D1",
  tab: { id: 7, url: "https://shop.example/buy" },
};
const ui = {
  id: "own",
  url: "chrome-extension://own/extension/popup/app.html",
  origin: "chrome-extension://own",
};

describe("who may speak to the worker", () => {
  it("knows a top-level page by what the browser says", () => {
    expect(readSender(page, own)).toEqual({
      from: "page",
      origin: "https://shop.example",
      tabId: 7,
      documentId: "D1",
    });
  });

  it("knows our own pages by their address, in a tab or in the popup", () => {
    expect(readSender(ui, own)).toEqual({ from: "ui" });
    expect(readSender({ ...ui, tab: { id: 3 }, frameId: 0, documentId: "D2" }, own)).toEqual({ from: "ui" });
  });

  it.each([
    ["another extension", { ...page, id: "other" }],
    ["another extension's page", { ...ui, id: "other", url: "chrome-extension://other/popup.html" }],
    [
      "an extension that borrows our name as a prefix",
      { ...ui, url: "chrome-extension://own.evil/app.html" },
    ],
    ["a web page that is framed as ours", { ...ui, origin: "https://evil.example" }],
    ["a frame inside a page", { ...page, frameId: 4 }],
    ["a sandboxed page", { ...page, origin: "null" }],
    ["a local file", { ...page, origin: "file://", url: "file:///tmp/x.html" }],
    ["no tab", { ...page, tab: undefined }],
    ["no document", { ...page, documentId: undefined }],
    ["no origin", { ...page, origin: undefined }],
    ["nothing", undefined],
  ])("refuses %s", (_name, sender) => {
    expect(() => readSender(sender, own)).toThrow("SENDER_REFUSED");
  });
});
