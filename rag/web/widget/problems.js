// What goes wrong, in the form in which the server says it (RFC 9457).

const PROBLEM = "urn:footnote:problem:";

class Problem extends Error {
  constructor(problem) {
    super(problem.detail || problem.title);
    this.name = "FootnoteProblem";
    this.problem = problem;
  }

  get kind() {
    return this.problem.type.replace(PROBLEM, "");
  }
}

const trouble = (kind, detail, status = 0) => new Problem({ type: PROBLEM + kind, title: detail, status, detail });

// Whatever was thrown, as a problem; a connection that ends in the middle knows no words for it.
const problemOf = (error, detail) => (error instanceof Problem ? error : trouble("broken-off", detail));
