// The buttons below an answer, and the sources of earlier ones: what is pressed is told to the server.
(() => {
  "use strict";

  const SAID_FOR = 2_500; // milliseconds

  // Without a secure connection browsers have no clipboard, but the older way.
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement("textarea");
      const before = document.activeElement;
      area.value = text;
      area.style.cssText = "position: fixed; opacity: 0";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      before?.focus({ preventScroll: true });
      return done;
    }
  }

  function say(words) {
    const line = document.getElementById("announced");
    if (!line) return;
    line.textContent = "";
    requestAnimationFrame(() => (line.textContent = words));
  }

  addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[data-copy]") : null;
    if (!button) return;
    const name = (button.dataset.name ??= button.textContent);
    const words = (await copy(button.dataset.copy)) ? button.dataset.copied : button.dataset.refused;
    button.textContent = words;
    button.classList.add("fn-said");
    say(words);
    clearTimeout(Number(button.dataset.timer));
    button.dataset.timer = setTimeout(() => {
      button.textContent = name;
      button.classList.remove("fn-said");
    }, SAID_FOR);
  });

  // The panel shows the sources of the answer that was gone to last.
  let tell = () => {};
  let chosen = "";
  const latest = () => document.querySelector("#current .fn-exchange")?.dataset.number ?? "";

  function choose(number) {
    if (!number || number === (chosen || latest())) return;
    chosen = number === latest() ? "" : number;
    mark();
    tell("select", { number });
  }

  function mark() {
    for (const exchange of document.querySelectorAll("#past .fn-exchange")) {
      const isChosen = exchange.dataset.number === chosen;
      if (isChosen !== exchange.hasAttribute("aria-current")) exchange.toggleAttribute("aria-current", isChosen);
    }
  }

  const goneTo = (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest("button[data-select]");
    if (button && event.type !== "click") return;
    choose(button?.dataset.select ?? event.target.closest(":is(#past, #current) .fn-exchange")?.dataset.number);
    if (!button) return;
    if (button.closest("#sources")) document.querySelector("#current .fn-exchange")?.scrollIntoView({ block: "start" });
    else document.getElementById("sources")?.scrollIntoView({ block: "nearest" });
  };
  addEventListener("click", goneTo);
  addEventListener("focusin", goneTo);

  // Another question, or another conversation: the panel shows the latest answer's sources again.
  let shown = "";
  new MutationObserver(() => {
    const now = `${document.querySelector("#chat textarea, #chat input")?.value} ${latest()}`;
    if (now !== shown) {
      shown = now;
      chosen = "";
    }
    mark();
  }).observe(document.documentElement, { childList: true, subtree: true });

  function answers(element, trigger) {
    tell = trigger; // Both of them do.
    element.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button[data-do]") : null;
      if (!button) return;
      trigger(button.dataset.do, {});
      if (button.dataset.do === "edit") document.querySelector("#question textarea")?.focus();
    });
  }

  window.footnote = { ...window.footnote, answers };
})();
