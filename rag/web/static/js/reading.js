(() => {
  "use strict";

  let tell = () => {};
  let dialog = null;
  let opener = null; // The button that opened the dialog, and its card: a card may be drawn anew meanwhile.
  let presses = 0;
  let shown = "";

  addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[data-read]") : null;
    if (!button) return;
    if (!dialog?.contains(button)) opener = { button, card: button.closest(".fn-card")?.id };
    presses += 1;
    tell({ ...button.dataset, press: String(presses) });
  });

  // The dialog shows what the server sent last. The element moves into it, where Gradio goes on writing.
  function reader(element, title, pressed) {
    tell = pressed;
    dialog = document.createElement("dialog");
    dialog.id = "cited-dialog";
    dialog.setAttribute("aria-labelledby", title);
    element.before(dialog);
    dialog.append(element);
    dialog.addEventListener("click", (event) => {
      const isBeside = event.target === dialog;
      if (isBeside || (event.target instanceof Element && event.target.closest("[data-shut]"))) dialog.close();
    });
    dialog.addEventListener("close", () => {
      const card = opener?.button.isConnected ? null : document.getElementById(opener?.card ?? "");
      (card?.querySelector("button[data-read]") ?? opener?.button)?.focus();
    });
    new MutationObserver(() => show(element)).observe(element, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ["data-press"],
    });
  }

  // An article opens at its first quote; a part without one, at its top.
  function show(element) {
    const article = element.querySelector(".fn-reader");
    const now = article?.dataset.press ?? "";
    if (!now || now === shown) return;
    shown = now;
    if (!dialog.open) dialog.showModal();
    const text = article.querySelector(".fn-reader-text");
    text.focus({ preventScroll: true });
    const mark = text.querySelector("mark");
    text.scrollTop = mark ? place(text, mark) : 0;
  }

  // A third of the height above the quote, so that it is seen in what it belongs to.
  function place(text, mark) {
    const above = mark.getBoundingClientRect().top - text.getBoundingClientRect().top;
    return text.scrollTop + above - text.clientHeight / 3;
  }

  window.footnote = { ...window.footnote, reader };
})();
