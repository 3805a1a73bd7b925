// External text, whose control characters must not affect the text around it. Offsets count code points.

const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/g;

const straight = (text) => String(text).replace(/\r\n?/g, "\n").replace(CONTROL, "");

// Strings in JavaScript count UTF-16 units.
const stretch = (text, start, end) => [...text].slice(Math.max(0, start), Math.max(0, end)).join("");

const wordsOf = (source, span) => stretch(source.text, span.start - source.start, span.end - source.start);

// Split a stretch of an article that begins at an offset into pieces, marked exactly where the spans are.
function cut(text, start, spans) {
  const letters = [...text];
  const pieces = [];
  let at = 0;
  const add = (offset, isMarked) => {
    const end = Math.min(offset, letters.length);
    if (end <= at) return;
    pieces.push({ text: letters.slice(at, end).join(""), isMarked });
    at = end;
  };
  for (const span of [...spans].sort((one, other) => one.start - other.start)) {
    add(span.start - start, false);
    add(span.end - start, true);
  }
  add(letters.length, false);
  return pieces;
}

// Only http and https become links.
function webAddress(url) {
  try {
    const { protocol, href } = new URL(url);
    return ["http:", "https:"].includes(protocol) ? href : "";
  } catch {
    return "";
  }
}
