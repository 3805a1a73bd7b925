// Create elements without HTML: strings become text nodes, functions become listeners.

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

// The focused element, also within a shadow root.
const focusedIn = (element) => element.contains(element.getRootNode().activeElement);

// A decorative icon of 24 by 24; the text beside it or the button's label names it.
function icon(path) {
  const drawing = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

// Draw the parts, pairs of a key and a function, whose keys are new. The others stay as they are, with their
// focus and selection.
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

// Scroll to an element and focus it.
function goTo(element, focused) {
  element.scrollIntoView({ block: "nearest" });
  focused.focus({ preventScroll: true });
}

// Scroll an element to a share of its scroller's height, without moving the page.
function bring(scroller, element, share = 0) {
  const above = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  scroller.scrollTop += above - share * scroller.clientHeight;
}
