/**
 * What a page hands over to the next page in the same tab.
 *
 * It lies in sessionStorage only while no page is in front: a tab that is duplicated takes a copy of
 * sessionStorage along, and would else go on under the other's name.
 */
export class Luggage<T> {
  readonly #key: string;
  /** What the page before handed over; undefined where there is nothing, or nothing that can be read. */
  readonly found: T | undefined;

  constructor(key: string, pack: () => T) {
    this.#key = key;
    this.found = this.#unpack();
    const put = () => this.#put(pack());
    addEventListener("pagehide", put);
    addEventListener("pageshow", () => this.#unpack());
    document.addEventListener("visibilitychange", () => (document.hidden ? put() : this.#unpack()));
  }

  #unpack(): T | undefined {
    try {
      const kept = sessionStorage.getItem(this.#key);
      sessionStorage.removeItem(this.#key);
      return kept ? (JSON.parse(kept) as T) : undefined;
    } catch {
      return undefined;
    }
  }

  #put(content: T): void {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify(content));
    } catch {
      // Full, or forbidden by the visitor: the next page begins with nothing.
    }
  }
}
