// Errors in the form of the server's problems (RFC 9457).

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

// Turn anything thrown into a problem, such as a connection that was cut off.
const problemOf = (error, detail) => (error instanceof Problem ? error : trouble("broken-off", detail));
