// Runs in the document's head, before anything is drawn, so that no light page flashes up where dark was chosen.
(() => {
  "use strict";

  const KEY = "footnote-appearance";
  const CHOICES = ["system", "light", "dark"];
  const device = matchMedia("(prefers-color-scheme: dark)");

  // A portal around the page may ask for one by the address; browsers may forbid to keep anything.
  function remembered() {
    const asked = new URLSearchParams(location.search).get("__theme");
    if (CHOICES.includes(asked)) return asked;
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function remember() {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // It holds until the page is left.
    }
  }

  let choice = remembered();
  if (!CHOICES.includes(choice)) choice = "system";

  // Gradio puts its own idea of it on the body, once and whenever the device's changes.
  function apply() {
    const dark = choice === "dark" || (choice === "system" && device.matches);
    for (const element of [document.documentElement, document.body]) {
      if (!element || (element.classList.contains("dark") === dark && element.classList.contains("light") !== dark)) continue;
      element.classList.toggle("dark", dark);
      element.classList.toggle("light", !dark);
    }
    for (const input of document.getElementsByName("fn-appearance")) input.checked = input.value === choice;
  }

  apply();
  device.addEventListener("change", apply);
  addEventListener("storage", (event) => {
    if (event.key !== KEY || !CHOICES.includes(event.newValue)) return;
    choice = event.newValue;
    apply();
  });
  addEventListener("DOMContentLoaded", () => {
    apply();
    new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  });

  // The folds of the header close like menus.
  const menus = () => document.querySelectorAll(":is(.fn-appearance, .fn-languages)[open]");
  addEventListener("change", (event) => {
    if (event.target.name !== "fn-appearance") return;
    choice = event.target.value;
    remember();
    apply();
  });
  addEventListener("toggle", (event) => event.target.matches?.(".fn-appearance") && apply(), true);
  addEventListener("click", (event) => {
    for (const menu of menus()) menu.open = menu.contains(event.target);
  });
  addEventListener("focusin", (event) => {
    for (const menu of menus()) menu.open = menu.contains(event.target);
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
