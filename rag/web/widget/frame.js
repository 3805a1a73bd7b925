// The script of /embed/{id}: the widget in a plain iframe, which exchanges messages with the page around it.
//
// A message is {footnote: 1, type: …}. Incoming: token {token}, ask {question}, new, and configure with
// theme, lang, greeting, suggestions and placeholder. Outgoing: ready, token-needed, token-expired,
// answer {question, answer}, citation {source} and error {problem}.
import "./footnote.js";

const VERSION = 1;
const PATIENCE = 15_000; // milliseconds to wait for a token
const SETTINGS = ["theme", "lang", "greeting", "suggestions", "placeholder"];
const TOLD = ["answer", "citation", "error", "token-expired"];

const { embed, origins } = document.documentElement.dataset;
const allowed = JSON.parse(origins);
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  html, body, main { height: 100%; margin: 0; overflow: hidden; background: transparent; }
  h1 { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
  footnote-chat { --footnote-min-height: 0; }
`);
document.adoptedStyleSheets = [sheet];

const chat = document.createElement("footnote-chat");
const nearest = location.ancestorOrigins?.[0]; // Not in every browser.
let around = allowed.includes(nearest) ? nearest : null; // The origin that messages go to, once it is known.
let unasked = ""; // A token that came before one was needed.
let take = null; // Resolves the pending request for a token.

// A browser delivers a message only to a window of the given origin.
function post(type, detail = {}) {
  if (parent === window) return;
  for (const origin of around ? [around] : allowed) parent.postMessage({ ...detail, footnote: VERSION, type }, origin);
}

function provide() {
  if (parent === window) return "";
  if (unasked) {
    const token = unasked;
    unasked = "";
    return token;
  }
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("The page around gave no token")), PATIENCE);
    take = (token) => {
      clearTimeout(timer);
      take = null;
      resolve(token || null); // Without a token it would have the rights of Footnote's own page.
    };
    post("token-needed");
  });
}

function configure(settings) {
  for (const name of SETTINGS.filter((one) => one in settings)) {
    const value = settings[name];
    if (value === null) chat.removeAttribute(name);
    else chat.setAttribute(name, typeof value === "string" ? value : JSON.stringify(value));
  }
}

const DEEDS = {
  token({ token }) {
    if (take) take(token); // Also if empty, so that the reader is told at once.
    else if (typeof token === "string") unasked = token;
  },
  ask({ question }) {
    if (typeof question === "string") chat.ask(question).catch(() => {}); // The event has the error.
  },
  new: () => chat.newConversation(),
  configure,
};

addEventListener("message", ({ source, origin, data }) => {
  if (parent === window || source !== parent || !allowed.includes(origin)) return;
  if (data?.footnote !== VERSION || !Object.hasOwn(DEEDS, data.type)) return;
  around = origin;
  DEEDS[data.type](data);
});

for (const type of TOLD) chat.addEventListener(`footnote:${type}`, (event) => post(type, event.detail));
chat.addEventListener("footnote:ready", () => post("ready"));
chat.tokenProvider = provide;
chat.setAttribute("mode", "inline");
chat.setAttribute("embed", embed);
document.querySelector("main").append(chat);
