import type { ReactNode } from "react";

/** Text that the script wrote: framed, plain, and kept from turning the direction of what stands around it. */
export function ScriptSays({ children }: { readonly children: ReactNode }): React.JSX.Element {
  return (
    <figure className="says">
      <figcaption>The script says</figcaption>
      {children}
    </figure>
  );
}

/** One piece of the script's text. No markup of it is read; line breaks are kept. */
export function ScriptText({ text }: { readonly text: string }): React.JSX.Element {
  return (
    <bdi className="script-text" dir="auto">
      {visible(text)}
    </bdi>
  );
}

/** Shows as a mark what would turn, hide or overlay text: bidi controls, zero-width and control characters. */
export function visible(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    "\ufffd",
  );
}
