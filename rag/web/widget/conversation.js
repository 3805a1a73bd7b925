// The state of one question, reduced from the events of the stream.

// Text written before a question is declined or fails is not an answer.
const NOTHING = { text: "", sentences: [], quotes: {}, quote: null };
const FINISHED = ["answered", "declined", "stopped", "failed"];

// `quotes` has the spans that support the sentences, by the numbers of their sources.
const begun = (question, number) => ({
  question,
  number,
  conversation: null, // The id from the server, if it stores conversations.
  stage: "searching",
  ahead: 0,
  quote: null,
  sources: [],
  text: "",
  sentences: [],
  quotes: {},
  answer: null,
  message: "",
  verdict: "", // "sending" or "sent", once there is one;
  refused: "", // or why it could not be.
});

function advance(one, { type, data }) {
  switch (type) {
    case "asked":
      return { ...one, ahead: 0, conversation: data.conversation, number: data.number };
    case "waiting":
      return { ...one, ahead: data.ahead };
    case "sources_found":
      return { ...one, ahead: 0, sources: data.sources, stage: "reading" };
    case "quote_found":
      return { ...one, quote: data.source };
    case "reading":
      return { ...one, ahead: 0, stage: "reading" };
    case "text_added":
      return { ...one, ahead: 0, text: one.text + data.text, stage: "writing" };
    case "sentence_checked":
      return { ...one, sentences: [...one.sentences, data.sentence], quotes: withQuotes(one.quotes, data.sources) };
    case "answered":
      return answered(one, data.answer);
    case "declined":
      return declined(one, data.answer);
    case "failed":
      return failed(one, data.problem.detail);
    default:
      return one; // An event of a newer server.
  }
}

const stopped = (one) => ({ ...one, stage: "stopped" });
const failed = (one, message) => ({ ...one, ...NOTHING, sources: [], stage: "failed", message });
const isFinished = (one) => FINISHED.includes(one.stage);

// The state of an exchange that the server has stored.
function remembered(conversation, { number, question, stage, text, message, answer }) {
  const one = { ...begun(question, number), conversation };
  if (stage === "answered" && answer) return answered(one, answer);
  if (stage === "declined" && answer) return declined(one, answer);
  return { ...one, stage: stage === "stopped" ? stage : "failed", text: text ?? "", message: message ?? "" };
}

// The words to mark in a source: those that support a sentence, or else its best sentence.
const spansOf = (one, source) => one.quotes[source.number] ?? [source.quote];

function shortfallOf(one, source) {
  const { nearest = [], shortfalls = [] } = one.answer?.declined ?? {};
  return shortfalls[nearest.findIndex((near) => near.number === source.number)] ?? "";
}

// The text in pieces; a piece without a sentence is not verified yet.
function piecesOf(one) {
  const pieces = [];
  let at = 0;
  for (const sentence of one.sentences) {
    const begin = one.text.indexOf(sentence.text, at);
    if (begin < 0) continue;
    if (begin > at) pieces.push({ text: one.text.slice(at, begin) });
    at = begin + sentence.text.length;
    pieces.push({ text: sentence.text, sentence });
  }
  if (at < one.text.length) pieces.push({ text: one.text.slice(at), isUnchecked: true });
  return pieces;
}

function answered(one, answer) {
  const known = new Set(one.sources.map((source) => source.number));
  const sources = [...one.sources, ...answer.sources.filter((source) => !known.has(source.number))];
  const cited = new Set(answer.sentences.flatMap((sentence) => sentence.citations));
  const quoted = answer.sources.filter((source) => cited.has(source.number));
  const quotes = Object.fromEntries(quoted.map((source) => [source.number, spansOf(one, source)]));
  const { sentences, answer: text } = answer;
  return { ...one, stage: "answered", ahead: 0, text, sentences, sources, quotes, answer };
}

function declined(one, answer) {
  const message = answer.declined?.message ?? "";
  const sources = answer.declined?.nearest ?? answer.sources;
  return { ...one, ...NOTHING, stage: "declined", ahead: 0, message, sources, answer };
}

function withQuotes(quotes, sources) {
  const added = sources.map((source) => [source.number, [...(quotes[source.number] ?? []), source.quote]]);
  return { ...quotes, ...Object.fromEntries(added) };
}
