// One conversation: its questions, the one in progress, and its restoration after a reload.

// Only the conversation's id is stored, in sessionStorage, which browsers may forbid.
const kept = {
  read(key) {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  },
  write(key, id) {
    try {
      if (id) sessionStorage.setItem(key, id);
      else sessionStorage.removeItem(key);
    } catch {
      // A reload starts a new conversation then.
    }
  },
};

class Chat {
  exchanges = [];
  #api;
  #say;
  #key;
  #changed;
  #id = null;
  #stopping = null;

  // `key` returns the storage key of the id; `changed` is called with the exchange at every change.
  constructor(api, say, key, changed) {
    this.#api = api;
    this.#say = say;
    this.#key = key;
    this.#changed = changed;
  }

  get isBusy() {
    return this.#stopping !== null;
  }

  // Resolve with the answer, also a declined one. Throws Problem, also if the reader stops it.
  async ask(question) {
    return this.#run(question, false);
  }

  // Ask the last question again and replace its answer.
  async askAgain() {
    const last = this.exchanges.at(-1);
    // A question that never reached the server cannot be replaced there.
    return this.#run(last.question, Boolean(last.conversation), this.exchanges.length - 1);
  }

  stop() {
    this.#stopping?.abort();
  }

  begin() {
    this.leave();
    this.#remember(null);
  }

  // Hide the conversation; a reload or restore() shows it again.
  leave() {
    this.stop();
    this.#stopping = null;
    this.#id = null;
    this.exchanges = [];
    this.#changed();
  }

  // Show the stored conversation, or start a new one if it is gone.
  async restore() {
    const id = kept.read(this.#key());
    if (!id || this.exchanges.length) return;
    try {
      const { exchanges } = await this.#api.get(`conversations/${encodeURIComponent(id)}`);
      if (this.exchanges.length) return; // A question was asked meanwhile.
      this.#id = id;
      this.exchanges = exchanges.map((one) => remembered(id, one));
      this.#changed();
    } catch (error) {
      if (error.kind === "not-found") kept.write(this.#key(), null);
    }
  }

  async judge(one, verdict) {
    const { exchanges } = this;
    const at = exchanges.indexOf(one);
    const put = (said, refused = "") => this.#put(exchanges, at, { ...exchanges[at], verdict: said, refused });
    put("sending");
    try {
      await this.#api.post("feedback", { conversation: one.conversation, number: one.number, verdict, comment: "" });
      put("sent");
    } catch (error) {
      put("", error.message);
      throw error;
    }
  }

  async #run(question, again, at = this.exchanges.length) {
    const say = this.#say();
    if (this.isBusy) throw trouble("busy", "Another question is being answered. Wait for its answer, or stop it.");
    const stopping = (this.#stopping = new AbortController());
    const { exchanges } = this;
    const put = (one) => this.#put(exchanges, at, one);
    put(begun(question, at + 1));
    try {
      for await (const event of this.#events(question, again, stopping.signal)) {
        if (event.type === "asked") this.#remember(event.data.conversation);
        put(advance(exchanges[at], event));
        if (event.type === "failed") throw new Problem(event.data.problem);
        if (isFinished(exchanges[at])) return exchanges[at].answer;
      }
      throw trouble("broken-off", say("WIDGET.broken_off"));
    } catch (error) {
      const isStopped = stopping.signal.aborted;
      const problem = isStopped ? trouble("stopped", say("STOPPED")) : problemOf(error, say("WIDGET.broken_off"));
      put(isStopped ? stopped(exchanges[at]) : failed(exchanges[at], problem.message));
      throw problem;
    } finally {
      if (this.#stopping === stopping) this.#stopping = null;
      if (this.exchanges === exchanges) this.#changed();
    }
  }

  async *#events(question, again, signal) {
    const body = { question, ...(this.#id && { conversation: this.#id }), ...(again && { again }) };
    try {
      yield* this.#api.ask(body, signal);
    } catch (error) {
      if (error.kind !== "not-found" || !this.#id) throw error;
      this.#remember(null); // The conversation was deleted; the question starts another.
      yield* this.#api.ask({ question }, signal);
    }
  }

  #put(exchanges, at, one) {
    exchanges[at] = one;
    if (this.exchanges === exchanges) this.#changed(one);
  }

  #remember(id) {
    this.#id = id;
    kept.write(this.#key(), id);
  }
}
