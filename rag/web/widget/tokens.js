// The reader's token: kept in memory alone, and asked for anew shortly before it runs out.

const SPARE = 30; // seconds

// What a token says of its end is not trusted, only taken as a hint to ask for the next one.
function secondsLeft(token) {
  try {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return (JSON.parse(atob(payload)).exp ?? Infinity) - Date.now() / 1000;
  } catch {
    return Infinity;
  }
}

// From an address of the portal's own, which knows its reader by a cookie.
async function tokenFrom(address) {
  const response = await fetch(address, { method: "POST", credentials: "same-origin", cache: "no-store" });
  return (await response.json()).token;
}

class Tokens {
  #provide;
  #token = "";
  #asking = null;

  // `provide` gives a token, or "" where the server asks for none.
  constructor(provide) {
    this.#provide = provide;
  }

  async get() {
    if (this.#token && secondsLeft(this.#token) > SPARE) return this.#token;
    const asking = (this.#asking ??= this.#ask());
    try {
      const token = await asking;
      if (this.#asking === asking) this.#token = token;
      return token;
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
  }

  // Also one that is only on its way: it may be for somebody else.
  drop() {
    this.#token = "";
    this.#asking = null;
  }

  async #ask() {
    const token = await this.#provide();
    if (typeof token !== "string") throw new TypeError("A token is a string");
    return token;
  }
}
