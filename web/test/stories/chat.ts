import { once } from "node:events";
import type { Page } from "playwright-core";
import { WebSocket } from "ws";
import { until } from "../chromium.js";
import { play } from "./story.js";

interface Given {
  playground_url: string;
  ws_url: string;
  agent_token: string;
  /** What the visitor says, what the agent does, and the same while the visitor has no network. */
  visitor: [string, string];
  agent: [string, string];
  /** What the visitor attaches: a PDF. */
  name: string;
  content: string;
}

interface Frame {
  type: string;
  url?: string;
  messages?: { text?: string; attachment?: { attachment_id: string; name: string } }[];
}

// A visitor and an agent talk; the visitor attaches a file; their network goes, both say more, and it comes back.
await play<Given>(async (page, { ws_url, agent_token, visitor, agent, name, content }) => {
  const begun = contactOf(page);
  await say(page, visitor[0]);
  const contactId = await begun;

  const desk = new WebSocket(`${ws_url}?token=${agent_token}`);
  const heard: Frame[] = [];
  desk.on("message", (data) => heard.push(JSON.parse(String(data))));
  await once(desk, "open");
  desk.on("close", () => heard.push({ type: "closed" }));
  const tell = (frame: object) => desk.send(JSON.stringify({ contact_id: contactId, ...frame }));
  tell({ action: "take", name: "Amara", id: "take" });
  const hears = async (what: string, times = 1): Promise<Frame> => {
    const such = () => heard.filter(({ type }) => type === what);
    await until(() => `the agent hears ${what} among ${JSON.stringify(heard)}`, () => such().length === times, 30_000);
    return such().at(-1) as Frame;
  };
  await hears("taken");
  tell({ action: "send", text: agent[0], id: "first" });
  await until("the visitor reads it", async () => (await shown(page)).length === 2, 30_000);
  await page.setInputFiles("#chat [name=file]", { name, mimeType: "application/pdf", buffer: Buffer.from(content) });
  await until("the file is there", async () => (await shown(page)).length === 3, 30_000);

  await page.context().setOffline(true);
  await say(page, visitor[1]);
  tell({ action: "send", text: agent[1], id: "second" });
  await hears("ack", 2);
  await page.context().setOffline(false);
  await until("all is there", async () => (await shown(page)).length === 5, 30_000);
  tell({ action: "resume", after: 0, id: "all" });
  const { messages = [] } = await hears("resumed");
  const attachment = messages.find((message) => message.attachment)?.attachment;
  tell({ action: "download", attachment_id: attachment?.attachment_id, id: "file" });
  const fetched = await fetch((await hears("download")).url ?? "");

  const ran = await page.evaluate(() => "ran" in globalThis);
  desk.close();
  const kept = messages.map((message) => message.text ?? `📎 ${message.attachment?.name}`);
  return { contact_id: contactId, shown: await shown(page), kept, ran, fetched: await fetched.text() };
});

async function say(page: Page, text: string): Promise<void> {
  await page.fill("#chat [name=text]", text);
  await page.click("text=Send");
}

function shown(page: Page): Promise<string[]> {
  return page.locator("#chat-log li:not(.pending)").allInnerTexts();
}

/** The contact that the site's own socket is told of. */
function contactOf(page: Page): Promise<string> {
  return new Promise((resolve) => {
    page.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => {
        const frame = JSON.parse(String(payload));
        if (frame.type === "started") resolve(frame.contact_id);
      }),
    );
  });
}
