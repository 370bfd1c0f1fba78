import type { Server } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import type { Message } from "../../client/frames.js";

type Asked = Record<string, unknown> & { action: string; id?: string; contact_id?: string };

/** How lines misbehave: they break after some of so many frames, and every frame comes twice. */
export interface Trouble {
  breaksWithin: number;
  doubles: boolean;
}

/** The server's end of a chat, as docs/chat.md has it, with one visitor and an agent; its lines may be bad. */
export class Desk {
  readonly messages: Message[] = [];
  readonly asked: Asked[] = [];
  readonly tokens: string[] = [];
  trouble: Trouble = { breaksWithin: Infinity, doubles: false };
  connections = 0;
  private frames = 0;
  /** Takes everything in and says nothing. */
  mute = false;
  /** Handshakes to refuse, as with a token that is not valid. */
  refusals = 0;
  contactId = "contact-1";
  status: "live" | "ended" = "live";
  private readonly sockets: WebSocketServer;

  constructor(server: Server, private readonly uploadUrl: string) {
    this.sockets = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => {
      this.tokens.push(new URL(request.url ?? "", "ws://desk").searchParams.get("token") ?? "");
      if (this.refusals-- > 0) return void socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
      this.sockets.handleUpgrade(request, socket, head, (line) => this.connected(line));
    });
  }

  /** The agent says something. */
  say(text: string): void {
    this.keep({ text, from: { side: "agent", name: "Amara" } });
  }

  push(frame: object): void {
    this.sockets.clients.forEach((line) => this.send(line, { contact_id: this.contactId, ...frame }));
  }

  /** Breaks all lines, as a lost network would: no closing handshake. */
  cut(): void {
    this.sockets.clients.forEach((line) => line.terminate());
  }

  end(by: string): void {
    this.status = "ended";
    this.push({ type: "ended", by });
  }

  actions(): string[] {
    return this.asked.map(({ action }) => action);
  }

  private connected(line: WebSocket): void {
    this.connections++;
    line.on("message", (data) => {
      if (this.isBreaking(line)) return;
      const asked = JSON.parse(String(data)) as Asked;
      for (const each of this.trouble.doubles ? [asked, asked] : [asked]) this.take(line, each);
    });
  }

  private take(line: WebSocket, asked: Asked): void {
    this.asked.push(asked);
    const answer = this.mute ? undefined : this.answerTo(asked);
    if (answer) this.send(line, { id: asked.id, contact_id: this.contactId, ...answer });
  }

  private answerTo(asked: Asked): object | undefined {
    const newest = this.messages.length;
    if (asked.action === "start") return { type: "started", cursor: newest, status: newest ? "taken_up" : "new" };
    if (asked.action === "ping") return { type: "pong" };
    if (asked.contact_id !== this.contactId) return { type: "error", problem: { status: 404, code: "not_found" } };
    if (asked.action === "resume") return this.resumed(Number(asked["after"]));
    if (asked.action === "send") return this.sent(asked);
    if (asked.action === "upload") return { type: "upload", attachment_id: "a1", url: this.uploadUrl, headers: { "X-Held": "yes" } };
    if (asked.action === "typing") return undefined;
    if (asked.action === "end") this.end("customer");
    return { type: "ok" };
  }

  private resumed(after: number): object {
    const page = this.messages.slice(after, after + 3);
    const cursor = page.at(-1)?.cursor ?? after;
    const more = cursor < this.messages.length;
    return { type: "resumed", messages: page, cursor, more, status: this.status, read: { customer: 0, agent: 0 } };
  }

  private sent(asked: Asked): object {
    if (this.status === "ended") return { type: "error", problem: { status: 409, code: "ended" } };
    if (asked["text"] === "forbidden") return { type: "error", problem: { status: 422, code: "invalid_input", detail: "no" } };
    const known = this.messages.find(({ client_id }) => client_id === asked.id);
    const content = asked["attachment"] ? { attachment: asked["attachment"] } : { text: asked["text"] };
    const message = known ?? this.keep({ ...content, client_id: asked.id, from: { side: "customer" } });
    return { type: "ack", message_id: message.message_id, cursor: message.cursor, at: message.at };
  }

  private keep(content: object): Message {
    const cursor = this.messages.length + 1;
    const message = { message_id: `m${cursor}`, cursor, at: new Date().toISOString(), ...content } as Message;
    this.messages.push(message);
    this.push({ type: "message", ...message });
    return message;
  }

  private send(line: WebSocket, frame: object): void {
    if (this.isBreaking(line)) return;
    line.send(JSON.stringify(frame));
    if (this.trouble.doubles) line.send(JSON.stringify(frame));
  }

  private isBreaking(line: WebSocket): boolean {
    if (++this.frames < this.trouble.breaksWithin) return false;
    this.frames = Math.floor((Math.random() * this.trouble.breaksWithin) / 2);
    line.terminate();
    return true;
  }
}
