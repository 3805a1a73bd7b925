"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const BATCH = 60;
  const byId = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat("en-GB");
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const verdicts = new Map(data.verdicts.map((one, at) => [one.key, { ...one, at }]));
  const failures = new Set(data.verdicts.filter((one) => one.failure).map((one) => one.key));
  // Characters that turn the direction of what follows them; the same as are taken out of the page's own text.
  const TURNING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/g;
  const state = { words: [], verdicts: new Set(), types: new Set(), sort: "verdict", down: false, shown: [], drawn: 0 };

  data.rows.forEach((row, at) => { row.at = at; });
  const types = [...new Set(data.rows.map((row) => row.type))];

  // Building elements: text only ever goes in as text.

  const straight = (text) => String(text).replace(TURNING, "");
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    for (const child of children) {
      if (child !== null && child !== undefined) element.append(typeof child === "string" ? straight(child) : child);
    }
    return element;
  }
  const milliseconds = (value) =>
    value === undefined ? "n/a" : value < 999.5 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(1)} s`;
  const percent = (share) => (share === null ? "n/a" : `${Math.round(100 * share)}%`);
  const badge = (row) => make("span", { class: `badge v-${row.verdict}` }, verdicts.get(row.verdict).label);
  const titled = (title, ...content) => make("section", {}, make("h3", {}, title), ...content);
  const said = (row) => row.error || (row.answered === null ? "" : row.answered ? row.answer : row.declined || "Declined.");

  // Columns

  const hasRank = data.rows.some((row) => row.evidence.length && row.ranked.length);
  const missingLast = (value) => (value === null || value === undefined ? Infinity : value);
  const columns = [
    { key: "verdict", label: "Verdict", value: (row) => verdicts.get(row.verdict).at },
    types.length > 1 ? { key: "type", label: "Type", value: (row) => row.type } : null,
    { key: "question", label: "Question", value: (row) => row.question },
    data.answers ? { key: "answer", label: "Answer", value: said } : null,
    hasRank ? { key: "rank", label: "Gold at", title: "Rank of the first gold passage", value: (row) => missingLast(row.rank) } : null,
    data.answers ? { key: "support", label: "Support", title: "Mean support of the answer's sentences", value: (row) => missingLast(row.support) } : null,
    data.answers ? { key: "total", label: "Time", title: "Time until the whole answer", value: (row) => missingLast(row.ms.total_ms) } : null,
  ].filter(Boolean);

  function heads() {
    byId("heads").replaceChildren(...columns.map((column) => {
      const button = make("button", { type: "button", title: column.title }, column.label);
      button.addEventListener("click", () => {
        state.down = state.sort === column.key && !state.down;
        state.sort = column.key;
        update();
      });
      return make("th", { scope: "col", role: "columnheader", class: `h-${column.key}`, "data-key": column.key }, button);
    }));
  }

  // Filters

  function haystack(row) {
    row.hay ??= [row.id, row.question, row.type, said(row), ...row.gold, ...row.evidence, ...row.history.flat(),
      ...row.sources.map((source) => source.title)].join("\n").toLowerCase();
    return row.hay;
  }
  const passesVerdict = (row) => !state.verdicts.size || state.verdicts.has(row.verdict);
  const passesType = (row) => !state.types.size || state.types.has(row.type);
  const passesWords = (row) => state.words.every((word) => haystack(row).includes(word));

  function chip(label, count, pressed, look, act) {
    const button = make("button", { type: "button", class: `chip${look}${count ? "" : " none"}`, "aria-pressed": String(pressed) },
      make("bdi", {}, label), make("b", {}, number.format(count)));
    button.addEventListener("click", act);
    return button;
  }
  const sameSet = (one, other) => one.size === other.size && [...one].every((item) => other.has(item));
  function toggle(chosen, item) {
    if (!chosen.delete(item)) chosen.add(item);
    update();
  }
  function replaceChips(box, chips) {
    // The chips are replaced to update their counts; keyboard focus stays on the same chip.
    const held = [...box.children].indexOf(document.activeElement);
    box.replaceChildren(...chips);
    if (held >= 0) box.children[held]?.focus();
  }
  function chips() {
    const searched = data.rows.filter(passesWords);
    const ofType = searched.filter(passesType);
    const list = [
      chip("All", ofType.length, !state.verdicts.size, "", () => { state.verdicts.clear(); update(); }),
      ...(failures.size > 1 ? [chip("All failures", ofType.filter((row) => failures.has(row.verdict)).length,
        sameSet(state.verdicts, failures), "", () => { state.verdicts = new Set(failures); update(); })] : []),
      ...[...verdicts.values()].map((one) => chip(one.label, ofType.filter((row) => row.verdict === one.key).length,
        state.verdicts.has(one.key) && !(failures.size > 1 && sameSet(state.verdicts, failures)), ` v-${one.key}`, () => {
          if (failures.size > 1 && sameSet(state.verdicts, failures)) state.verdicts.clear();
          toggle(state.verdicts, one.key);
        })),
    ];
    replaceChips(byId("verdict-chips"), list);
    if (types.length < 2) return;
    const ofVerdict = searched.filter(passesVerdict);
    replaceChips(byId("type-chips"), [
      chip("All types", ofVerdict.length, !state.types.size, "", () => { state.types.clear(); update(); }),
      ...types.map((type) => chip(type, ofVerdict.filter((row) => row.type === type).length, state.types.has(type), "",
        () => toggle(state.types, type))),
    ]);
  }

  // The list

  function update() {
    chips();
    const { value } = columns.find((column) => column.key === state.sort);
    const order = state.down ? -1 : 1;
    state.shown = data.rows.filter((row) => passesWords(row) && passesType(row) && passesVerdict(row));
    state.shown.sort((one, other) => {
      const [a, b] = [value(one), value(other)];
      if (a === b) return one.at - other.at;
      if (typeof a === "string") return order * collator.compare(a, b) || one.at - other.at;
      if (a === Infinity || b === Infinity) return a === Infinity ? 1 : -1; // What was not measured stays last.
      return order * (a - b);
    });
    for (const head of byId("heads").children) {
      if (head.dataset.key === state.sort) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    list().querySelectorAll("tbody").forEach((body) => body.remove());
    state.drawn = 0;
    more();
    const all = data.rows.length;
    const narrowed = state.shown.length < all;
    byId("shown").textContent = narrowed
      ? `${number.format(state.shown.length)} of ${number.format(all)} questions`
      : `${number.format(all)} ${all === 1 ? "question" : "questions"}`;
    byId("clear").hidden = !(state.words.length || state.types.size || state.verdicts.size);
    byId("nothing").hidden = state.shown.length > 0;
  }
  const list = () => document.querySelector(".list");

  function more() {
    const next = state.shown.slice(state.drawn, state.drawn + BATCH);
    list().append(...next.map(body));
    state.drawn += next.length;
    const left = state.shown.length - state.drawn;
    byId("more").hidden = !left;
    byId("more").textContent = `Show more (${number.format(left)} left)`;
  }

  function cell(row, column) {
    const look = `c-${column.key}`;
    switch (column.key) {
      case "verdict": return make("td", { role: "cell", class: look }, badge(row));
      case "type": return make("td", { role: "cell", class: look }, make("bdi", {}, ...breakable(row.type)));
      case "question": return make("td", { role: "cell", class: look }, opener(row));
      case "answer": return make("td", { role: "cell", class: look }, make("span", { class: "clamp", dir: "auto" }, said(row)));
      case "rank": {
        const missed = row.evidence.length && row.ranked.length ? "–" : "";
        return make("td", { role: "cell", class: `num ${look}`, "data-label": "gold at" }, row.rank ? String(row.rank) : missed);
      }
      case "support": return make("td", { role: "cell", class: `num ${look}`, "data-label": "support" }, row.support === null ? "" : percent(row.support));
      default: return make("td", { role: "cell", class: `num ${look}` }, row.ms.total_ms === undefined ? "" : milliseconds(row.ms.total_ms));
    }
  }
  // A long name may break after its underscores.
  const breakable = (name) => name.split(/(?<=_)/).flatMap((part, at) => (at ? [make("wbr"), part] : [part]));
  function opener(row) {
    return make("button", { type: "button", class: "open", "aria-expanded": "false", "aria-controls": `detail-${row.at}` },
      make("span", { dir: "auto" }, row.question));
  }
  function body(row) {
    const line = make("tr", { class: "row", role: "row" }, ...columns.map((column) => cell(row, column)));
    const element = make("tbody", { role: "rowgroup", "data-row": row.at }, line);
    line.addEventListener("click", (event) => {
      const chosen = window.getSelection();
      const selecting = chosen && !chosen.isCollapsed && line.contains(chosen.anchorNode);
      if (event.target.closest("button") || !selecting) unfold(element, row);
    });
    element.querySelector("button").addEventListener("keydown", (event) => {
      const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
      const target = step && element[step]?.querySelector(".open");
      if (!target) return;
      event.preventDefault();
      target.focus();
    });
    return element;
  }
  function unfold(element, row, open = null) {
    const button = element.querySelector(".open");
    const opening = open ?? button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(opening));
    element.firstElementChild.classList.toggle("opened", opening);
    let detail = element.querySelector(".detail");
    if (!detail) {
      detail = make("tr", { class: "detail", id: `detail-${row.at}`, role: "row" },
        make("td", { colspan: columns.length, role: "cell" }, inside(row)));
      element.append(detail);
    }
    detail.hidden = !opening;
  }

  // What is inside a row

  function inside(row) {
    const left = make("div", {});
    if (row.history.length) left.append(titled("Asked before", make("ul", { class: "turns" }, ...row.history.flatMap(turn))));
    left.append(titled("Answer", answer(row)));
    left.append(titled(row.gold.length === 1 ? "Gold answer" : "Gold answers", gold(row)));
    left.append(titled("Figures", ...facts(row)));
    const right = make("div", {}, ...sources(row), ...ranking(row));
    return make("div", { class: "inside" }, left, right.childElementCount ? right : null);
  }
  const turn = ([question, reply]) => [
    make("li", { dir: "auto" }, question), make("li", { dir: "auto", class: "a" }, reply),
  ];
  function gold(row) {
    if (row.gold.length) return make("ul", { class: "golds" }, ...row.gold.map((one) => make("li", { dir: "auto" }, one)));
    return make("p", { class: "soft" }, row.answerable ? "No wording is given." : "None: the articles do not say, so the chatbot should decline.");
  }
  function answer(row) {
    if (row.error) return make("p", { class: "paper failure", dir: "auto" }, row.error);
    if (row.answered === null) return make("p", { class: "soft" }, "Not asked for: this run measured only the search.");
    if (!row.answered) return make("p", { class: "paper", dir: "auto" }, said(row));
    const paper = make("p", { class: "paper answer", dir: "auto" });
    let at = 0;
    for (const [text, citations, support] of row.sentences) {
      const begin = row.answer.indexOf(text, at);
      if (begin < 0) continue;
      paper.append(straight(row.answer.slice(at, begin)));
      at = begin + text.length;
      const title = support === null ? null : `Support ${percent(support)}`;
      if (citations.length) paper.append(make("span", { title }, text, ...citations.map((cited) => foot(row, cited))));
      else paper.append(make("span", { class: "doubtful", title }, make("span", {}, text), " ", make("small", {}, "not found in the articles")));
    }
    paper.append(straight(row.answer.slice(at)));
    return paper;
  }
  const sourceId = (row, cited) => `source-${row.at}-${cited}`;
  function foot(row, cited) {
    const link = make("a", { href: `#${sourceId(row, cited)}`, "aria-label": `Source ${cited}` }, `[${cited}]`);
    link.addEventListener("click", (event) => {
      const target = byId(sourceId(row, cited));
      event.preventDefault();
      if (!target) return;
      document.querySelectorAll(".source.aim").forEach((one) => one.classList.remove("aim"));
      target.classList.add("aim");
      target.open = true;
      target.scrollIntoView({ block: "nearest" });
      target.querySelector("summary").focus({ preventScroll: true });
    });
    return make("sup", { class: "foot" }, link);
  }
  function facts(row) {
    const pairs = [["Question", row.id], ["Type", row.type]];
    if (row.answered) pairs.push(["Confidence", percent(row.confidence)], ["Support", percent(row.support)]);
    const times = { retrieve_ms: "Ranking", first_quote_ms: "First quote", first_token_ms: "First token", total_ms: "Whole answer" };
    for (const [name, label] of Object.entries(times)) if (row.ms[name] !== undefined) pairs.push([label, milliseconds(row.ms[name])]);
    if (row.tokens) pairs.push(["Tokens read", number.format(row.tokens[0])], ["Tokens written", number.format(row.tokens[1])]);
    const own = row.scores.map(([metric, value]) => [data.metrics[metric], value]);
    const folded = own.length ? make("details", { class: "scores" }, make("summary", {}, "Its value of each metric"), pairsOf(own)) : null;
    return [pairsOf(pairs), ...(folded ? [folded] : [])];
  }
  const pairsOf = (pairs) => make("dl", { class: "facts" },
    ...pairs.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, ...breakable(value)))));
  function sources(row) {
    const cited = new Set(row.sentences.flatMap(([, citations]) => citations));
    const groups = row.answered
      ? [["Sources", row.sources.filter((one) => cited.has(one.number))], ["Also read, not cited", row.sources.filter((one) => !cited.has(one.number))]]
      : [["Nearest passages", row.sources]];
    return groups.filter(([, group]) => group.length).map(([title, group]) => titled(title,
      make("ul", { class: "sources" }, ...group.map((source) => make("li", {}, card(row, source, cited.has(source.number)))))));
  }
  function card(row, source, open) {
    const head = make("span", { class: "t", dir: "auto" }, source.title,
      source.origin.length ? make("small", {}, make("bdi", {}, source.origin.join(" · "))) : null);
    const details = make("details", { class: "source", id: sourceId(row, source.number), open: open ? "" : null },
      make("summary", {}, make("span", { class: "n" }, String(source.number)), head,
        source.gold ? make("span", { class: "goldtag" }, "gold article") : null),
      make("blockquote", { dir: "auto" }, ...passage(source, row.gold)));
    if (source.url) {
      details.append(make("p", { class: "away" },
        make("a", { href: source.url, target: "_blank", rel: "noopener noreferrer nofollow" }, "Read the original")));
    }
    return details;
  }
  function passage(source, golds) {
    // Offsets count code points, while JavaScript's strings count halves of some of them.
    const characters = Array.from(data.passages[source.passage]);
    const [from, to] = source.quote.map((at) => Math.min(characters.length, Math.max(0, at)));
    const part = (start, end) => underlined(characters.slice(start, end).join(""), golds);
    const quoted = to > from ? [make("mark", {}, ...part(from, to))] : [];
    return [...part(0, from), ...quoted, ...part(Math.max(from, to), characters.length)];
  }
  function underlined(text, golds) {
    const wanted = golds.filter((one) => one.trim().length > 1).map((one) => one.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    if (!text || !wanted.length) return text ? [straight(text)] : [];
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(${wanted.sort((a, b) => b.length - a.length).join("|")})(?![\\p{L}\\p{N}])`, "giu");
    return text.split(pattern).map((piece, at) => (at % 2 ? make("span", { class: "goldword", title: "Gold answer" }, piece) : straight(piece)));
  }
  function ranking(row) {
    if (!row.ranked.length) return [];
    const articles = new Set(row.evidence);
    const items = row.ranked.map(([article, gold], at) => {
      const tag = gold ? "gold passage" : articles.has(article) ? "gold article" : null;
      const look = gold ? "gold" : tag ? "near" : null;
      return make("li", { class: look, title: tag ? `${article}: ${tag}` : article }, make("b", {}, String(at + 1)), ` ${article}`,
        tag ? make("span", { class: "sr" }, ` (${tag})`) : null);
    });
    const expected = row.evidence.length
      ? [make("p", { class: "soft ids" }, `Gold articles: ${row.evidence.join(", ")}. Filled green: a passage with a gold answer; green outline: another passage of a gold article.`)]
      : [];
    return [titled("Ranking of passages", make("ol", { class: "ranking" }, ...items), ...expected)];
  }

  // Begin

  heads();
  byId("explorer").hidden = false;
  update();
  let waiting;
  byId("search").addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      state.words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
      update();
    }, 120);
  });
  byId("clear").addEventListener("click", () => {
    state.words = [];
    state.types.clear();
    state.verdicts.clear();
    byId("search").value = "";
    update();
    byId("search").focus();
  });
  byId("more").addEventListener("click", () => {
    const last = list().lastElementChild;
    more();
    last.nextElementSibling?.querySelector(".open").focus({ preventScroll: true });
  });
  new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting) && !byId("more").hidden) more();
  }, { rootMargin: "900px" }).observe(byId("more"));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input")) return;
    event.preventDefault();
    byId("search").focus();
  });
})();
