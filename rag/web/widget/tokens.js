// The reader's token: kept only in memory, and renewed shortly before it expires.

const SPARE = 30; // seconds

// The unverified expiry of a token, which is only a hint to request the next one.
function secondsLeft(token) {
  try {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return (JSON.parse(atob(payload)).exp ?? Infinity) - Date.now() / 1000;
  } catch {
    return Infinity;
  }
}

// Get a token from the portal's route, which knows its reader by a cookie.
async function tokenFrom(address) {
  const response = await fetch(address, { method: "POST", credentials: "same-origin", cache: "no-store" });
  return (await response.json()).token;
}

class Tokens {
  #provide;
  #token = "";
  #asking = null;

  // `provide` returns a token, or "" if the server needs none.
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

  // Also a pending one: it may be for another user.
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
