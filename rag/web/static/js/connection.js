// Looks whether the server still answers. Where it does not, the page says so, and goes on once it does again: by
// itself, and with what was being typed.
(() => {
  "use strict";

  const ADDRESS = "gradio_api/app_id";
  const USUALLY = 10_000; // milliseconds between two looks
  const WHILE_LOST = 1_000;
  const PATIENCE = 8_000; // A busy server may take a while.
  const DRAFT = "footnote-draft";

  const box = () => document.querySelector("#question textarea");
  let lost = false;
  let failures = 0;
  let timer = 0;

  /** "" where nobody answers, else the name of the process that does. */
  async function server() {
    try {
      const response = await fetch(ADDRESS, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      if (response.status >= 500) return ""; // What a proxy says in the place of a server that is gone.
      return response.ok ? String((await response.json()).app_id) : "somebody else";
    } catch {
      return "";
    }
  }

  function show() {
    const line = document.getElementById("connection");
    if (line) line.textContent = lost ? line.dataset.lost : "";
    document.documentElement.classList.toggle("fn-lost", lost);
  }

  async function look() {
    clearTimeout(timer);
    const found = await server();
    failures = found ? 0 : failures + 1;
    if (found && found !== String(window.gradio_config?.app_id)) {
      failures = 1; // It is another one, which does not know this page, or somebody has to log in again.
      location.reload();
      return;
    }
    if (lost !== failures > 1) {
      lost = failures > 1;
      show();
    }
    timer = setTimeout(look, failures ? WHILE_LOST : USUALLY);
  }

  // Gradio reloads the page too; whoever does it, the draft is kept.
  addEventListener("pagehide", () => {
    const draft = box()?.value;
    try {
      if (draft && (lost || failures)) sessionStorage.setItem(DRAFT, draft);
    } catch {
      // Browsers may forbid to keep anything.
    }
  });
  function restore() {
    try {
      const draft = sessionStorage.getItem(DRAFT);
      sessionStorage.removeItem(DRAFT);
      if (!draft) return;
      box().value = draft;
      box().dispatchEvent(new Event("input", { bubbles: true }));
    } catch {
      // Then there is none.
    }
  }
  new MutationObserver((_, observer) => {
    if (!box() || !document.getElementById("connection")) return;
    observer.disconnect();
    restore();
    timer = setTimeout(look, USUALLY);
  }).observe(document.documentElement, { childList: true, subtree: true });

  // Whoever comes back to the page, or asks, is told at once.
  addEventListener("visibilitychange", () => document.hidden || look());
  addEventListener("online", look);
  addEventListener("offline", look);
  addEventListener("click", (event) => event.target.closest?.("button") && look());
  addEventListener("keydown", (event) => event.key === "Enter" && event.target.closest?.("textarea, input") && look());
})();
