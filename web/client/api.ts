import type { Options } from "./options.js";

/** An answer that is no success. `status` 0: there was none. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    /** The API's stable word for it, such as `invalid_input`. */
    readonly code: string,
    message: string,
    /** Milliseconds that the API asks to wait. */
    readonly waitMs = 0,
    /** What is wrong with what was sent: `field` as in `events.3.type`. */
    readonly errors: readonly { field: string; message: string }[] = [],
  ) {
    super(message);
  }

  /** Whether the same may succeed later. */
  get passes(): boolean {
    return this.status === 0 || this.status === 401 || this.status === 429 || this.status >= 500;
  }
}

/** Who the calls are from: `visitor` beside the token of who is signed in. */
export interface Tokens {
  token: string;
  visitor: string | undefined;
}

/** Calls the API. Holds the newest tokens, for a page that is left has no time to ask for any. */
export class Api {
  tokens: Tokens | undefined;
  #asked: Promise<Tokens> | undefined;

  constructor(readonly options: Options) {}

  /** The tokens at hand, else new ones; who asks while they are on their way gets those. */
  async authorise(): Promise<Tokens> {
    if (this.tokens) return this.tokens;
    this.#asked ??= this.#obtain().finally(() => (this.#asked = undefined));
    return (this.tokens = await this.#asked);
  }

  async #obtain(): Promise<Tokens> {
    const [token, visitor] = await Promise.all([this.options.token(), this.options.visitorToken?.()]);
    return { token, visitor };
  }

  /** Posts JSON; a refused token is replaced once. Rejects with `Problem`. */
  async post<Answer>(path: string, body: object): Promise<Answer> {
    const attempt = async () =>
      this.exchange<Answer>(path, JSON.stringify(body), {
        Authorization: `Bearer ${(await this.authorise()).token}`,
        "Content-Type": "application/json",
      });
    return this.twice(attempt);
  }

  /** Runs it, and once more with a new token where the first was refused. */
  async twice<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
    try {
      return await attempt();
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 401) throw problem;
      this.tokens = undefined;
      return attempt();
    }
  }

  /** One request. What a hidden page sends outlives it. */
  async exchange<Answer>(path: string, body: string, headers: Record<string, string>): Promise<Answer> {
    let response: Response;
    try {
      response = await fetch(this.options.url + path, {
        method: "POST",
        body,
        headers,
        keepalive: document.hidden,
        credentials: "omit",
      });
    } catch (failure) {
      throw new Problem(0, "unreachable", String(failure));
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer as Answer;
    throw new Problem(
      response.status,
      answer.code ?? "",
      answer.detail ?? response.statusText,
      Number(response.headers.get("Retry-After")) * 1000 || 0,
      answer.errors ?? [],
    );
  }
}
