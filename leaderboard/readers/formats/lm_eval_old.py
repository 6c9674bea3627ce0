"""lm-evaluation-harness results before version 0.4: metrics without a filter, one n-shot for all.

Such a file is brought into the shape of 0.4, which lm_eval.py reads. Its names stay as it has them:
“sciq / acc”, where 0.4 has “sciq / acc,none”.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from leaderboard.readers.files.json_values import as_mapping, as_number, as_text
from leaderboard.readers.results import Problem, Reading, Result

Named = TypeVar("Named", Result, Problem)

BEFORE = "before 0.4"
FILTER = ",none"  # what 0.4 calls an answer that is taken as it is
LABELS = {"alias", "name", "sample_len"}  # of a task, beside its metrics
# Files of 0.3 do not say which end is better; in all others of its tasks it is the upper one.
LOWER_IS_BETTER = {
    "ppl", "perplexity", "word_perplexity", "byte_perplexity", "bits_per_byte", "ter", "mae", "mse",
    "brier_score", "likelihood_difference",
}  # fmt: skip


def is_old(data: dict[str, Any]) -> bool:
    """Whether no key of any result has the comma that 0.4 puts before a filter."""
    keys = {
        key for values in as_mapping(data.get("results")).values() for key in as_mapping(values)
    }
    return bool(keys - LABELS) and not any("," in key for key in keys)


def as_new(data: dict[str, Any]) -> dict[str, Any]:
    """Returns the file as 0.4 would have written it."""
    config = as_mapping(data.get("config"))
    results = {
        task: {
            f"{key}{FILTER}": value
            for key, value in as_mapping(values).items()
            if key not in LABELS
        }
        for task, values in data["results"].items()
    }
    return data | {
        "results": results,
        "config": config | {"limit": _number(config.get("limit"))},
        "n-shot": dict.fromkeys(results, config.get("num_fewshot")),
        "higher_is_better": {
            task: {key: key not in LOWER_IS_BETTER for key in as_mapping(values)}
            for task, values in data["results"].items()
        },
    }


def _number(limit: object) -> object:
    """Returns the limit as a number: some files have it as a text."""
    try:
        return as_number(Decimal(as_text(limit)))
    except ArithmeticError:
        return None


def with_old_names(reading: Reading) -> Reading:
    """Returns what was read with the names that the file itself has."""
    return replace(
        reading,
        results=tuple(map(_renamed, reading.results)),
        problems=tuple(map(_renamed, reading.problems)),
        metrics={name.removesuffix(FILTER): draft for name, draft in reading.metrics.items()},
        provenance=replace(
            reading.provenance, harness_version=reading.provenance.harness_version or BEFORE
        ),
    )


def _renamed(item: Named) -> Named:
    return replace(
        item,
        where=item.where.removesuffix(FILTER),
        metric=item.metric.removesuffix(FILTER),
    )
