/** What somebody did, as POST /v1/journeys/events takes it. */
export type JourneyEvent =
  | Happened<"page" | "step" | "form" | "rage_click" | "give_up" | "complete">
  | Happened<"form_error", { field: string; error?: string }>
  | Happened<"search", { query: string }>
  | Happened<"article", { article: string; helped?: boolean }>;

export interface Details {
  /** A path or a name; the page's path where nothing is said. Query strings stay out. */
  page?: string;
  /** What is being tried, as a word: change_address */
  task?: string;
  step?: string;
  /** Of a half-filled form: fact name -> text. Only what an agent may read. */
  facts?: Facts;
}

export type Facts = Record<string, string>;

type Happened<Type extends string, More = object> = { type: Type } & Details & More;

/** An event on its way. */
export type Sent = JourneyEvent & { id: string; at: string };

const MOST = { task: 64, step: 64, field: 64, page: 256, error: 256, query: 256, article: 256 };
const MOST_OF_A_FACT = 1_000;

/** The event with each text cut to what the API takes: a long one would cost its whole batch. */
export function cut<Event extends JourneyEvent>(event: Event): Event {
  const fitting: Record<string, unknown> = { ...event };
  for (const [name, most] of Object.entries(MOST)) {
    const text = fitting[name];
    if (typeof text === "string") fitting[name] = text.slice(0, most);
  }
  if (event.facts) {
    const facts = Object.entries(event.facts).map(([name, text]) => [name, text.slice(0, MOST_OF_A_FACT)]);
    fitting["facts"] = Object.fromEntries(facts);
  }
  return fitting as Event;
}
