// Tells screen readers of an answer: that it is being looked for, its quotation, and then the whole of it, once each.
// The answer itself is no live region, for it is written anew with every word.
(() => {
  "use strict";

  let asked = false; // Whether the answer shown is one that was waited for here, and not one of an earlier day.
  let said = "";

  function words(elements) {
    return [...elements].map((element) => element.innerText.trim()).filter(Boolean).join(" ");
  }

  function tell() {
    const line = document.getElementById("announced");
    const exchange = document.querySelector("#current .fn-exchange");
    const answer = exchange?.querySelector(".fn-answer");
    if (!line || !answer) return;
    const busy = answer.getAttribute("aria-busy") === "true";
    const quotation = answer.querySelector(".fn-quotation blockquote");
    const stage = busy ? (quotation ? "quoted" : "begun") : "done";
    const now = `${exchange.id} ${stage}`;
    if (now === said) return;
    asked ||= busy;
    said = now;
    if (!asked) return;
    if (stage === "begun") line.textContent = words(answer.querySelectorAll(".fn-status"));
    if (stage === "quoted") line.textContent = words(answer.querySelectorAll(".fn-quotation :is(.fn-label, blockquote)"));
    if (stage === "done") {
      asked = false;
      line.textContent = words(answer.querySelectorAll(":scope > :is(.fn-label, .fn-message, .fn-text, .fn-status)"));
    }
  }

  // A question that is declined at once is never seen to be busy.
  const ask = () => (asked = true);
  addEventListener("keydown", (event) => event.key === "Enter" && event.target.closest?.("#question") && ask(), true);
  addEventListener("click", (event) => event.target.closest?.(":is(#ask, #suggestions)") && ask(), true);

  new MutationObserver(tell).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["aria-busy"],
  });
})();
