(() => {
  "use strict";

  const wide = matchMedia("(min-width: 900px)");

  // A button with data-do is told to the server, with the other data- attributes that it has.
  function pressed(element, tell) {
    element.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button?.dataset.do) {
        if (button.dataset.do === "open") opener = button.dataset.article;
        if (button.dataset.do === "page") turned = start();
        tell({ ...button.dataset });
      } else if (button && "fold" in button.dataset) {
        const folded = button.closest("details");
        folded.open = false;
        folded.querySelector("summary").focus();
      }
    });
  }

  // Files are sent one after the other; each is taken in as soon as it is there.
  function send(element, arrived) {
    const zone = element.querySelector(".fn-drop");
    const input = zone.querySelector("input");
    const said = zone.querySelector(".fn-sending");
    const words = zone.dataset;
    const waiting = [];
    let total = 0;
    let sending = false;

    function fail(name, reason) {
      const line = document.createElement("p");
      const title = document.createElement("strong");
      line.className = "fn-problem";
      title.textContent = name;
      title.dir = "auto";
      line.append(`${words.notSent} `, title, ` ${reason}`);
      said.append(line);
    }

    function post(file, begins) {
      return new Promise((resolve) => {
        const request = new XMLHttpRequest();
        const name = encodeURIComponent(file.name.toWellFormed?.() ?? file.name);
        request.open("POST", `library/uploads?name=${name}&begins=${begins}`);
        request.responseType = "json";
        request.upload.addEventListener("progress", (event) => {
          said.style.setProperty("--fn-share", `${Math.round((100 * event.loaded) / Math.max(1, event.total))}%`);
        });
        request.addEventListener("load", () => {
          resolve(request.status === 202 ? "" : (request.response?.message ?? words.unreachable));
        });
        request.addEventListener("error", () => resolve(words.unreachable));
        request.send(file);
      });
    }

    async function work() {
      let begins = true;
      sending = true;
      while (waiting.length) {
        const { file, problem } = waiting.shift();
        const line = document.createElement("p");
        line.className = "fn-now";
        line.textContent = words.sending
          .replace("{number}", total - waiting.length)
          .replace("{total}", total)
          .replace("{name}", () => file.name);
        said.append(line);
        const reason = problem || (file.size > Number(words.limit) ? words.tooLarge : await post(file, begins));
        line.remove();
        if (reason) {
          fail(file.name, reason);
        } else {
          begins = false;
          arrived();
        }
      }
      sending = false;
    }

    function take(files) {
      if (!sending) {
        said.replaceChildren();
        total = 0;
      }
      waiting.push(...files);
      total += files.length;
      if (!sending) work();
    }

    input.addEventListener("change", () => {
      take([...input.files].map((file) => ({ file })));
      input.value = ""; // So that the same file can be chosen again.
    });

    // Anywhere in the view will do.
    const carriesFiles = (event) =>
      zone.isConnected && zone.offsetParent && event.dataTransfer?.types.includes("Files");
    let inside = 0;
    const mark = (change) => {
      inside = change ? inside + change : 0;
      zone.classList.toggle("fn-over", inside > 0);
    };
    addEventListener("dragenter", (event) => carriesFiles(event) && mark(1));
    addEventListener("dragleave", (event) => carriesFiles(event) && mark(-1));
    addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
    addEventListener("drop", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      mark(0);
      const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
      take(
        items.map((item) => ({
          file: item.getAsFile(),
          problem: item.webkitGetAsEntry?.()?.isDirectory ? words.folder : "",
        })),
      );
    });
  }

  // Who turns the page of the list goes on at its top. Who opens an article reads on at its title; who closes it is
  // back where they were.
  const start = () => document.querySelector("#list .fn-rows")?.getAttribute("start");
  let turned = null;
  let opener = "";
  let shown = "";
  function follow() {
    if (turned !== null && start() !== turned) {
      turned = null;
      const top = document.querySelector("#list .fn-shown");
      top?.focus({ preventScroll: true });
      top?.scrollIntoView({ block: "start" });
    }
    const article = document.querySelector("#reader .fn-article");
    const now = article?.dataset.opened ?? "";
    if (now === shown) return;
    const closed = shown && !now;
    shown = now;
    document.documentElement.classList.toggle("fn-reading", Boolean(now));
    if (now) {
      article.querySelector("h2").focus({ preventScroll: true });
      document.getElementById("reading").scrollTo(0, 0);
      if (!wide.matches) scrollTo(0, 0);
    } else if (closed) {
      const row = document.querySelector(`#list button[data-article="${CSS.escape(opener)}"]`);
      // Its row is gone where it was removed; then what says so is read out.
      const next = row ?? document.querySelector("#reader .fn-note");
      next?.focus({ preventScroll: true });
      if (!wide.matches) next?.scrollIntoView({ block: "center" });
    }
  }
  new MutationObserver(follow).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["start", "data-opened"],
  });

  window.footnote = { pressed, send };
})();
