"""What each figure of the evaluation means, in a sentence, with its source: for the report and the documentation."""

from __future__ import annotations

DEPTHS = (1, 3, 5, 10)
ALL_DEPTHS = (5, 10)
BUDGETS = (50, 100, 170, 240, 300, 380)
"""Tokens of evidence at which the trade of tokens against accuracy is measured."""
FILLED = "filled_"
"""Before the name of a figure of evidence: of evidence that fills its budget."""

_RECALL = (
    "Share of a question's gold articles among the first {depth} articles of the search, the articles in the order in "
    "which their passages come up; mean over answerable questions with known gold articles (trec_eval's recall)."
)
_PASSAGE_RECALL = (
    "Share of a question's gold articles of which one of the first {depth} passages contains a gold answer or a gold "
    "sentence; mean over answerable questions whose gold articles and gold words are known (Footnote's own)."
)
_ALL_RECALL = (
    "Share of questions of which every gold article is among the first {depth} articles of the search; over answerable "
    "questions with known gold articles (all-recall, Gutiérrez et al. 2024; paragraph exact match, Asai et al. 2020)."
)
_EVIDENCE = {
    "evidence_recall": (
        "Share of questions with a gold answer, or a gold sentence where the answer is long, yes or no, in those "
        "sentences of a gold article that {reads}; over answerable questions with gold words (Footnote's own)."
    ),
    "evidence_all_recall": (
        "Share of questions with a sentence of every gold article in the evidence that {reads}; over answerable "
        "questions with several gold articles (Footnote's own)."
    ),
    "evidence_tokens": (
        "Tokens, headings included, of the evidence that {reads}; mean over answerable questions (Footnote's own)."
    ),
}
_READS = {
    "": "the model would read within {budget} tokens, stopping early where the search is sure",
    FILLED: "the model would read were the budget of {budget} tokens always filled",
}

DEFINITIONS: dict[str, str] = {
    **{f"recall@{depth}": _RECALL.format(depth=depth) for depth in DEPTHS},
    "mrr@10": (
        "One over the rank of the first gold article, 0 where none is among the first 10 articles; mean over "
        "answerable questions with known gold articles (Voorhees 1999; trec_eval's recip_rank, cut at 10)."
    ),
    "ndcg@10": (
        "Gains of the gold articles among the first 10, each 1 / log2(rank + 1), over the gains of the ideal ranking; "
        "mean over answerable questions with known gold articles (Järvelin and Kekäläinen 2002; trec_eval's ndcg_cut)."
    ),
    **{f"passage_recall@{depth}": _PASSAGE_RECALL.format(depth=depth) for depth in DEPTHS},
    **{f"all_recall@{depth}": _ALL_RECALL.format(depth=depth) for depth in ALL_DEPTHS},
    **{
        f"{form}{name}@{budget}": meaning.format(reads=reads.format(budget=budget))
        for form, reads in _READS.items()
        for name, meaning in _EVIDENCE.items()
        for budget in BUDGETS
    },
    "right": (
        "Share of answerable questions whose answer contains a gold answer as whole words after SQuAD's normalisation, "
        "or, where the gold answer has more than 10 words, covers at least half of the gold sentences (Footnote's own)."
    ),
    "wrongly_declined": "Share of answerable questions that were declined; smaller is better (Footnote's own).",
    "declined_unanswerable": "Share of unanswerable questions that were declined (Footnote's own).",
    "trust": (
        "Right answers to answerable questions plus unanswerable questions declined, over all questions that can be "
        "judged (Footnote's own)."
    ),
    "exact_match": (
        "Share of questions whose answer equals a gold answer after SQuAD's normalisation, a declined question having "
        "the empty answer and an unanswerable one the empty gold answer (Rajpurkar et al. 2018)."
    ),
    "f1": (
        "F1 of the answer's words and a gold answer's after SQuAD's normalisation, the best of the gold answers, where "
        "declined and unanswerable go as in exact match; mean over questions (Rajpurkar et al. 2018)."
    ),
    "gold_sentence_recall": (
        "Share of the gold sentences of which the answer has at least half the words after SQuAD's normalisation, "
        "the best of several annotators' sets; mean over questions with gold answers of more than 10 words "
        "(Footnote's own)."
    ),
    "citation_precision": (
        "Share of a right answer's citations that lead to a passage of a gold article with a gold answer or gold "
        "sentence in it, where any is known; mean over right answers with citations (after ALCE, Gao et al. 2023)."
    ),
    "citation_recall": (
        "Share of a question's gold articles that the answer cites; mean over answerable questions that were answered "
        "(after ALCE, Gao et al. 2023)."
    ),
    "cited_sentences": "Share of an answer's sentences that cite a source; mean over answers (Footnote's own).",
    "unsupported_sentences": (
        "Share of an answer's sentences without a citation, which are marked as unsupported; mean over answers, "
        "smaller is better (Footnote's own)."
    ),
    "uncited_unmarked": (
        "Number of sentences that neither cite a source that is there nor are marked as unsupported; must be 0 "
        "(Footnote's own)."
    ),
    "non_verbatim_quotes": (
        "Number of quotes shown that do not stand word for word at their place in the article; must be 0 "
        "(Footnote's own)."
    ),
    "aurc": (
        "Area under the risk–coverage curve: with answers taken in by confidence, the share of wrong ones, averaged "
        "over all shares taken in; questions rightly declined are left out, and those wrongly declined come last, as "
        "wrong; 0 is best (Geifman and El-Yaniv 2017)."
    ),
    "first_quote": "Milliseconds from the question to the first verbatim quote, median and 95th percentile.",
    "first_token": "Milliseconds from the question to the first word of the answer, median and 95th percentile.",
    "total": "Milliseconds from the question to the end of the answer or refusal, median and 95th percentile.",
    "prompt": "Tokens that the answering model was given for a question, median and 95th percentile.",
    "completion": "Tokens that the answering model wrote for a question, median and 95th percentile.",
    "questions_per_minute": "Questions answered or declined in a minute, were they asked one after the other.",
}
"""By the names in the result: the metrics, then latencies and tokens, then the throughput."""

METRICS = tuple(list(DEFINITIONS)[: list(DEFINITIONS).index("first_quote")])
COUNTS = frozenset({"uncited_unmarked", "non_verbatim_quotes"})
"""Metrics that are summed over the questions; all others are means, but for ``aurc``."""
