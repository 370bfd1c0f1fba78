type Handler<T> = (event: T) => void;

/** Tells whoever asked: `on` answers how to stop listening. */
export class Emitter<Events extends object> {
  readonly #handlers = new Map<keyof Events, Set<Handler<never>>>();

  on<Name extends keyof Events>(name: Name, handler: Handler<Events[Name]>): () => void {
    const known = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, known.add(handler));
    return () => known.delete(handler);
  }

  protected emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    this.#handlers.get(name)?.forEach((handler) => (handler as Handler<Events[Name]>)(event));
  }
}
