// The drawer with the reader's conversations, and the one that is shown by its name in the page's address.
(() => {
  "use strict";

  const SETTLED = 60; // milliseconds after which all of a list is drawn
  const withKeyboard = matchMedia("(hover: hover)");

  let told = () => {};
  let opened = () => {};
  let drawer = null;

  // What Gradio draws moves into a dialog, where it goes on being drawn.
  function make() {
    const column = document.getElementById("chats");
    const dialog = document.createElement("dialog");
    dialog.id = "chats-dialog";
    dialog.setAttribute("aria-labelledby", "chats-title");
    column.before(dialog);
    dialog.append(column);
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    return dialog;
  }

  function open() {
    drawer ??= make();
    told({ do: "list" });
    drawer.showModal();
    drawer.querySelector("#find-chats :is(input, textarea)")?.focus();
  }

  function show(chat) {
    pushes = true;
    drawer?.close();
    opened({ chat });
    if (withKeyboard.matches) document.querySelector("#question textarea")?.focus({ preventScroll: true });
  }

  addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    if ("chats" in button.dataset) open();
    else if ("begin" in button.dataset) show("");
    else if ("shut" in button.dataset && drawer?.contains(button)) drawer.close();
  });

  // The list is drawn anew after each deed; the focus then goes where the deed was done, or to what is left there.
  let then = "";
  function chats(element, tell, tellOpened) {
    told = tell;
    opened = tellOpened;
    element.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (!button) return;
      if ("fold" in button.dataset) {
        const folded = button.closest("details");
        folded.open = false;
        folded.querySelector("summary").focus();
      } else if (button.dataset.do === "open") {
        show(button.dataset.chat);
      } else if (button.dataset.do) {
        then = button.dataset.do === "page" ? ".fn-chat-open" : next(button.closest(".fn-chat"));
        tell({ ...button.dataset });
      }
    });
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target;
      then = row(form.dataset.chat);
      tell({ ...form.dataset, title: form.elements.title.value });
    });
    let timer = 0;
    new MutationObserver(() => {
      clearTimeout(timer);
      if (then) timer = setTimeout(() => goOn(element), SETTLED);
    }).observe(element, { childList: true, subtree: true, characterData: true, attributeFilter: ["open", "data-chat"] });
    for (const event of ["keydown", "pointerdown"]) element.addEventListener(event, () => (then = ""), true);
  }

  function goOn(element) {
    if (then) (element.querySelector(then) ?? document.querySelector("#find-chats :is(input, textarea)"))?.focus();
    then = "";
  }

  const row = (chat) => `.fn-chat-open[data-chat="${CSS.escape(chat)}"]`;
  function next(item) {
    const neighbour = item?.nextElementSibling ?? item?.previousElementSibling;
    return neighbour ? row(neighbour.dataset.chat) : ".fn-chat-open";
  }

  // An address for each conversation, so that a reload shows it again and "back" leads to the one before.
  let pushes = false;
  let shown = new URLSearchParams(location.search).get("chat") ?? "";
  function named(chat) {
    const address = new URL(location.href);
    shown = chat;
    if ((address.searchParams.get("chat") ?? "") === chat) return;
    if (chat) address.searchParams.set("chat", chat);
    else address.searchParams.delete("chat");
    address.hash = "";
    const written = address.href.replace(/#$/, "");
    if (pushes) history.pushState(null, "", written);
    else history.replaceState(history.state, "", written);
    pushes = false;
  }
  addEventListener("popstate", () => {
    const chat = new URLSearchParams(location.search).get("chat") ?? "";
    if (chat !== shown) opened({ chat });
  });

  window.footnote = { ...window.footnote, chats, named };
})();
