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

/** A code, or the link that holds it, with which this contact goes on elsewhere. */
export interface Continuation {
  code: string;
  link: string;
  /** RFC 3339 */
  expires_at: string;
}

/** What a page or an app tells Throughline, and hears from it. */
export class Throughline {
  readonly journey: Journey;
  readonly chat: Chat;
  private readonly api: Api;

  constructor(options: Options) {
    this.api = new Api(options);
    this.journey = new Journey(this.api);
    this.chat = new Chat(this.api);
  }

  /** Asks for a code: of the chat, where one goes on, else of this visit. Rejects with `Problem`. */
  async continueElsewhere(): Promise<Continuation> {
    await this.journey.flush(); // what was tried goes along
    const contactId = this.chat.contactId ?? (await this.visit());
    return this.api.post(`/contacts/${encodeURIComponent(contactId)}/continuation`, {});
  }

  private async visit(): Promise<string> {
    const { channel = "portal" } = this.api.options;
    const begun = { channel, direction: "inbound", provider: "web", provider_contact_id: this.journey.screenId };
    return (await this.api.post<{ contact_id: string }>("/contacts", begun)).contact_id;
  }
}
