// Elements, made without a word of HTML: texts become text nodes, functions become listeners.

const SVG = "http://www.w3.org/2000/svg";

const nodes = (children) =>
  children.filter(Boolean).map((child) => (child instanceof Node ? child : new Text(straight(child))));

function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== false && value != null) element.setAttribute(key, value === true ? "" : straight(value));
  }
  element.append(...nodes(children));
  return element;
}

const button = (kind, content, click, more) =>
  make("button", { type: "button", class: kind, click, ...more }, content);

// What has the keyboard, within a shadow root as well.
const focusedIn = (element) => element.contains(element.getRootNode().activeElement);

// A drawing of 24 by 24 that the text beside it, or the label of its button, says in words.
function icon(path) {
  const drawing = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

// Draws those parts, pairs of a key and a function, whose keys were not there before. The rest stays as it is, with its
// focus and what is selected in it.
const keys = new WeakMap();
function redraw(parent, parts) {
  const before = new Map([...parent.children].map((element) => [keys.get(element), element]));
  const elements = parts.map(([key, draw]) => {
    const element = before.get(key) ?? draw();
    keys.set(element, key);
    return element;
  });
  for (const element of before.values()) if (!elements.includes(element)) element.remove();
  elements.forEach((element, at) => {
    if (parent.children[at] !== element) parent.insertBefore(element, parent.children[at] ?? null);
  });
}

// Shows an element, whatever it scrolls in, and has the keyboard go on there.
function goTo(element, focused) {
  element.scrollIntoView({ block: "nearest" });
  focused.focus({ preventScroll: true });
}

// Puts an element at a share of the height of what it scrolls in, and moves nothing around that.
function bring(scroller, element, share = 0) {
  const above = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  scroller.scrollTop += above - share * scroller.clientHeight;
}
