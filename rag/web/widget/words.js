// The texts in the reader's language.

// Return the first of the language tags that has texts; English by default.
function spoken(...tags) {
  const codes = tags.map((tag) => String(tag ?? "").toLowerCase().split("-")[0]);
  return codes.find((code) => Object.hasOwn(WORDS, code)) ?? "en";
}

// Return a function for texts by their ids, with values in their places and in the plural form of `count`.
function speaker(language) {
  const { locale, direction, words } = WORDS[language];
  const plural = new Intl.PluralRules(locale);
  const figures = new Intl.NumberFormat(locale, { numberingSystem: "latn" });
  const days = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC", numberingSystem: "latn" });

  const written = (value) => (typeof value === "number" ? figures.format(value) : value);
  const say = (name, values = {}) => {
    const found = words[NAMES.indexOf(name)];
    const form = typeof found === "string" ? found : (found[plural.select(values.count)] ?? found.other);
    return form.replace(/\{(\w+)\}/g, (_, key) => written(values[key]));
  };
  const day = (date) => (date && !Number.isNaN(Date.parse(date)) ? days.format(new Date(date)) : "");
  return Object.assign(say, { language, direction, day });
}
