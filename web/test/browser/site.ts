import { readFile } from "node:fs/promises";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Sent } from "../../client/events.js";

export interface Batch {
  key: string;
  token: string;
  channel: string;
  screen: { id: string; device: string; size: string };
  consent: { journeys: boolean };
  sent_at: string;
  events: Sent[];
}

export interface Answer {
  status: number;
  /** How long the answer takes. */
  afterMs?: number;
  headers?: Record<string, string>;
  body?: object;
}

/** No script but from files of the site's own, no style, no picture. */
const STRICT = "default-src 'none'; script-src 'self'; connect-src *; require-trusted-types-for 'script'";

/**
 * A business's site, and an API at another origin: the same server by its other name.
 *
 * The API takes what comes, and says instead what `answers` has for it, one after the other.
 */
export class Site {
  readonly requests: { method: string; path: string; type: string; body: string; authorization: string }[] = [];
  readonly answers: Answer[] = [];
  /** path -> content of `<body>`; every page has the client as `Throughline`. */
  readonly pages = new Map<string, string>();
  readonly server: Server;
  private tokens = 0;

  constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path = "/"): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** What arrived as journeys, whatever it was answered. */
  get batches(): Batch[] {
    return this.requests.filter(({ path }) => path === "/v1/journeys/events").map(({ body }) => JSON.parse(body));
  }

  get events(): Sent[] {
    return this.batches.flatMap(({ events }) => events);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "/";
    response.setHeader("Access-Control-Allow-Origin", "*");
    if (path === "/throughline.js") {
      response.setHeader("Content-Type", "text/javascript");
      response.end(await readFile("dist/throughline.js"));
    } else if (path === "/start.js") {
      response.setHeader("Content-Type", "text/javascript");
      response.end(this.script());
    } else if (path === "/strict") {
      response.setHeader("Content-Type", "text/html");
      response.setHeader("Content-Security-Policy", STRICT);
      response.end(`<!doctype html><title>A strict site</title><body><script type="module" src="/start.js"></script></body>`);
    } else if (path === "/token") {
      response.end(`token-${++this.tokens}`);
    } else if (path.startsWith("/v1/")) {
      await this.answer(request, response, path);
    } else {
      response.setHeader("Content-Type", "text/html");
      response.end(this.page(path));
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { "content-type": type = "", authorization = "" } = request.headers;
    this.requests.push({ method: request.method ?? "", path, type, body, authorization });
    response.setHeader("Access-Control-Allow-Headers", "Authorization, Content-Type");
    response.setHeader("Access-Control-Expose-Headers", "Retry-After");
    if (request.method === "OPTIONS") return void response.end();
    const answer = this.answers.shift() ?? { status: 202, body: {} };
    if (answer.afterMs) await setTimeout(answer.afterMs);
    response.writeHead(answer.status, answer.headers);
    response.end(JSON.stringify(answer.body ?? {}));
  }

  private page(path: string): string {
    return `<!doctype html><title>A site</title><body>${this.pages.get(path) ?? ""}<script type="module">${this.script()}</script></body>`;
  }

  private script(): string {
    const options = `{
      url: "http://localhost:${this.port}/v1", socket: "ws://localhost:${this.port}/socket", key: "pk_test",
      token: () => fetch("${this.url("/token")}").then((answer) => answer.text()),
    }`;
    return `
      import { Throughline } from "/throughline.js";
      window.throughline = new Throughline(${options});`;
  }
}
