import browser from "webextension-polyfill";

/** Shows on the toolbar how many sessions run and how many results wait; nothing when there are none. */
export async function setBadge(count: number, kind: "release" | "development"): Promise<void> {
  await browser.action.setBadgeBackgroundColor({ color: kind === "release" ? "#14523f" : "#8a3d00" });
  await browser.action.setBadgeText({ text: count === 0 ? "" : String(count) });
}
