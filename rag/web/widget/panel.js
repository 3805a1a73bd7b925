// The view of a conversation: header, questions and answers, and the composer.

const ICONS = {
  bubble: "M4 5h16v11h-9l-4.5 4v-4H4zM10.7 8.7l1.6-.9v5.4",
  fresh: "M4 20l1-4L16.5 4.5l3 3L8 19z",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M8 8h8v8H8z",
};
const LINES = 3; // announcements that stay in the live region
const withKeyboard = matchMedia("(hover: hover)");

const iconButton = (kind, name, label, click, more) =>
  button(kind, icon(ICONS[name]), click, { "aria-label": label, ...more });

class Panel {
  #say;
  #chat;
  #api;
  #settings;
  #deeds;
  #views = [];
  #exchanges = null; // The exchanges that are drawn.
  #due = 0;
  #said = new Set(); // What was announced of the question in progress.
  #opener = null;
  #isAwake = false;
  #hasSuggested = false;
  #welcome = make("div", { class: "welcome" });
  #announced = make("div", { class: "unseen", role: "log", "aria-live": "polite" });
  #fresh;
  #log;
  #input;
  #send;
  #article;
  element;

  // `settings` are title, greeting, placeholder and suggestions; `deeds` are actions of the owner: ask, askAgain, tell,
  // begin and, in a dialog, close.
  constructor(say, chat, api, settings, deeds) {
    this.#say = say;
    this.#chat = chat;
    this.#api = api;
    this.#settings = settings;
    this.#deeds = deeds;
    this.#article = new ArticleView(say, api, () => this.#closeArticle());
    this.#log = make("div", { class: "log scroller", part: "conversation", role: "group", tabindex: 0 }, this.#welcome);
    this.#log.setAttribute("aria-label", say("CONVERSATION"));
    this.element = make("div", { class: "panel", part: "panel" }, this.#header(), this.#log, this.#article.element);
    this.element.append(this.#composer(), this.#announced);
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.closeArticle());
    for (const type of ["keydown", "keypress", "keyup"]) {
      // Keep the page's keyboard shortcuts from what is typed here.
      this.element.addEventListener(type, (event) => event.stopPropagation());
    }
    this.#redraw();
  }

  get draft() {
    return this.#input.value;
  }

  set draft(text) {
    this.#input.value = text;
    this.#grow();
  }

  // Show the stored conversation or suggestions; called once the panel is visible.
  async wake() {
    if (this.#isAwake) return;
    await this.#chat.restore();
    this.#isAwake = true;
    this.#redraw();
  }

  focus() {
    if (withKeyboard.matches) this.#input.focus();
    else this.#log.focus({ preventScroll: true });
  }

  // Close what is open above the conversation; return whether anything was.
  closeArticle() {
    const wasOpen = this.#article.isOpen;
    if (wasOpen) this.#closeArticle();
    return wasOpen;
  }

  // Draw a change of the conversation, at most once per frame.
  changed(one) {
    if (one) this.#announceOf(one);
    this.#due ||= requestAnimationFrame(() => this.#redraw());
  }

  #header() {
    const say = this.#say;
    const one = make("sup", { "aria-hidden": "true" }, "1");
    const title = make("h2", { id: "title", dir: "auto" }, this.#settings.title, one);
    this.#fresh = iconButton("icon", "fresh", say("NEW_CHAT"), this.#deeds.begin);
    const close = this.#deeds.close && iconButton("icon", "close", say("CLOSE_ARTICLE"), this.#deeds.close);
    return make("div", { class: "top", part: "header" }, title, this.#fresh, close);
  }

  #composer() {
    const say = this.#say;
    this.#input = make("textarea", {
      part: "input",
      rows: 1,
      dir: "auto",
      "aria-label": say("QUESTION_LABEL"),
      placeholder: this.#settings.placeholder || say("QUESTION_PLACEHOLDER"),
      enterkeyhint: "send",
      input: () => this.#grow(),
      keydown: (event) => this.#typed(event),
    });
    this.#send = iconButton("icon send", "send", say("ASK"), (event) => this.#pressed(event), { part: "send" });
    return make("div", { class: "composer", part: "composer" }, this.#input, this.#send);
  }

  // An Enter that ends the composition of a character, as of Japanese, sends nothing.
  #typed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit();
  }

  // The second click of a double click on "send" must not press "stop".
  #pressed(event) {
    if (!this.#chat.isBusy) this.#submit();
    else if (event.detail < 2) this.#chat.stop();
  }

  #submit() {
    const question = this.draft.trim();
    if (!question || this.#chat.isBusy) return;
    this.draft = "";
    this.closeArticle();
    this.#deeds.ask(question);
  }

