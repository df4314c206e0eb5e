import { TransportError } from "#protocol/errors.ts";

/** Sessions side by side. */
export class Capacity {
  readonly #sessions: number;
  #taken = 0;

  constructor(sessions: number) {
    this.#sessions = sessions;
  }

  /** Sessions that could start now. */
  get free(): number {
    return this.#sessions - this.#taken;
  }

  /** Takes one; the function given back returns it. @throws TransportError SERVICE_BUSY */
  take(): () => void {
    if (this.free <= 0) throw new TransportError("SERVICE_BUSY");
    this.#taken += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.#taken -= 1;
      isHeld = false;
    };
  }
}
