/** What goes over the chat's socket: docs/chat.md, as far as a customer's end has to do with it. */

export interface Attachment {
  attachment_id: string;
  name: string;
  type: string;
  size: number;
}

export interface Speaker {
  side: "customer" | "agent";
  name?: string;
}

type Content = { text: string; attachment?: never } | { attachment: Attachment; text?: never };

/** One message, in the order of `cursor`: 1, 2, 3 … without gaps. Its text is data, never markup. */
export type Message = Content & {
  message_id: string;
  cursor: number;
  at: string;
  from: Speaker;
  /** What `send` answered, where it is this visitor's own. */
  client_id?: string;
};

/** A message on its way to the server, kept until it is acknowledged. */
export type Outgoing = Content & { id: string };

export interface Answers {
  start: { contact_id: string; cursor: number; status: "new" | "taken_up" };
  resume: {
    messages: Message[];
    cursor: number;
    more: boolean;
    status: "live" | "ended";
    read: { customer: number; agent: number };
  };
  send: { message_id: string; cursor: number; at: string };
  upload: { attachment_id: string; url: string; headers: Record<string, string> };
  download: { url: string };
  read: object;
  end: object;
  ping: object;
}

export type Action = keyof Answers;

export interface Frame {
  type: string;
  id?: string;
  contact_id?: string;
  [field: string]: unknown;
}
