import type { Page } from "playwright";

/** What a page's request to `window.openContracts` came to. */
export type Answer =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string; readonly data: unknown } };

interface Provider {
  request(asked: { readonly method: string; readonly params?: unknown }): Promise<unknown>;
}

/** Has the page ask `window.openContracts`, as any script in it could. */
export function askAsPage(page: Page, method: string, params?: unknown): Promise<Answer> {
  return page.evaluate(
    async (asked) => {
      const { openContracts } = window as unknown as { openContracts: Provider };
      try {
        return { result: await openContracts.request(asked) };
      } catch (error) {
        const { code, message, data } = error as { code: number; message: string; data: unknown };
        return { error: { code, message, data } };
      }
    },
    { method, params },
  );
}
