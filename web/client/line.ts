import { type Api, Problem } from "./api.js";
import { backoff } from "./backoff.js";
import type { Action, Answers, Frame } from "./frames.js";

const ANSWERED_WITHIN_MS = 20_000;
/** The server closes after ten minutes of silence. */
const PING_MS = 4 * 60_000;

interface ProblemDetails {
  status?: number;
  code?: string;
  title?: string;
  detail?: string;
  errors?: { field: string; message: string }[];
}

interface Asked {
  resolve(answer: never): void;
  reject(problem: Problem): void;
}

/** Whose line it is. */
interface Owner {
  /** Greets the server; the line is in order once this resolves. */
  greet(): Promise<void>;
  heard(frame: Frame): void;
  lost(): void;
}

/** A socket that is connected anew until it is closed, with questions and their answers. */
export class Line {
  readonly #api: Api;
  readonly #owner: Owner;
  #socket: WebSocket | undefined;
  readonly #asked = new Map<string, Asked>();
  #wanted = false;
  #failures = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #pings: ReturnType<typeof setInterval> | undefined;

  constructor(api: Api, owner: Owner) {
    this.#api = api;
    this.#owner = owner;
    addEventListener("online", () => this.#retry());
    addEventListener("pageshow", () => this.#retry());
    addEventListener("offline", () => this.#drop());
    addEventListener("pagehide", () => this.#drop()); // a page with an open socket is not kept for coming back
  }

  open(): void {
    this.#wanted = true;
    this.#retry();
  }

  close(): void {
    this.#wanted = false;
    this.#drop();
  }

  /** Asks and waits. Rejects with `Problem`; its status is 0 where the line breaks before the answer. */
  ask<A extends Action>(action: A, fields: object, id: string = crypto.randomUUID()): Promise<Answers[A]> {
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      if (this.tell({ action, ...fields, id })) this.#patience ??= setTimeout(() => this.#drop(), ANSWERED_WITHIN_MS);
      else this.#forget(id)?.reject(broken());
    });
  }

  /** Says something that is not answered: whether it left. */
  tell(frame: object): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #retry(): void {
    clearTimeout(this.#again);
    if (this.#wanted && !this.#socket) void this.#connect();
  }

  async #connect(): Promise<void> {
    try {
      const { token } = await this.#api.authorise();
      if (!this.#wanted || this.#socket) return;
      const socket = new WebSocket(`${this.#api.options.socket}?token=${encodeURIComponent(token)}`);
      this.#socket = socket;
      let opened = false;
      socket.onopen = () => {
        opened = true;
        void this.#begin(socket);
      };
      socket.onmessage = ({ data }) => this.#hear(JSON.parse(data as string) as Frame);
      socket.onclose = () => {
        if (!opened) this.#api.tokens = undefined; // refused, or not reached: a browser does not say which
        this.#drop();
      };
    } catch {
      this.#drop();
    }
  }

  async #begin(socket: WebSocket): Promise<void> {
    clearInterval(this.#pings);
    this.#pings = setInterval(() => void this.ask("ping", {}).catch(() => undefined), PING_MS);
    try {
      await this.#owner.greet();
      this.#failures = 0;
    } catch {
      if (this.#socket === socket) this.#drop();
    }
  }

  /** Lets go of the socket at once: closing one that is dead would take minutes. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    clearInterval(this.#pings);
    this.#calm();
    [...this.#asked.keys()].forEach((id) => this.#forget(id)?.reject(broken()));
    this.#owner.lost();
    clearTimeout(this.#again);
    if (this.#wanted) this.#again = setTimeout(() => this.#retry(), backoff(++this.#failures));
  }

  #hear(frame: Frame): void {
    this.#calm();
    const asked = frame.id && this.#forget(frame.id);
    if (!asked) return this.#owner.heard(frame);
    if (frame.type === "error") return asked.reject(problemOf(frame));
    asked.resolve(frame as never);
  }

  #calm(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }

  #forget(id: string): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }
}

function broken(): Problem {
  return new Problem(0, "unreachable", "the connection is gone");
}

function problemOf(frame: Frame): Problem {
  const { status, code, detail, title, errors } = frame["problem"] as ProblemDetails;
  return new Problem(status ?? 500, code ?? "", detail ?? title ?? "", 0, errors ?? []);
}
