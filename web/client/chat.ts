import { type Api, Problem } from "./api.js";
import { Emitter } from "./emitter.js";
import type { Answers, Attachment, Frame, Message, Outgoing, Speaker } from "./frames.js";
import { Line } from "./line.js";
import { Luggage } from "./luggage.js";
import { Outbox } from "./outbox.js";
import { Transcript } from "./transcript.js";

/** `closed` until `open`; `waiting` while the connection is made anew; `ended` for good. */
export type ChatState = "closed" | "waiting" | "live" | "ended";

export interface ChatEvents {
  state: ChatState;
  /** Each message once and in order; the visitor's own too, once the server has it. */
  message: Message;
  /** The visitor's own, on its way. */
  sending: Outgoing;
  /** The visitor's own, refused for good. */
  failed: { message: Outgoing; problem: Problem };
  typing: { from: Speaker };
  read: { side: "customer" | "agent"; up_to: number };
  presence: { side: "customer" | "agent"; status: string };
  joined: { from: Speaker };
  left: { from: Speaker };
  /** `by` is not known where it ended while this page was away. */
  ended: { by?: string };
  /** There can be no chat: what the server says against it. */
  refused: Problem;
}

export interface Beginning {
  /** What the visitor wants to be called. */
  name?: string;
  subject?: string;
  facts?: Record<string, string>;
}

interface Carried {
  contactId?: string | undefined;
  waiting?: Outgoing[];
}

const TYPING_MS = 3_000;
const TOLD = ["typing", "read", "presence", "joined", "left"] as const;

/** A live chat, over broken connections and page loads. */
export class Chat extends Emitter<ChatEvents> {
  state: ChatState = "closed";
  /** Of the chat that goes on in this tab, from the page before too. */
  contactId: string | undefined;
  readonly #outbox: Outbox;
  #beginning: Beginning = {};
  #transcript = new Transcript();
  #catchingUp: Promise<void> | undefined;
  #typedAt = 0;
  readonly #line: Line;

  constructor(api: Api) {
    super();
    const pack = () => (this.state === "ended" ? {} : { contactId: this.contactId, waiting: this.#outbox.waiting });
    const { found } = new Luggage<Carried>(`throughline:chat:${api.options.key}`, pack);
    this.contactId = found?.contactId;
    const way = {
      open: () => this.state === "live",
      deliver: (message: Outgoing) => this.#deliver(message),
      refused: (message: Outgoing, problem: Problem) => this.emit("failed", { message, problem }),
    };
    this.#outbox = new Outbox(way, found?.waiting ?? []);
    this.#line = new Line(api, {
      greet: () => this.#greet(),
      heard: (frame) => this.#heard(frame),
      lost: () => this.state === "live" && this.#become("waiting"),
    });
  }

  /** Begins a chat, or goes on with the one that this visitor is in. */
  open(beginning: Beginning = {}): void {
    if (this.state === "live" || this.state === "waiting") return;
    if (this.state === "ended") {
      this.contactId = undefined;
      this.#transcript = new Transcript();
    }
    this.#beginning = beginning;
    this.#become("waiting");
    this.#outbox.waiting.forEach((message) => this.emit("sending", message));
    this.#line.open();
  }

  /** Sends text, now or as soon as there is a connection; answers its `client_id`. */
  send(text: string): string {
    return this.#post({ id: crypto.randomUUID(), text });
  }

  /** Uploads a file and sends it; answers its `client_id`. Rejects with `Problem`. */
  async attach(file: File): Promise<string> {
    const { name, type, size } = file;
    const place = await this.#ask("upload", { name, type, size });
    const stored = await fetch(place.url, { method: "PUT", body: file, headers: place.headers });
    if (!stored.ok) throw new Problem(stored.status, "not_stored", "the file was not taken");
    return this.#post({ id: crypto.randomUUID(), attachment: { attachment_id: place.attachment_id, name, type, size } });
  }

