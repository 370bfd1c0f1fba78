import type { Facts, JourneyEvent } from "./events.js";
import type { Journey } from "./journey.js";

export interface WatchOptions {
  /** What is being tried, as a word: change_address */
  task: string;
  /** The fields whose content an agent may see, by name; or field name -> fact name. No other is read, nor a password. */
  safe?: readonly string[] | Record<string, string>;
}

/**
 * Watches one form: the field that somebody came to, what was refused, and that it was left unfinished.
 *
 * What the browser refuses at sending is told by itself; what the server refuses is told by `failed`, and that
 * all is well by `complete`. Else leaving the page, or `stop`, is giving up, unless the form is just being sent.
 */
export class FormWatch {
  readonly #journey: Journey;
  readonly #form: HTMLFormElement;
  readonly #options: WatchOptions;
  readonly #over = new AbortController();
  readonly #stay: () => void;
  #field: string | undefined;
  #touched = false;
  #sending = false;
  #attempting = false;

  constructor(journey: Journey, form: HTMLFormElement, options: WatchOptions) {
    this.#journey = journey;
    this.#form = form;
    this.#options = options;
    const until = { signal: this.#over.signal, capture: true };
    form.addEventListener("focusin", ({ target }) => this.#reach(nameOf(target)), until);
    form.addEventListener("input", () => (this.#touched = true), until);
    form.addEventListener("invalid", ({ target }) => this.#refuse(target), until);
    form.addEventListener("submit", () => (this.#sending = true), until);
    document.addEventListener("click", ({ target }) => this.#attempt(target), until);
    this.#stay = journey.beforeLeaving(() => !this.#sending && this.#giveUp());
  }

  /** The form was refused, at this field. */
  failed(field: string, error?: string): void {
    this.#sending = false;
    this.#touched = true;
    this.#record({ type: "form_error", field, ...(error && { error }), ...this.#facts() });
  }

  /** The task is done. */
  complete(): void {
    this.#record({ type: "complete" });
    this.#end();
  }

  /** The form is gone, its task is not done. */
  stop(): void {
    this.#giveUp();
    this.#end();
  }

  #end(): void {
    this.#over.abort();
    this.#stay();
  }

  #giveUp(): void {
    if (this.#touched) this.#record({ type: "give_up", ...(this.#field && { step: this.#field }), ...this.#facts() });
    this.#touched = false;
  }

  #reach(field: string): void {
    if (!field || field === this.#field) return;
    this.#field = field;
    this.#record({ type: "step", step: field });
  }

  /** A click on the button, or Enter, which browsers make one. Forms are also checked while somebody types. */
  #attempt(target: EventTarget | null): void {
    const button = target instanceof Element && target.closest("button, input");
    if (!(button instanceof HTMLButtonElement || button instanceof HTMLInputElement)) return;
    if (button.form !== this.#form || !["submit", "image"].includes(button.type)) return;
    this.#attempting = true;
    setTimeout(() => (this.#attempting = false));
  }

  #refuse(target: EventTarget | null): void {
    const field = nameOf(target);
    if (field && this.#attempting) this.failed(field, kindOf((target as HTMLInputElement).validity));
  }

  #facts(): { facts?: Facts } {
    const { safe = [] } = this.#options;
    const names = Array.isArray(safe) ? safe.map((name) => [name, name]) : Object.entries(safe);
    const content = new FormData(this.#form);
    const passwords = [...this.#form.querySelectorAll<HTMLInputElement>("[type=password]")].map(({ name }) => name);
    const told = names.filter(([field]) => !passwords.includes(field)).map(([field, fact]) => [fact, content.get(field)]);
    const facts = told.filter(([, text]) => text && typeof text === "string");
    return facts.length ? { facts: Object.fromEntries(facts) } : {};
  }

  #record(event: JourneyEvent): void {
    this.#journey.record({ ...event, task: this.#options.task });
  }
}

function nameOf(target: EventTarget | null): string {
  return (target as HTMLInputElement | null)?.name ?? "";
}

/** What is wrong with it, in words: the browser's own message may quote what was typed. */
function kindOf(validity: ValidityState): string {
  if (validity.valueMissing) return "is missing";
  if (validity.tooShort || validity.tooLong) return "has the wrong length";
  if (validity.rangeUnderflow || validity.rangeOverflow) return "is out of range";
  return "has the wrong form";
}
