// The article of a source, around the quoted words. It replaces the conversation while it is open.

const AROUND = 1500; // characters on both sides

class ArticleView {
  #say;
  #api;
  #source = null;
  #spans = [];
  #loaded = null; // The loaded part of the article: { start, end, length, text }.
  #title = make("h3", { id: "article", class: "title", dir: "auto", tabindex: -1 });
  #facts = make("p", { class: "links" });
  #note = make("p", { class: "note", role: "status" });
  #prose = make("div", { class: "prose", dir: "auto" });
  #before;
  #after;
  #scroller;
  element;

  constructor(say, api, close) {
    this.#say = say;
    this.#api = api;
    this.#before = button("pill", say("WIDGET.before"), () => this.#more("start"));
    this.#after = button("pill", say("WIDGET.after"), () => this.#more("end"));
    const head = make("div", { class: "head" }, button("link", say("WIDGET.back"), close), this.#title, this.#facts);
    const text = [this.#note, this.#before, this.#prose, this.#after];
    const region = { class: "scroller", role: "group", tabindex: 0, "aria-labelledby": "article" };
    this.#scroller = make("div", region, ...text);
    this.element = make("div", { class: "reader", hidden: true }, head, this.#scroller);
  }

  get isOpen() {
    return this.#source !== null;
  }

  async open(source, spans) {
    const say = this.#say;
    this.#source = source;
    this.#spans = spans;
    this.#title.replaceChildren(titleOf(say, source));
    const origin = make("bdi", {}, originOf(say, source));
    this.#facts.replaceChildren(...[origin, original(say, source.url)].filter(Boolean));
    this.#show(null);
    this.element.hidden = false;
    this.#title.focus({ preventScroll: true });
    const start = Math.min(...spans.map((span) => span.start)) - AROUND;
    const loaded = await this.#load(start, Math.max(...spans.map((span) => span.end)) + AROUND);
    if (!loaded || this.#source !== source) return;
    this.#show(loaded);
    const mark = this.#prose.querySelector("mark");
    if (mark) bring(this.#scroller, mark, 1 / 3);
  }

  close() {
    this.#source = null;
    this.element.hidden = true;
  }

  // Load a stretch of the article; on an error show a note and return null.
  async #load(start, end) {
    const source = this.#source;
    const say = this.#say;
    this.#note.textContent = say("WIDGET.loading");
    try {
      const range = `start=${Math.max(0, start)}&end=${end}`;
      const loaded = await this.#api.get(`articles/${encodeURIComponent(source.article_id)}?${range}`);
      if (this.#source === source) this.#note.textContent = "";
      return loaded;
    } catch (error) {
      const words = error.kind === "not-found" ? say("ARTICLE_REMOVED") : error.message;
      if (this.#source === source) this.#note.textContent = words;
      return null;
    }
  }

  // Load one more stretch before or after, without moving the text in view.
  async #more(side) {
    const here = this.#loaded;
    const isBefore = side === "start";
    const start = isBefore ? here.start - AROUND : here.end;
    const added = await this.#load(start, isBefore ? here.start : here.end + AROUND);
    if (!added || this.#loaded !== here) return; // Pressed twice, or another source was opened.
    const below = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    const text = isBefore ? added.text + here.text : here.text + added.text;
    this.#show({ ...here, text, [side]: added[side] });
    if (isBefore) this.#scroller.scrollTop = this.#scroller.scrollHeight - below;
    if (!focusedIn(this.#scroller)) this.#scroller.focus({ preventScroll: true });
  }

  #show(loaded) {
    this.#loaded = loaded;
    this.#before.hidden = !loaded || loaded.start === 0;
    this.#after.hidden = !loaded || loaded.end >= loaded.length;
    this.#prose.replaceChildren();
    if (!loaded) return;
    const isAsQuoted = (span) =>
      stretch(loaded.text, span.start - loaded.start, span.end - loaded.start) === wordsOf(this.#source, span);
    const standing = this.#spans.filter(isAsQuoted);
    if (standing.length < this.#spans.length) this.#note.textContent = this.#say("ARTICLE_CHANGED");
    this.#prose.append(...nodes(marked(loaded.text, loaded.start, standing)));
  }
}
