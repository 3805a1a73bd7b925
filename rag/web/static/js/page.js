(() => {
  "use strict";

  const reduced = matchMedia("(prefers-reduced-motion: reduce)");
  const withKeyboard = matchMedia("(hover: hover)");
  const settled = 80; // milliseconds that Gradio takes to put the parts of one update in place

  // A folded source opens when it is linked to, and so does the group of earlier sources around it.
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let element = target; element; element = element.parentElement) {
      if (element instanceof HTMLDetailsElement) element.open = true;
    }
    const focusable = target.querySelector("summary") ?? target;
    if (focusable === target) target.tabIndex = -1;
    focusable.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest", behavior: reduced.matches ? "auto" : "smooth" });
  }

  addEventListener("hashchange", reveal);
  addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#answer-"]') : null;
    if (!link) return;
    // The page has a base address, which a link of its own would lead to instead of staying here.
    event.preventDefault();
    const hash = link.getAttribute("href");
    if (hash === location.hash) reveal();
    else location.hash = hash;
  });

  // Gradio gives an element a new id when what it shows changes; the highlight stays with the card that was linked to.
  function keepTarget() {
    const target = document.querySelector(":target");
    if (target && location.hash && `#${target.id}` !== location.hash) location.replace(location.href);
  }

  // A new question moves to the top of the window, so that its answer grows in view; its sources start at their top.
  let newest = "";
  function follow() {
    const current = document.querySelector("#current .fn-exchange");
    if (!current || current.id === newest) return;
    newest = current.id;
    if (location.hash) {
      location.replace(`${location.pathname}${location.search}#`);
      history.replaceState(null, "", location.pathname + location.search);
    }
    setTimeout(() => {
      current.scrollIntoView({ block: "start" });
      document.getElementById("sources")?.scrollTo(0, 0);
    }, settled);
  }

  // Whoever asked with the keyboard can type the next question at once.
  let waiting = false;
  function resume() {
    const question = document.querySelector("#question textarea");
    if (!question) return;
    if (waiting && !question.disabled && withKeyboard.matches && document.activeElement === document.body) {
      question.focus({ preventScroll: true });
    }
    waiting = question.disabled;
  }

  new MutationObserver(() => {
    follow();
    keepTarget();
    resume();
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["id", "disabled"],
  });
})();
