import type { Api } from "./api.js";
import { watchClicks } from "./clicks.js";
import { Courier } from "./courier.js";
import type { Details, Facts, JourneyEvent } from "./events.js";
import { FormWatch, type WatchOptions } from "./forms.js";

/** What somebody does on a site or in an app. Nothing is kept or sent before `allow`. */
export class Journey {
  readonly #courier: Courier;

  constructor(api: Api) {
    this.#courier = new Courier(api);
  }

  /** Of this tab, over its pages. */
  get screenId(): string {
    return this.#courier.screenId;
  }

  /** The visitor agreed, now or at `givenAt`: a withdrawal is lifted only by what was given after it. */
  allow(givenAt?: Date): void {
    this.#courier.begin({ journeys: true, ...(givenAt && { given_at: givenAt.toISOString() }) });
  }

  /** The visitor takes it back: what was not sent is forgotten, what was stored is shown no more. */
  withdraw(): Promise<void> {
    this.#courier.forget();
    this.#courier.begin({ journeys: false });
    this.#courier.add({ type: "page" }); // there is no batch without an event
    return this.flush();
  }

  page(page?: string): void {
    this.record({ type: "page", ...(page && { page }) });
  }

  step(task: string, step: string): void {
    this.record({ type: "step", task, step });
  }

  form(task: string, facts: Facts): void {
    this.record({ type: "form", task, facts });
  }

  formError(task: string, field: string, error?: string, facts?: Facts): void {
    this.record({ type: "form_error", task, field, ...(error && { error }), ...(facts && { facts }) });
  }

  search(query: string): void {
    this.record({ type: "search", query });
  }

  article(article: string, helped?: boolean): void {
    this.record({ type: "article", article, ...(helped !== undefined && { helped }) });
  }

  rageClick(details: Details = {}): void {
    this.record({ type: "rage_click", ...details });
  }

  giveUp(task: string, step?: string, facts?: Facts): void {
    this.record({ type: "give_up", task, ...(step && { step }), ...(facts && { facts }) });
  }

  complete(task: string): void {
    this.record({ type: "complete", task });
  }

  /** Anything of the above, in full. */
  record(event: JourneyEvent): void {
    if (this.#courier.consent?.journeys) this.#courier.add(event);
  }

  /** Sends what is waiting; later again where that fails. Never rejects. */
  flush(): Promise<void> {
    return this.#courier.flush();
  }

  /** Calls it whenever the page is left, in time for what it has to tell; answers how to stop that. */
  beforeLeaving(farewell: () => void): () => void {
    return this.#courier.beforeLeaving(farewell);
  }

  /** Tells steps, errors and abandonment of a form by itself; reads no field but those named `safe`. */
  watchForm(form: HTMLFormElement, options: WatchOptions): FormWatch {
    return new FormWatch(this, form, options);
  }

  /** Tells where somebody clicks again and again; answers how to stop. */
  watchClicks(): () => void {
    return watchClicks((step) => this.rageClick(step ? { step } : {}));
  }
}
