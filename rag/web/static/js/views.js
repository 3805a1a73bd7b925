(() => {
  "use strict";

  const views = ["chat", "library"];

  // The hash names the view: "#library", or anything else for the chat, whose answers have hashes of their own.
  function show() {
    const view = location.hash === "#library" ? "library" : "chat";
    document.documentElement.dataset.view = view;
    for (const link of document.querySelectorAll(".fn-views a")) {
      if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  addEventListener("hashchange", show);
  addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest(".fn-views a") : null;
    if (!link) return;
    event.preventDefault(); // As with the links of an answer: the page has a base address.
    if (views.includes(link.hash.slice(1))) location.hash = link.hash;
  });

  show();
  new MutationObserver((_, observer) => {
    if (!document.querySelector(".fn-views")) return;
    show();
    observer.disconnect();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
