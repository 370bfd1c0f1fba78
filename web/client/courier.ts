import { type Api, Problem, type Tokens } from "./api.js";
import { backoff } from "./backoff.js";
import { firstBatch, withoutRefused } from "./batches.js";
import { type JourneyEvent, type Sent, cut } from "./events.js";
import { Luggage } from "./luggage.js";
import { describeScreen } from "./screen.js";

const PATH = "/journeys/events";
const TEXT = { "Content-Type": "text/plain" }; // sent without asking the server first: no preflight
const GATHERING_MS = 2_000;
/** Of what could not be sent the newest are kept. */
const MOST_KEPT = 500;

export interface Consent {
  journeys: boolean;
  given_at?: string;
}

/** Brings events to the API: gathered, repeated until they have arrived, and over page loads. */
export class Courier {
  readonly screenId: string;
  /** What the visitor said; nothing is sent while that is not known. */
  consent: Consent | undefined;
  readonly #api: Api;
  #waiting: Sent[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = GATHERING_MS;
  #failures = 0;
  /** The API asked for patience until then: by a clock that nobody sets. */
  #notBefore = 0;
  #flight = Promise.resolve();
  #flying = 0;
  #gone = false;
  readonly #farewells = new Set<() => void>();

  constructor(api: Api) {
    this.#api = api;
    addEventListener("pagehide", () => this.#leave()); // before what is left is packed
    const pack = () => ({ screenId: this.screenId, waiting: this.#waiting, consent: this.consent });
    const { found } = new Luggage(`throughline:${api.options.key}`, pack);
    this.screenId = found?.screenId ?? crypto.randomUUID();
    this.#waiting = found?.waiting ?? [];
    if (found?.consent?.journeys === false) this.consent = found.consent; // the API may not know yet
    addEventListener("pageshow", () => this.#comeBack());
    addEventListener("online", () => void this.flush());
    document.addEventListener("visibilitychange", () => !this.#gone && void this.flush());
  }

  begin(consent: Consent): void {
    this.consent = consent;
    this.#api.authorise().catch(() => undefined); // to have a token when the page is left
    void this.flush();
  }

  add(event: JourneyEvent): void {
    const sent = { page: location.pathname, ...event, id: crypto.randomUUID(), at: new Date().toISOString() };
    this.#waiting = [...this.#waiting, cut(sent)].slice(-MOST_KEPT);
    this.#later();
  }

  forget(): void {
    this.#waiting = [];
  }

  /** Calls it whenever the page is left, in time for what it has to add; answers how to stop that. */
  beforeLeaving(farewell: () => void): () => void {
    this.#farewells.add(farewell);
    return () => this.#farewells.delete(farewell);
  }

  /** Sends a batch of what is waiting, and goes on by itself; one after the other. Never rejects. */
  flush(): Promise<void> {
    this.#flying++;
    this.#flight = this.#flight.then(() => this.#send()).finally(() => {
      this.#flying--;
      this.#later();
    });
    return this.#flight;
  }

  async #send(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.consent || !this.#waiting.length || performance.now() < this.#notBefore) return;
    const batch = firstBatch(this.#waiting);
    try {
      await this.#api.twice(async () => this.#api.exchange(PATH, this.#body(batch, await this.#api.authorise()), TEXT));
      this.#settle(batch);
    } catch (problem) {
      this.#refused(batch, problem);
    }
  }

  #later(): void {
    if (this.consent && !this.#flying && this.#waiting.length) this.#timer ??= setTimeout(() => void this.flush(), this.#pause);
  }

  #settle(batch: readonly Sent[]): void {
    this.#failures = 0;
    this.#pause = GATHERING_MS;
    const ids = new Set(batch.map(({ id }) => id));
    this.#waiting = this.#waiting.filter(({ id }) => !ids.has(id));
  }

  #refused(batch: readonly Sent[], problem: unknown): void {
    if (!(problem instanceof Problem) || problem.passes) {
      const asked = problem instanceof Problem ? problem.waitMs : 0;
      this.#notBefore = performance.now() + asked;
      this.#pause = Math.max(backoff(++this.#failures), asked + 100);
      return;
    }
    console.warn("Throughline refused events:", problem.message, problem.errors);
    if (problem.status === 403) this.consent = undefined; // this site may not: it is not tried again
    const good = new Set(withoutRefused(batch, problem.errors));
    this.#settle(batch.filter((event) => !good.has(event)));
  }

  #body(events: readonly Sent[], { token, visitor }: Tokens): string {
    const { key, channel = "portal" } = this.#api.options;
    return JSON.stringify({
      key,
      token,
      visitor_token: visitor,
      channel,
      screen: describeScreen(this.screenId),
      consent: this.consent,
      sent_at: new Date().toISOString(),
      events,
    });
  }

  /** What waits is sent as the page goes; the next page sends it again, as none can know that it arrived. */
  #leave(): void {
    this.#gone = true;
    this.#farewells.forEach((farewell) => farewell());
    const { tokens } = this.#api;
    if (!this.consent || !tokens) return;
    for (let rest = this.#waiting; rest.length; ) {
      const batch = firstBatch(rest);
      if (!navigator.sendBeacon(this.#api.options.url + PATH, this.#body(batch, tokens))) return;
      rest = rest.slice(batch.length);
    }
  }

  #comeBack(): void {
    this.#gone = false;
    void this.flush();
  }
}
