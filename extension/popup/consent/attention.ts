/** How long the window must have been visible, focused and unchanged before a click counts, ms. */
export const attentionMs = 500;

/** What happens to a window; `changed` is a change of what it shows. */
export interface AttentionEvent {
  readonly type: "visible" | "hidden" | "focus" | "blur" | "changed";
  readonly atMs: number;
}

/** Whether the window can be seen and is in front, and since when nothing about that changed. */
export interface Attention {
  readonly isVisible: boolean;
  readonly isFocused: boolean;
  readonly sinceMs: number;
}

/** A press of the button. `isTrusted` is the browser's word that a person made it, not a script. */
export interface Press {
  readonly isTrusted: boolean;
  readonly atMs: number;
}

/** Nobody has looked yet. */
export function createAttention(atMs: number): Attention {
  return { isVisible: false, isFocused: false, sinceMs: atMs };
}

/** Takes one event into account. Any change starts the time anew; a repeated event does not. */
export function reduceAttention(before: Attention, { type, atMs }: AttentionEvent): Attention {
  const isVisible = type === "visible" || (type !== "hidden" && before.isVisible);
  const isFocused = type === "focus" || (type !== "blur" && before.isFocused);
  const isSame = type !== "changed" && isVisible === before.isVisible && isFocused === before.isFocused;
  return isSame ? before : { isVisible, isFocused, sinceMs: atMs };
}

/** When a press will start to count, ms; null while the window is not visible and focused. */
export function readyAtMs({ isVisible, isFocused, sinceMs }: Attention): number | null {
  return isVisible && isFocused ? sinceMs + attentionMs : null;
}

/** True when this press is a person's, made after looking long enough. A clock that went back counts as too early. */
export function isDeliberate(attention: Attention, press: Press): boolean {
  const readyMs = readyAtMs(attention);
  return press.isTrusted && readyMs !== null && press.atMs >= readyMs;
}
