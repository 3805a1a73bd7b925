// The sources of an answer, each a card that can be opened.

const SEPARATOR = " · ";

// The line below a title: outlet, day and page.
function originOf(say, source) {
  const page = source.page ? say("page", { number: source.page }) : "";
  return [source.source, say.day(source.date), page].filter(Boolean).join(SEPARATOR);
}

const titleOf = (say, source) => straight(source.title ?? "").trim() || say("UNTITLED");

// Text with exactly the characters of the spans marked.
const marked = (text, start, spans) =>
  cut(text, start, spans).map((piece) => (piece.isMarked ? make("mark", {}, piece.text) : piece.text));

function original(say, url) {
  const address = webAddress(url);
  if (!address) return null;
  const link = { href: address, target: "_blank", rel: "noopener noreferrer nofollow" };
  const opens = make("span", { class: "unseen" }, ` (${say("OPENS_NEW_TAB")})`);
  return make("a", link, say("READ_ORIGINAL"), opens);
}

// `told` is called when the card is opened, `read` opens its article, `back` returns to the answer.
function card(say, source, { spans, shortfall, told, read, back }) {
  const open = button("link", say("OPEN_ARTICLE"), () => read(open));
  const summary = make(
    "summary",
    { click: () => fold.open || told() },
    make("span", { class: "number" }, source.number),
    make("span", { class: "head" },
      make("bdi", { class: "title" }, titleOf(say, source)),
      make("bdi", { class: "origin" }, originOf(say, source))),
  );
  const fold = make(
    "details",
    {},
    summary,
    make("blockquote", { dir: "auto" }, ...marked(source.text, source.start, spans)),
    make("p", { class: "links" },
      open,
      original(say, source.url),
      button("link", say("BACK_TO_ANSWER"), back)),
  );
  const why = shortfall && make("p", { class: "shortfall", dir: "auto" }, shortfall);
  return make("li", { class: "card", part: "card", "data-number": source.number }, fold, why);
}
