// Gives the framed chat its reader's token. It goes to Footnote's origin alone, and only the frame itself can ask for it.
addEventListener("message", async ({ source, origin, data }) => {
  const frame = document.querySelector("#framed");
  const footnote = new URL(frame.src).origin;
  if (source !== frame.contentWindow || origin !== footnote || data?.footnote !== 1) return;
  if (data.type !== "token-needed") return;

  const response = await fetch("/footnote-token", { method: "POST" });
  const { token, detail = "" } = await response.json();
  document.querySelector("#framed-notice").textContent = detail;
  if (token) source.postMessage({ footnote: 1, type: "token", token }, footnote);
});
