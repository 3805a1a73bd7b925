// The page of /embed/{id}: the widget in a plain iframe, which talks with the page around it by messages.
//
// A message is {footnote: 1, type: …}. Those that come in: token {token}, ask {question}, new, and configure with
// theme, lang, greeting, suggestions and placeholder. Those that go out: ready, token-needed, token-expired,
// answer {question, answer}, citation {source} and error {problem}.
import "./footnote.js";

const VERSION = 1;
const PATIENCE = 15_000; // milliseconds that the page around it may take to give a token
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
const nearest = location.ancestorOrigins?.[0]; // Not every browser says.
let around = allowed.includes(nearest) ? nearest : null; // The origin that messages go to, once it is known.
let unasked = ""; // A token that came before one was needed.
let take = null; // What to do with the next one, while one is waited for.

// A browser delivers a message only where the window has the origin that it is for.
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
      resolve(token || null); // Without one it would ask as a page of Footnote itself.
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
    if (take) take(token); // Whatever it is: without one, the reader is told so at once.
    else if (typeof token === "string") unasked = token;
  },
  ask({ question }) {
    if (typeof question === "string") chat.ask(question).catch(() => {}); // The event says what went wrong.
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
