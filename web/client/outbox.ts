import { Problem } from "./api.js";
import { backoff } from "./backoff.js";
import type { Outgoing } from "./frames.js";

interface Way {
  /** Whether there is a connection in order. */
  open(): boolean;
  /** Resolves when the server has it. Rejects with `Problem`. */
  deliver(message: Outgoing): Promise<void>;
  refused(message: Outgoing, problem: Problem): void;
}

/** Messages until the server has them: one after the other, so that they are in the order in which they were written. */
export class Outbox {
  waiting: Outgoing[];
  readonly #way: Way;
  #delivering = false;

  constructor(way: Way, waiting: Outgoing[]) {
    this.#way = way;
    this.waiting = waiting;
  }

  add(message: Outgoing): void {
    this.waiting.push(message);
    void this.go();
  }

  /** The server has it, or never will. */
  drop(id: string | undefined): void {
    this.waiting = this.waiting.filter((message) => message.id !== id);
  }

  /** There will be no way any more. */
  refuseAll(problem: Problem): void {
    this.waiting.splice(0).forEach((message) => this.#way.refused(message, problem));
  }

  async go(): Promise<void> {
    if (this.#delivering) return;
    this.#delivering = true;
    let failures = 0;
    for (let message; this.#way.open() && (message = this.waiting[0]); ) {
      try {
        await this.#way.deliver(message);
        this.drop(message.id);
        failures = 0;
      } catch (problem) {
        if (problem instanceof Problem && !problem.passes) {
          this.drop(message.id);
          this.#way.refused(message, problem);
        } else if (this.#way.open()) {
          await new Promise((resolve) => setTimeout(resolve, backoff(++failures)));
        }
      }
    }
    this.#delivering = false;
  }
}
