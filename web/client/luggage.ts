/**
 * What a page hands over to the next page in the same tab.
 *
 * It lies in sessionStorage only while no page is in front: a tab that is duplicated takes a copy of
 * sessionStorage along, and would else go on under the other's name.
 */
export class Luggage<T> {
  /** What the page before handed over; undefined where there is nothing, or nothing that can be read. */
  readonly found: T | undefined;

  constructor(
    private readonly key: string,
    pack: () => T,
  ) {
    this.found = this.unpack();
    const put = () => this.put(pack());
    addEventListener("pagehide", put);
    addEventListener("pageshow", () => this.unpack());
    document.addEventListener("visibilitychange", () => (document.hidden ? put() : this.unpack()));
  }

  private unpack(): T | undefined {
    try {
      const kept = sessionStorage.getItem(this.key);
      sessionStorage.removeItem(this.key);
      return kept ? (JSON.parse(kept) as T) : undefined;
    } catch {
      return undefined;
    }
  }

  private put(content: T): void {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(content));
    } catch {
      // Full, or forbidden by the visitor: the next page begins with nothing.
    }
  }
}
