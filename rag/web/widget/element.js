// The element <footnote-chat>: a launcher with a dialog, or an inline panel.

const BASE = new URL("../../", import.meta.url);
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(STYLE);
const STOPS = "a[href], button, textarea, summary, [tabindex='0']";

class FootnoteChat extends HTMLElement {
  static observedAttributes = [
    "embed", "greeting", "lang", "mode", "placeholder", "suggestions", "theme", "title", "token-url",
  ];

  #root = this.attachShadow({ mode: "open" });
  #say = speaker("en");
  #provider = null;
  #tokens = new Tokens(() => this.#provide());
  #api = new Api(BASE, this.#tokens, () => this.#say, () => this.#tell("token-expired"));
  #chat = new Chat(this.#api, () => this.#say, () => this.#key(), (one) => this.#panel?.changed(one));
  #panel = null;
  #frame = null;
  #launcher = null;
  #dialog = null;
  #isReady = false;
  #isOutdated = false;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [SHEET];
  }

  // A function that returns the reader's token or a promise of it. It takes precedence over token-url.
  get tokenProvider() {
    return this.#provider;
  }

  set tokenProvider(provider) {
    this.#provider = provider;
    this.#tokens.drop();
  }

  // Ask a question and open the launcher. Resolves with the answer, also a declined one; rejects with an Error that has
  // a `problem`.
  async ask(question) {
    if (this.#dialog) this.open();
    return this.#asked(String(question), this.#chat.ask(String(question)));
  }

  open() {
    if (this.#dialog && !this.#dialog.open) {
      this.#unfold();
      this.#panel.wake();
      this.#tell("open");
    }
    this.#panel?.focus();
  }

  close() {
    this.#dialog?.close();
  }

  newConversation() {
    this.#panel?.closeArticle();
    this.#chat.begin();
  }

  connectedCallback() {
    // A property set before the element was defined hides that of its class.
    if (Object.hasOwn(this, "tokenProvider")) {
      const { tokenProvider } = this;
      delete this.tokenProvider;
      this.tokenProvider = tokenProvider;
    }
    if (!this.#panel) this.#build();
    this.#appear();
  }

  disconnectedCallback() {
    this.close();
    // An element that was only moved is connected again by then.
    queueMicrotask(() => this.isConnected || this.#chat.stop());
  }

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#panel) return;
    if (name === "theme") this.#frame.dataset.theme = this.#theme();
    else if (name === "token-url") this.#tokens.drop();
    else this.#outdated(name === "embed");
  }

  // Several attributes that change at once are one change.
  #outdated(isOther) {
    if (isOther) this.#chat.leave();
    if (this.#isOutdated) return;
    this.#isOutdated = true;
    queueMicrotask(() => {
      const isOpen = Boolean(this.#dialog?.open);
      this.#isOutdated = false;
      this.#build();
      if (this.isConnected) this.#appear(isOpen);
    });
  }

  // The storage key of the conversation's id.
  #key() {
    return `footnote:${this.getAttribute("embed") ?? ""}`;
  }

  #theme() {
    return this.getAttribute("theme") ?? "auto";
  }

  #title() {
    return this.getAttribute("title") || this.#say("NAME");
  }

  #provide() {
    if (this.#provider) return this.#provider();
    const address = this.getAttribute("token-url");
    return address ? tokenFrom(new URL(address, document.baseURI)) : "";
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(`footnote:${type}`, { detail, bubbles: true, composed: true }));
  }

  async #asked(question, answering) {
    try {
      const answer = await answering;
      this.#tell("answer", { question, answer });
      return answer;
    } catch (error) {
      if (error.kind !== "stopped") this.#tell("error", { problem: error.problem });
      throw error;
    }
  }

  // Redraw everything in the current language; the conversation and the typed text stay.
  #build() {
    const draft = this.#panel?.draft ?? "";
    this.#say = speaker(spoken(this.lang, document.documentElement.lang, ...navigator.languages));
    const { language, direction } = this.#say;
    const isInline = this.getAttribute("mode") === "inline";
    this.#panel = this.#makePanel(isInline);
    this.#panel.draft = draft;
    this.#dialog = isInline ? null : this.#makeDialog();
    this.#launcher = isInline ? null : this.#makeLauncher();
    // An empty title keeps that of the element from appearing as a tooltip over all of it.
    const known = { class: "frame", lang: language, dir: direction, title: "", "aria-label": this.#title() };
    this.#frame = make("section", known, this.#launcher, this.#dialog ?? this.#panel.element);
    this.#frame.dataset.theme = this.#theme();
    this.#root.replaceChildren(this.#frame);
  }

  #makePanel(isInline) {
    const settings = {
      title: this.#title(),
      greeting: this.getAttribute("greeting"),
      placeholder: this.getAttribute("placeholder"),
      suggestions: this.#suggestions(),
    };
    const later = (asking) => asking.catch(() => {}); // The conversation shows the error.
    return new Panel(this.#say, this.#chat, this.#api, settings, {
      ask: (question) => later(this.#asked(question, this.#chat.ask(question))),
      askAgain: () => later(this.#asked(this.#chat.exchanges.at(-1).question, this.#chat.askAgain())),
      begin: () => {
        this.newConversation();
        this.#panel.focus();
      },
      tell: (type, detail) => this.#tell(type, detail),
      close: !isInline && (() => this.close()),
    });
  }

  // The suggestions of the attribute: a list, "none", or null to ask the server.
  #suggestions() {
    const given = this.getAttribute("suggestions");
    if (given === null || given === "none") return given;
    try {
      return JSON.parse(given).filter((question) => typeof question === "string");
    } catch {
      return "none";
    }
  }

  #makeLauncher() {
    const more = { part: "launcher", popover: "manual", "aria-haspopup": "dialog", "aria-expanded": "false" };
    return iconButton("launcher", "bubble", this.#title(), () => this.open(), more);
  }

  #makeDialog() {
    const dialog = make("dialog", { "aria-labelledby": "title" }, this.#panel.element);
    dialog.addEventListener("keydown", (event) => this.#pressed(event), true);
    dialog.addEventListener("click", (event) => event.target === dialog && this.close());
    dialog.addEventListener("close", () => {
      if (dialog !== this.#dialog) return;
      this.#launcher.setAttribute("aria-expanded", "false");
      this.#launcher.focus();
      this.#tell("close");
    });
    return dialog;
  }

  // Escape closes the article first, then the dialog; Tab stays within the dialog.
  #pressed(event) {
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      if (!this.#panel.closeArticle()) this.close();
    }
    if (event.key !== "Tab") return;
    const stops = [...this.#dialog.querySelectorAll(STOPS)].filter((stop) => stop.checkVisibility());
    const active = this.#root.activeElement;
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (active !== from && active) return;
    event.preventDefault();
    to.focus();
  }

  // The launcher is in the top layer, where nothing of the page can cover it; the dialog is above it.
  #appear(isOpen = false) {
    if (this.#launcher && !this.#launcher.matches(":popover-open")) this.#launcher.showPopover();
    if (isOpen && this.#dialog) this.#unfold();
    if (!this.#isReady) this.#tell("ready");
    this.#isReady = true;
    // Do not send requests before the chat is visible.
    if (!this.#dialog || this.#dialog.open) this.#panel.wake();
  }

  #unfold() {
    this.#dialog.showModal();
    this.#launcher.setAttribute("aria-expanded", "true");
  }
}

if (!customElements.get("footnote-chat")) customElements.define("footnote-chat", FootnoteChat);
