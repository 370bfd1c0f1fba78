import type { Sent } from "./events.js";

/** The API takes 100 events; a browser lets 64 KiB outlive a page, and a character may be 3 bytes. */
export const MOST_EVENTS = 100;
export const MOST_CHARACTERS = 16_000;

/** The first events that fit into one request. One that fits into none goes alone: the API says what is wrong. */
export function firstBatch(events: readonly Sent[]): Sent[] {
  const batch: Sent[] = [];
  let characters = 0;
  for (const event of events.slice(0, MOST_EVENTS)) {
    characters += JSON.stringify(event).length;
    if (batch.length && characters > MOST_CHARACTERS) break;
    batch.push(event);
  }
  return batch;
}

/** Those of a refused batch that nothing is wrong with; none where the batch itself is refused. */
export function withoutRefused(batch: readonly Sent[], errors: readonly { field: string }[]): Sent[] {
  const refused = errors.map(({ field }) => Number(/^events\.(\d+)/.exec(field)?.[1] ?? NaN));
  return refused.length && !refused.some(Number.isNaN) ? batch.filter((_, index) => !refused.includes(index)) : [];
}
