import { byId, element } from "./page.js";

const STATES = { closed: "", waiting: "connecting …", live: "connected", ended: "ended" };

/** @param {import("../dist/throughline.js").Chat} chat */
export function showChat(chat) {
  const form = /** @type {HTMLFormElement} */ (byId("chat"));
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("text"));
  const file = /** @type {HTMLInputElement} */ (form.elements.namedItem("file"));
  const log = byId("chat-log");
  const note = byId("chat-note");
  /** The visitor's own messages that are on their way. @type {Map<string, HTMLLIElement>} */
  const pending = new Map();

  /** @param {import("../dist/throughline.js").Message | import("../dist/throughline.js").Outgoing} message */
  const words = ({ text, attachment }) => text ?? `📎 ${attachment?.name}`;

  chat.on("state", (state) => (byId("chat-state").textContent = STATES[state]));
  chat.on("sending", (message) => {
    const bubble = element("li", words(message));
    bubble.className = "own pending";
    pending.set(message.id, bubble);
    log.append(bubble);
  });
  chat.on("message", (message) => {
    note.textContent = "";
    const { side, name } = message.from;
    const bubble = element("li", side === "agent" && name ? `${name}: ${words(message)}` : words(message));
    bubble.className = side === "customer" ? "own" : "";
    pending.get(message.client_id ?? "")?.remove();
    pending.delete(message.client_id ?? "");
    log.insertBefore(bubble, log.querySelector(".pending"));
    bubble.scrollIntoView({ block: "nearest" });
    if (side === "agent") chat.read();
  });
  chat.on("failed", ({ message, problem }) => {
    const bubble = pending.get(message.id);
    if (bubble) bubble.className = "own failed";
    note.textContent = problem.message;
  });
  chat.on("typing", ({ from }) => (note.textContent = `${from.name ?? "Somebody"} is typing …`));
  chat.on("joined", ({ from }) => (note.textContent = `${from.name ?? "Somebody"} is here.`));
  chat.on("ended", () => (note.textContent = "The chat is over. Write again to begin another."));
  chat.on("refused", ({ message }) => (note.textContent = message));

  field.addEventListener("input", () => chat.typing());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    chat.open();
    chat.send(field.value);
    field.value = "";
  });
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    if (chosen) await chat.attach(chosen).catch((problem) => (note.textContent = problem.message));
    file.value = "";
  });
  byId("chat-end").addEventListener("click", () => chat.end().catch((problem) => (note.textContent = problem.message)));

  if (chat.contactId) chat.open(); // the page before was in a chat
}
