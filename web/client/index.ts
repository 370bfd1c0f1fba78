import { Api } from "./api.js";
import { Chat } from "./chat.js";
import { Journey } from "./journey.js";
import type { Options } from "./options.js";

export { Problem } from "./api.js";
export type { Beginning, Chat, ChatEvents, ChatState } from "./chat.js";
export type { Facts, JourneyEvent } from "./events.js";
export type { FormWatch, WatchOptions } from "./forms.js";
export type { Attachment, Message, Outgoing, Speaker } from "./frames.js";
export type { Journey } from "./journey.js";
export type { Options } from "./options.js";

/** Where somebody says they will go on. */
export interface Elsewhere {
  /** voice, whatsapp, sms … */
  to?: string;
  /** The number or address that they will come from: then the code is short. */
  from?: { type: string; value: string };
}

/** A code to key in or say, and a link to tap: one of them can be used, once. */
export interface Continuation {
  code: string;
  /** Null where the business has no page for it. */
  link: string | null;
  /** RFC 3339 */
  expires_at: string;
  link_expires_at: string;
}

/** What a page or an app tells Throughline, and hears from it. */
export class Throughline {
  readonly journey: Journey;
  readonly chat: Chat;
  readonly #api: Api;

  constructor(options: Options) {
    this.#api = new Api(options);
    this.journey = new Journey(this.#api);
    this.chat = new Chat(this.#api);
  }

  /** Asks for a code: of the chat, where one goes on, else of this visit. Rejects with `Problem`. */
  async continueElsewhere(elsewhere: Elsewhere = {}): Promise<Continuation> {
    await this.journey.flush(); // what was tried goes along
    const contactId = this.chat.contactId ?? (await this.#begin(this.journey.screenId));
    return this.#api.post(`/contacts/${contactId}/continuation`, elsewhere);
  }

  /** Carries on here what was begun elsewhere: `code` is what follows the # of the link, or what was told. */
  async continueHere(code: string): Promise<void> {
    await this.#begin(`${this.journey.screenId}-continued`, { continuation_code: code });
  }

  /** Somebody signed in or out: the next call asks who it is. */
  identityChanged(): void {
    this.#api.tokens = undefined;
  }

  async #begin(id: string, more: object = {}): Promise<string> {
    const { channel = "portal" } = this.#api.options;
    const contact = { channel, provider: "web", provider_contact_id: id, ...more };
    return (await this.#api.post<{ contact_id: string }>("/contacts", contact)).contact_id;
  }
}