  // For browsers without field-sizing, set the number of lines.
  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#input.rows = 1;
    const line = parseFloat(getComputedStyle(this.#input).lineHeight);
    this.#input.rows = Math.min(6, Math.max(1, Math.floor(this.#input.scrollHeight / line)));
  }

  async #suggest() {
    if (this.#hasSuggested) return;
    this.#hasSuggested = true;
    const { suggestions } = this.#settings;
    const asked = suggestions ? { questions: suggestions } : await this.#api.get("suggestions").catch(() => null);
    const questions = suggestions === "none" ? [] : (asked?.questions ?? []);
    const ask = (question) => button("suggestion", question, () => this.#take(question), { dir: "auto" });
    this.#welcome.append(make("div", { class: "suggestions" }, ...questions.map(ask)));
  }

  // The suggestion disappears when pressed, so move the focus.
  #take(question) {
    this.focus();
    this.#deeds.ask(question);
  }

  #greet() {
    const { greeting } = this.#settings;
    const say = this.#say;
    const lines = greeting
      ? [make("p", { class: "greeting", dir: "auto" }, greeting)]
      : [make("p", { class: "greeting" }, say("WELCOME")), make("p", { class: "soft" }, say("WELCOME_MORE"))];
    this.#welcome.prepend(...lines);
  }

  #redraw() {
    const { exchanges, isBusy } = this.#chat;
    this.#due = 0;
    if (this.#exchanges !== exchanges) {
      this.#exchanges = exchanges;
      this.#views.forEach((view) => view.element.remove());
      this.#views = [];
    }
    this.#welcome.hidden = exchanges.length > 0;
    if (!this.#welcome.firstChild) this.#greet();
    if (this.#isAwake && !exchanges.length) this.#suggest();
    exchanges.forEach((one, at) => {
      const view = this.#views[at];
      (view ?? this.#add(at)).show(one, at === exchanges.length - 1);
      if (!view) bring(this.#log, this.#views[at].element);
    });
    this.#fresh.hidden = !exchanges.length;
    this.#showBusy(isBusy);
  }

  #add(at) {
    const view = new ExchangeView(
      this.#say,
      {
        cite: (source) => this.#deeds.tell("citation", { source }),
        read: (source, spans, opener) => this.#openArticle(source, spans, opener),
        askAgain: () => this.#askAgain(),
        judge: (one, verdict) => this.#chat.judge(one, verdict).catch((error) => this.#announce(error.message)),
      },
      this.#chat.exchanges[at].question,
    );
    this.#views.push(view);
    this.#log.append(view.element);
    return view;
  }

  #showBusy(isBusy) {
    if (this.#send.classList.toggle("stop", isBusy) === Boolean(this.#send.dataset.busy)) return;
    this.#send.dataset.busy = isBusy ? "true" : "";
    this.#send.setAttribute("aria-label", isBusy ? this.#say("STOP") : this.#say("ASK"));
    this.#send.replaceChildren(icon(isBusy ? ICONS.stop : ICONS.send));
  }

  #askAgain() {
    this.focus();
    this.#deeds.askAgain();
  }

  #openArticle(source, spans, opener) {
    this.#opener = opener;
    this.#log.hidden = true;
    this.#article.open(source, spans);
  }

  #closeArticle() {
    this.#article.close();
    this.#log.hidden = false;
    this.#opener?.focus();
  }

  // Announce the progress, the quote and the finished answer once each, but no text while it is written. An answer
  // that was not awaited here, such as a restored one, is not announced.
  #announceOf(one) {
    const words = this.#wordsFor(one);
    const isNew = words && !this.#said.has(words) && (!isFinished(one) || this.#said.size > 0);
    if (isNew) this.#announce(words);
    if (isFinished(one)) this.#said.clear();
    else this.#said.add(words);
  }

  #wordsFor(one) {
    const say = this.#say;
    const doubt = (sentence) => (sentence && !sentence.citations.length ? ` (${say("UNSUPPORTED")})` : "");
    if (one.stage === "answered") return piecesOf(one).map((piece) => piece.text + doubt(piece.sentence)).join("");
    if (one.stage === "declined") return `${say("DECLINED")}. ${one.message}`;
    if (one.stage === "failed") return `${say("FAILED")}. ${one.message}`;
    if (one.ahead || one.stage === "searching" || one.stage === "stopped") return statusOf(say, one);
    return one.quote ? `${say("THE_ARTICLES_SAY")}: ${wordsOf(one.quote, one.quote.quote)}` : "";
  }

  #announce(words) {
    this.#announced.append(make("p", {}, words));
    while (this.#announced.children.length > LINES) this.#announced.firstChild.remove();
  }
}
