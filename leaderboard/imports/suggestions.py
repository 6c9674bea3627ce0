"""What an undecided name of a file likely means: another spelling of an LLM or metric that is here.

A suggestion is never taken by itself: a maintainer accepts it, one by one or all at once.
"""

import re
from collections import defaultdict
from typing import Any

from leaderboard.readers.results import MetricDraft, Reading

from .catalogue import Catalogue
from .targets import NameStatus, Targets, unique_targets

WORD = re.compile(r"[^\W_]+")
# Short for each other in headers and in the names that evaluation programs give.
SAME_WORDS = {
    "acc": "accuracy", "ppl": "perplexity", "avg": "average", "mean": "average", "pct": "percent",
}  # fmt: skip
Words = tuple[str, ...]


def suggest(
    kind: str, targets: Targets, reading: Reading, catalogue: Catalogue
) -> dict[str, dict[str, Any]]:
    """Returns the suggested choices for names of a kind: “llm” or “metric”."""
    if kind == "llm":
        return suggest_llms(targets, catalogue)
    return suggest_metrics(targets, reading, catalogue)


def suggest_llms(targets: Targets, catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """Returns the choice for each undecided name that is another spelling of an LLM here."""
    return {
        target.name: {"to": "use", "id": found}
        for target in unique_targets(targets.llms)
        if target.status is NameStatus.UNMATCHED and (found := catalogue.suggested_llm(target.name))
    }


def suggest_metrics(
    targets: Targets, reading: Reading, catalogue: Catalogue
) -> dict[str, dict[str, Any]]:
    """Returns the choice for each undecided name that says the words of one metric here.

    The words may stand in another order, with other signs, or short: “acc” is accuracy. A name
    that says its benchmark means no metric of another one.
    """
    whole, bare = index_words(catalogue)
    suggested = {}
    for target in unique_targets(targets.metrics):
        if target.status is NameStatus.UNMATCHED:
            draft = reading.metrics.get(target.name) or MetricDraft(target.name)
            words = words_of(f"{draft.benchmark} {draft.name}")
            found = whole.get(words, set()) | (set() if draft.benchmark else bare.get(words, set()))
            if len(found) == 1:
                suggested[target.name] = {"to": "use", "id": found.pop()}
    return suggested


def words_of(text: str) -> Words:
    """Returns the words of a name, sorted, each as it is written out."""
    return tuple(sorted(SAME_WORDS.get(word, word) for word in WORD.findall(text.casefold())))


def index_words(catalogue: Catalogue) -> tuple[dict[Words, set[int]], dict[Words, set[int]]]:
    """Returns {words: metrics} of names with their benchmark and keys, and of names alone."""
    whole: dict[Words, set[int]] = defaultdict(set)
    bare: dict[Words, set[int]] = defaultdict(set)
    for metric in catalogue.metrics.values():
        for name in (str(metric), metric.key):
            whole[words_of(name)].add(metric.pk)
        bare[words_of(metric.name)].add(metric.pk)
    return dict(whole), dict(bare)