  /** Where an attachment can be fetched for a short while. */
  async link(attachment: Attachment): Promise<string> {
    return (await this.#ask("download", { attachment_id: attachment.attachment_id })).url;
  }

  /** To be called at each keystroke: tells the other end every few seconds. */
  typing(): void {
    if (Date.now() - this.#typedAt < TYPING_MS) return;
    this.#typedAt = Date.now();
    this.#line.tell({ action: "typing", contact_id: this.contactId });
  }

  /** All that was shown has been read. */
  read(): void {
    if (this.state === "live") this.#ask("read", { up_to: this.#transcript.seen }).catch(() => undefined);
  }

  /** Ends the chat for both sides. */
  async end(): Promise<void> {
    await this.#ask("end", {}).catch((problem) => {
      if (this.state !== "ended") throw problem; // told of its end before the answer came, it let go
    });
    this.#over({ by: "customer" });
  }

  /** Lets go of the connection; the chat goes on without this page. */
  close(): void {
    this.#become("closed");
    this.#line.close();
  }

  #post(message: Outgoing): string {
    this.emit("sending", message);
    this.#outbox.add(message);
    return message.id;
  }

  #ask<A extends keyof Answers>(action: A, fields: object, id?: string): Promise<Answers[A]> {
    return this.#line.ask(action, { contact_id: this.contactId, ...fields }, id);
  }

  async #greet(): Promise<void> {
    try {
      const begun = this.contactId ? undefined : await this.#ask("start", this.#beginning);
      if (begun) this.contactId = begun.contact_id;
      if (begun?.cursor !== 0) await this.#catchUp();
    } catch (problem) {
      if (problem instanceof Problem && !problem.passes) this.#giveUp(problem);
      throw problem;
    }
    if (this.state !== "waiting") return;
    this.#become("live");
    void this.#outbox.go();
  }

  /** The chat of the page before is not this visitor's any more, and another is begun; or none can be. */
  #giveUp(problem: Problem): void {
    if (this.contactId) {
      this.contactId = undefined;
      this.#transcript = new Transcript();
    } else {
      this.close();
      this.emit("refused", problem);
    }
  }

  /** Asks for what is missing, until nothing is. */
  #catchUp(): Promise<void> {
    this.#catchingUp ??= this.#resume().finally(() => (this.#catchingUp = undefined));
    return this.#catchingUp;
  }

  async #resume(): Promise<void> {
    let answer: Answers["resume"];
    do {
      answer = await this.#ask("resume", { after: this.#transcript.seen });
      answer.messages.forEach((message) => this.#show(this.#transcript.take(message)));
      this.#show(this.#transcript.complete(answer.cursor));
    } while (answer.more || this.#transcript.gap);
    if (answer.read.agent) this.emit("read", { side: "agent", up_to: answer.read.agent });
    if (answer.status === "ended") this.#over({});
  }

  async #deliver({ id, ...content }: Outgoing): Promise<void> {
    const ack = await this.#ask("send", content, id);
    this.#took({ ...content, ...ack, client_id: id, from: { side: "customer" } } as Message);
  }

  #heard(frame: Frame): void {
    if (frame.contact_id !== this.contactId) return;
    if (frame.type === "message") return this.#took(frame as unknown as Message);
    if (frame.type === "ended") return this.#over({ by: String(frame["by"]) });
    const told = TOLD.find((type) => type === frame.type);
    if (told) this.emit(told, frame as never);
  }

  #took(message: Message): void {
    this.#show(this.#transcript.take(message));
    if (this.#transcript.gap) this.#catchUp().catch(() => undefined); // a broken line is greeted anew
  }

  #show(messages: Message[]): void {
    messages.forEach((message) => {
      this.#outbox.drop(message.client_id); // the server has it, though its ack was lost
      this.emit("message", message);
    });
  }

  #over(how: { by?: string }): void {
    if (this.state === "ended") return;
    this.#become("ended");
    this.#line.close();
    this.#outbox.refuseAll(new Problem(409, "ended", "the chat is over"));
    this.emit("ended", how);
  }

  #become(state: ChatState): void {
    this.state = state;
    this.emit("state", state);
  }
}
