// For its own few words Gradio goes by the browser's language, which it then says to be the page's.
Object.defineProperty(navigator, "language", { value: document.documentElement.lang });

// Whoever chooses another language stays in the view that they are in.
addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest(".fn-languages a") : null;
  if (link) link.hash = location.hash;
});
