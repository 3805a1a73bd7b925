"""Evaluation: data sets of questions, metrics with confidence intervals, runs, comparisons, reports and fitting."""
