"""How good the answers are, how sure that is, and what changed: data sets, metrics, statistics, runs and reports."""
