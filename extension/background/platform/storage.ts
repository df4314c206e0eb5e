import browser from "webextension-polyfill";

/** A store of JSON values by name. */
export interface KeyValueStore {
  read(key: string): Promise<unknown>;
  /** Rejects where the browser cannot keep the value. */
  write(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  /** Every entry whose key starts with `prefix`. */
  list(prefix: string): Promise<readonly (readonly [string, unknown])[]>;
}

function createStore(area: typeof browser.storage.local): KeyValueStore {
  return {
    read: async (key) => (await area.get(key))[key],
    write: (key, value) => area.set({ [key]: value }),
    remove: (key) => area.remove(key),
    list: async (prefix) => Object.entries(await area.get(null)).filter(([key]) => key.startsWith(prefix)),
  };
}

type Restrictable = typeof browser.storage.local & {
  setAccessLevel?(options: { readonly accessLevel: "TRUSTED_CONTEXTS" }): Promise<void>;
};

/** Keeps content scripts out of both areas, where the browser knows the setting. */
export async function restrictStorage(): Promise<void> {
  const areas: Restrictable[] = [browser.storage.local, browser.storage.session];
  for (const area of areas) await area.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" });
}

/** Survives the browser's restart and the extension's update. */
export const localStore = createStore(browser.storage.local);
/** Survives the worker's death only. */
export const sessionStore = createStore(browser.storage.session);
