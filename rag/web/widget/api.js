// A client of Footnote's HTTP API with the reader's token.

class Api {
  #base;
  #tokens;
  #say;
  #expired;

  // `say` returns the current function for texts; `expired` is called for each expired token.
  constructor(base, tokens, say, expired) {
    this.#base = new URL("api/v1/", base);
    this.#tokens = tokens;
    this.#say = say;
    this.#expired = expired;
  }

  async get(path) {
    return (await this.#send(path)).json();
  }

  async post(path, body) {
    await this.#send(path, { body });
  }

  async *ask(body, signal) {
    const response = await this.#send("ask", { body, signal, accept: "text/event-stream" });
    yield* eventsOf(response.body);
  }

  // Return a successful response. Throws Problem, or AbortError if the signal is aborted.
  async #send(path, request = {}) {
    for (let isFirst = true; ; isFirst = false) {
      const response = await this.#fetch(path, request);
      if (response.ok) return response;
      const refused = await this.#refusal(response);
      if (refused.kind === "token-expired") {
        this.#tokens.drop();
        this.#expired();
        if (isFirst) continue;
      }
      throw refused;
    }
  }

  async #fetch(path, { body, signal, accept = "application/json" }) {
    const say = this.#say();
    const headers = { Accept: accept, "Accept-Language": say.language };
    const token = await this.#tokens.get().catch(() => {
      throw trouble("token-missing", say("WIDGET.no_token"));
    });
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const options = { method: body ? "POST" : "GET", headers, signal, credentials: "omit", cache: "no-store" };
    return fetch(new URL(path, this.#base), { ...options, body: body && JSON.stringify(body) }).catch((error) => {
      if (signal?.aborted) throw error;
      throw trouble("unreachable", say("WIDGET.unreachable"));
    });
  }

  // An error of a proxy in between is not meant for readers.
  async #refusal(response) {
    try {
      const problem = await response.json();
      if (problem.type.startsWith(PROBLEM)) return new Problem(problem);
    } catch {
      // The body is no problem of the API.
    }
    return trouble("unreachable", this.#say()("WIDGET.unreachable"), response.status);
  }
}
