"""Finds the LLMs and metrics that the names in a file mean: by key, name or remembered alias."""

from collections.abc import Callable, Iterable

from leaderboard.readers.results import MetricDraft, Problem, Reading, Result
from leaderboard.text.names import name_key

from .catalogue import Catalogue
from .choices import Choices
from .drafts import group_facts
from .new_rows import LLM_TEXTS, TakenNames, draft_new_llm, draft_new_metric, find_taken_names
from .targets import NameStatus, Target, Targets


def find_targets(reading: Reading, choices: Choices, catalogue: Catalogue) -> Targets:
    """Finds the target of every name in the file, in the order of the file.

    Names that only come with a missing number (NaN), or in a row that is not read, get none.
    """
    named: list[Result | Problem] = [
        *reading.results,
        *(
            problem
            for problem in reading.problems
            if not (problem.is_missing or problem.is_left_out)
        ),
    ]
    facts = group_facts(reading)
    taken = find_taken_names(catalogue)
    return Targets(
        share_targets(
            (result.llm for result in (*named, *reading.facts)),
            lambda name: find_llm_target(name, facts[name_key(name)], choices, catalogue, taken),
        ),
        share_targets(
            (result.metric for result in named),
            lambda name: find_metric_target(
                name, reading.metrics.get(name), choices, catalogue, taken
            ),
        ),
    )


def share_targets(names: Iterable[str], make: Callable[[str], Target]) -> dict[str, Target]:
    """Returns the target of each name; “Alpha” and “alpha ” share that of the first spelling."""
    targets: dict[str, Target] = {}
    first: dict[str, Target] = {}
    for name in names:
        if name and name not in targets:
            key = name_key(name)
            if key not in first:
                first[key] = make(name)
            targets[name] = first[key]
    return targets


def find_llm_target(
    name: str, facts: dict[str, str], choices: Choices, catalogue: Catalogue, taken: TakenNames
) -> Target:
    """Finds the LLM that a name means, by the choice for it, else among stored names."""
    choice = choices.llms.get(name, {})
    known = catalogue.llm(name)
    match choice.get("to"):
        case "leave out":
            return Target(name, NameStatus.LEFT_OUT)
        case "use" if choice.get("id") in catalogue.llms:
            return Target(name, NameStatus.MATCHED, choice["id"], is_alias=choice["id"] != known)
        case "create":
            texts = facts | {field: choice[field] for field in LLM_TEXTS if field in choice}
            return draft_new_llm(name, texts, catalogue, taken)
    return Target(name, NameStatus.MATCHED, known) if known else Target(name, NameStatus.UNMATCHED)


def find_metric_target(
    name: str,
    draft: MetricDraft | None,
    choices: Choices,
    catalogue: Catalogue,
    taken: TakenNames,
) -> Target:
    """Finds the metric that a name means, by the choice for it, else among stored names.

    “Latency (ms)” is also Latency, if that is in the same unit.
    """
    choice = choices.metrics.get(name, {})
    known = catalogue.metric(f"{choices.benchmark} {name}") if choices.benchmark else None
    known = known or catalogue.metric(name)
    if not known and draft and draft.unit and not draft.benchmark:
        known = catalogue.metric(draft.name)
    match choice.get("to"):
        case "leave out":
            return Target(name, NameStatus.LEFT_OUT)
        case "use" if choice.get("id") in catalogue.metrics:
            return Target(name, NameStatus.MATCHED, choice["id"], is_alias=choice["id"] != known)
        case "create":
            return draft_new_metric(name, choice, catalogue, taken)
    return Target(name, NameStatus.MATCHED, known) if known else Target(name, NameStatus.UNMATCHED)
