import type { Message } from "./frames.js";

/** Puts messages in order, each once: they come twice, late, and from two directions. */
export class Transcript {
  /** The highest cursor below which nothing is missing. */
  seen = 0;
  readonly #ahead = new Map<number, Message>();

  /** Whether something between `seen` and what came is missing. */
  get gap(): boolean {
    return this.#ahead.size > 0;
  }

  /** Takes one in; answers what can be shown now. */
  take(message: Message): Message[] {
    if (message.cursor > this.seen) this.#ahead.set(message.cursor, message);
    return this.#ready();
  }

  /** There is nothing up to `cursor` but what was taken in. */
  complete(cursor: number): Message[] {
    const skipped = [...this.#ahead.keys()].filter((known) => known <= cursor).sort((a, b) => a - b);
    const shown = skipped.map((known) => this.#pick(known));
    this.seen = Math.max(this.seen, cursor);
    return [...shown, ...this.#ready()];
  }

  #ready(): Message[] {
    const shown: Message[] = [];
    while (this.#ahead.has(this.seen + 1)) shown.push(this.#pick(++this.seen));
    return shown;
  }

  #pick(cursor: number): Message {
    const message = this.#ahead.get(cursor) as Message;
    this.#ahead.delete(cursor);
    return message;
  }
}
