// What Gradio's markup lacks: names of regions, the direction of the text, the state of folds.
(() => {
  "use strict";

  const REGIONS = { conversation: "region", sources: "region", asking: "search", articles: "region", reading: "region" };

  function name(element, role, label) {
    if (!element || !document.getElementById(label) || element.getAttribute("aria-labelledby") === label) return;
    element.setAttribute("role", role);
    element.setAttribute("aria-labelledby", label);
  }

  function nameRegions() {
    for (const [id, role] of Object.entries(REGIONS)) name(document.getElementById(id), role, `name-of-${id}`);
    name(document.getElementById("feedback"), "group", "judge");
  }

  // Gradio says "ltr" of all that it draws. The page has a direction, and what a person types has its own.
  function turn() {
    for (const element of document.querySelectorAll(".gradio-container [dir=ltr]")) {
      if (element.matches("textarea, input")) element.dir = "auto";
      else if (element.matches(".block, [data-testid=block-info]")) element.removeAttribute("dir");
    }
    for (const question of document.querySelectorAll("#suggestions button:not([dir])")) question.dir = "auto";
  }

  // A day gets the browser's own calendar, and the name that Gradio only shows beside it; the fold says if it is open.
  function describeFilters() {
    const fold = document.querySelector("#filters > .label-wrap");
    if (fold) {
      const open = String(fold.classList.contains("open"));
      if (fold.getAttribute("aria-expanded") !== open) fold.setAttribute("aria-expanded", open);
    }
    for (const input of document.querySelectorAll(".fn-day input:not([aria-label])")) {
      input.type = "date";
      const label = input.closest(".fn-day").querySelector("[data-testid=block-info]");
      if (label) input.setAttribute("aria-label", label.innerText.trim());
    }
  }

  new MutationObserver(() => {
    nameRegions();
    turn();
    describeFilters();
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["class", "dir"],
  });

  // The first stop of the keyboard leads past the header, to where the view that is shown begins.
  addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest(".fn-skip")) return;
    event.preventDefault(); // The page has a base address, to which the link would lead.
    const boxes = document.querySelectorAll("#question textarea, #find :is(input, textarea)");
    [...boxes].find((box) => box.offsetParent)?.focus();
  });
})();
