import type { KeyValueStore } from "../../background/platform/storage.ts";

/** A store in memory that, like the browser's, keeps JSON only. */
export interface FakeStore extends KeyValueStore {
  readonly entries: Map<string, string>;
  /** When set, writing fails as on a full disk. */
  isFull: boolean;
}

/** Makes an empty store. */
export function createFakeStore(): FakeStore {
  const entries = new Map<string, string>();
  const store: FakeStore = {
    entries,
    isFull: false,
    read: async (key) => {
      const text = entries.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    write: async (key, value) => {
      if (store.isFull) throw new Error("QUOTA_BYTES quota exceeded");
      entries.set(key, JSON.stringify(value));
    },
    remove: async (key) => {
      entries.delete(key);
    },
    list: async (prefix) =>
      [...entries]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, text]) => [key, JSON.parse(text) as unknown] as const),
  };
  return store;
}
