// A business's own script: what a site does with the client. It sets text as text, never as markup.
import { Throughline } from "../dist/throughline.js";
import { showChat } from "./chat.js";
import { byId, element } from "./page.js";

const TASK = "change_address";
const ARTICLES = [
  { title: "Moving house", text: "Tell us two weeks before you move, and your number moves with you." },
  { title: "Reading your bill", text: "The first page has what is due; the second says what for." },
  { title: "The router's lights", text: "Green is well, amber is starting, red is no line." },
];

const client = await ask("../client.json");
// A site's own server says who the visitor is; here the local stack does, by a cookie.
const throughline = new Throughline({ ...client, token: async () => (await ask("../token")).token });
const { journey } = throughline;

const consent = /** @type {HTMLInputElement} */ (byId("consent"));
consent.checked = localStorage.getItem("consent") !== "no";
if (consent.checked) journey.allow();
consent.addEventListener("change", () => {
  localStorage.setItem("consent", consent.checked ? "yes" : "no");
  if (consent.checked) journey.allow(new Date());
  else void journey.withdraw();
});

const token = location.hash.slice(1); // somebody tapped the link of a continuation code
if (token) {
  history.replaceState(null, "", location.pathname); // it is good once
  await attempt(async () => {
    await throughline.continueHere(token);
    byId("code").textContent = "Welcome: whoever answers you here knows what you began elsewhere.";
  });
}

journey.page("Change your address");
journey.watchClicks();

const address = /** @type {HTMLFormElement} */ (byId("address"));
const watch = journey.watchForm(address, { task: TASK, safe: ["name", "postcode"] });
address.addEventListener("submit", (event) => {
  event.preventDefault();
  const error = "is not a postcode that we know"; // this form never works
  byId("postcode-error").textContent = `This ${error}.`;
  watch.failed("postcode", error);
});

byId("help").addEventListener("submit", (event) => {
  event.preventDefault();
  const query = String(contentOf(event).get("query"));
  journey.search(query);
  byId("articles").replaceChildren(...ARTICLES.map(articleOf));
});

/** @param {() => Promise<void>} something */
async function attempt(something) {
  try {
    await something();
  } catch (problem) {
    byId("code").textContent = `That did not work: ${/** @type {Error} */ (problem).message}`;
  }
}

/** @param {SubmitEvent} event */
function contentOf(event) {
  return new FormData(/** @type {HTMLFormElement} */ (event.target));
}

/** @param {string} path */
async function ask(path) {
  return (await fetch(path)).json();
}

/** @param {{ title: string, text: string }} article */
function articleOf({ title, text }) {
  const answers = [true, false].map((helped) => {
    const button = element("button", helped ? "It helped" : "It did not help");
    button.addEventListener("click", () => journey.article(title, helped));
    return button;
  });
  const details = element("details", "", element("summary", title), element("p", text), ...answers);
  details.addEventListener("toggle", () => details.open && journey.article(title), { once: true });
  return details;
}

byId("continue").addEventListener("submit", async (event) => {
  event.preventDefault();
  const value = String(contentOf(event).get("phone"));
  const announced = value ? { from: { type: "phone", value } } : {};
  await attempt(async () => {
    const { code, link, expires_at } = await throughline.continueElsewhere({ to: "voice", ...announced });
    const until = new Date(expires_at).toLocaleTimeString([], { timeStyle: "short" });
    const other = element("a", "Or go on on another screen, by this link.");
    other.href = link ?? "";
    const words = [element("strong", code), `It is good until ${until}, once. `, ...(link ? [other] : [])];
    byId("code").replaceChildren("Ring us, and key in", ...words);
  });
});

showChat(throughline.chat);
