// The view of a question, its answer as far as it is written, and its sources.

// The progress of an answer in words, or "" once there is text to see.
function statusOf(say, one) {
  if (one.ahead === 1) return say("YOURS_IS_NEXT");
  if (one.ahead) return say("ahead", { count: one.ahead });
  if (one.stage === "searching") return say("SEARCHING");
  if (one.stage === "reading") return say("READING");
  if (one.stage === "writing") return say("WRITING");
  return one.stage === "stopped" ? say("STOPPED") : "";
}

class ExchangeView {
  #say;
  #deeds;
  #one;
  #isLatest;
  #pressed = null; // The footnote mark that was pressed last, to go back to.
  #question = make("h3", { class: "question", part: "question" });
  #quotation = make("div", { class: "slot" });
  #text = make("p", { class: "text", dir: "auto" });
  #said = make("div", { class: "slot" });
  #answer = make("div", { class: "answer", part: "answer", tabindex: -1 }, this.#quotation, this.#text, this.#said);
  #sources = make("div", { class: "slot" });
  #tools = make("div", { class: "slot tools" });
  element = make("article", { class: "exchange" }, this.#question, this.#answer, this.#sources, this.#tools);

  // `deeds` are the actions of the view: cite, read, askAgain and judge.
  constructor(say, deeds, question) {
    this.#say = say;
    this.#deeds = deeds;
    this.#question.append(make("span", { class: "unseen" }, `${say("YOU_ASKED")}: `), make("bdi", {}, question));
  }

  show(one, isLatest) {
    if (this.#one === one && this.#isLatest === isLatest) return;
    this.#one = one;
    this.#isLatest = isLatest;
    this.element.dataset.stage = one.stage;
    this.#answer.setAttribute("aria-busy", !isFinished(one));
    redraw(this.#quotation, one.quote ? [[JSON.stringify(one.quote), () => this.#quote(one.quote)]] : []);
    redraw(this.#text, this.#textParts());
    redraw(this.#said, this.#saidParts());
    this.#showSources();
    this.#showTools();
  }

  #quote(source) {
    const said = make("blockquote", { dir: "auto" }, make("mark", {}, wordsOf(source, source.quote)));
    const origin = make("p", { class: "origin" }, make("bdi", {}, titleOf(this.#say, source)), this.#mark(source));
    return make("figure", {}, make("figcaption", { class: "label" }, this.#say("THE_ARTICLES_SAY")), said, origin);
  }

  // Draw each sentence with its footnotes. Unverified and unsupported text has styles of its own.
  #textParts() {
    return piecesOf(this.#one).map(({ text, sentence, isUnchecked }, at) => {
      const { citations } = sentence ?? {};
      const cited = this.#one.sources.filter((source) => citations?.includes(source.number));
      const draw = () => {
        if (!citations) return make("span", { class: isUnchecked && "unchecked" }, text);
        if (citations.length) return make("span", {}, text, ...cited.map((source) => this.#mark(source)));
        const doubt = make("small", {}, `(${this.#say("UNSUPPORTED")})`);
        return make("span", { class: "unsupported" }, make("span", {}, text), " ", doubt);
      };
      return [JSON.stringify([at, text, citations && cited.map((source) => [source.number, source.article_id])]), draw];
    });
  }

  #mark(source) {
    const label = this.#say("footnote_label", { number: source.number, title: titleOf(this.#say, source) });
    const more = { part: "mark", "aria-label": label };
    const mark = button("mark", `[${source.number}]`, () => this.#go(source, mark), more);
    return make("sup", {}, mark);
  }

  #go(source, mark) {
    const found = this.#cardOf(source);
    if (!found) return;
    this.#pressed = mark;
    this.#sources.querySelector(".current")?.classList.remove("current");
    found.classList.add("current");
    for (let fold = found.firstChild; fold; fold = fold.parentElement.closest("details")) fold.open = true;
    goTo(found, found.querySelector("summary"));
    this.#deeds.cite(source);
  }

  #back() {
    const mark = this.#pressed?.isConnected ? this.#pressed : this.#answer;
    goTo(mark, mark);
  }

  #saidParts() {
    const { stage, message } = this.#one;
    const notice = (label) => [
      [label, () => make("p", { class: "label doubt" }, label)],
      [message, () => make("p", { dir: "auto" }, message)],
    ];
    if (stage === "declined") return notice(this.#say("DECLINED"));
    if (stage === "failed") return notice(this.#say("FAILED"));
    const status = statusOf(this.#say, this.#one);
    return status ? [[status, () => make("p", { class: "status" }, status)]] : [];
  }

  // The cited sources, with the uncited ones folded; or the nearest passages of a declined question.
  #showSources() {
    const { sources, stage, quote, quotes } = this.#one;
    const isDone = isFinished(this.#one);
    const isDeclined = stage === "declined";
    const isCited = ({ number }) => isDeclined || number in quotes || (!isDone && number === quote?.number);
    const lists = [
      [isDeclined ? this.#say("NEAREST") : this.#say("SOURCES"), sources.filter(isCited)],
      [this.#say("ALSO_READ"), sources.filter((source) => isDone && !isCited(source))],
    ];
    const shown = lists.filter(([, listed]) => listed.length);
    redraw(this.#sources, shown.map(([heading]) => [heading, () => this.#list(heading, heading === lists[1][0])]));
    shown.forEach(([, listed], at) => {
      redraw(this.#sources.children[at].lastChild, listed.map((source) => this.#cardPart(source)));
    });
  }

  #cardPart(source) {
    const spans = spansOf(this.#one, source);
    const { number, article_id, start } = source;
    return [JSON.stringify([number, article_id, start, spans]), () => this.#card(source, spans)];
  }

  #list(heading, isFolded) {
    const names = isFolded ? ["details", "summary"] : ["section", "h4"];
    return make(names[0], { class: "sources" }, make(names[1], {}, heading), make("ul"));
  }

  #card(source, spans) {
    const drawn = card(this.#say, source, {
      spans,
      shortfall: shortfallOf(this.#one, source),
      told: () => this.#deeds.cite(source),
      read: (opener) => this.#deeds.read(source, spans, opener),
      back: () => this.#back(),
    });
    drawn.firstChild.open = Boolean(this.#cardOf(source)?.firstChild.open);
    return drawn;
  }

  #cardOf(source) {
    return this.#sources.querySelector(`[data-number="${source.number}"]`);
  }

  // If the focused button was removed, focus what replaces it.
  #showTools() {
    const wasHere = focusedIn(this.#tools);
    redraw(this.#tools, this.#isLatest ? this.#toolParts() : []);
    if (wasHere && !focusedIn(this.#tools)) this.#tools.firstChild?.focus();
  }

  #toolParts() {
    const { stage, conversation, verdict, refused } = this.#one;
    if (stage === "failed" || stage === "stopped") {
      return [["again", () => button("pill", this.#say("ASK_AGAIN"), () => this.#deeds.askAgain())]];
    }
    if (stage !== "answered" || !conversation) return [];
    if (verdict === "sent") return [["sent", () => make("p", { class: "soft", tabindex: -1 }, this.#say("THANKS"))]];
    const problem = () => make("p", { class: "doubt" }, refused);
    return [["judge", () => this.#feedback()], ...(refused ? [[refused, problem]] : [])];
  }

  #feedback() {
    const say = this.#say;
    const judge = (verdict) => () => this.#one.verdict || this.#deeds.judge(this.#one, verdict);
    return make(
      "div",
      { class: "verdicts", role: "group", "aria-label": say("WAS_IT_RIGHT") },
      make("span", { class: "soft" }, say("WAS_IT_RIGHT")),
      button("pill", say("VERDICTS.right"), judge("right")),
      button("pill", say("VERDICTS.wrong"), judge("wrong")),
      button("pill", say("VERDICTS.wrong_source"), judge("wrong_source")),
    );
  }
}
