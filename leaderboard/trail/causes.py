"""What moved a rank: groups of changes between two states, applied one after the other. Pure."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from .recompute import Inputs, recompute

State = dict[str, Any]

# Fields of a metric that say how it is made; all others define what it is.
MAKING = ("aggregate", "components")


class Group(StrEnum):
    """What a change is about, in the order in which changes are applied to find causes of moves."""

    LLMS = "llms"
    KINDS = "kinds"
    VALUES = "values"
    DETAILS = "details"
    SOURCES = "sources"
    DEFINITIONS = "definitions"
    COMPONENTS = "components"
    COLUMNS = "columns"
    TEXTS = "texts"
    METHOD = "method"


def find_causes(old: Inputs, new: Inputs, moved: set[str]) -> dict[str, list[Group]]:
    """{LLM: the groups with which its rank changed}"""
    causes: dict[str, list[Group]] = {slug: [] for slug in moved}
    inputs, ranks = old, ranks_of(old)
    for group, apply in STEPS.items():
        changed = apply(inputs, new)
        if changed == inputs:
            continue
        now = ranks_of(changed)
        for slug in moved:
            if ranks.get(slug) != now.get(slug):
                causes[slug].append(group)
        inputs, ranks = changed, now
    return causes


def ranks_of(inputs: Inputs) -> dict[str, int | None]:
    """{LLM: rank} by the rules of today."""
    return {row.llm.slug: row.rank for row in recompute(inputs).rows}


def with_new_llms(inputs: Inputs, new: Inputs) -> Inputs:
    """The inputs with the LLMs of the new ones, of the kinds that they had; of those that entered,
    scores in known metrics."""
    scores = {
        slug: inputs["scores"].get(slug, {})
        if slug in inputs["llms"]
        else known_scores(new["scores"].get(slug, {}), inputs)
        for slug in new["llms"]
    }
    llms = {slug: with_kind_of(inputs["llms"].get(slug), llm) for slug, llm in new["llms"].items()}
    return inputs | {"llms": llms, "scores": scores}


def with_kind_of(was: Inputs | None, now: Inputs) -> Inputs:
    """The facts of an LLM with the kind that it had, if it was there."""
    if was is None or was.get("kind") == now.get("kind"):
        return now
    others = {name: fact for name, fact in now.items() if name != "kind"}
    return others | ({"kind": was["kind"]} if "kind" in was else {})


def with_new_kinds(inputs: Inputs, new: Inputs) -> Inputs:
    """The inputs with the kinds of the new ones: who competes."""
    return inputs | {"llms": new["llms"]}


def known_scores(scores: Inputs, inputs: Inputs) -> Inputs:
    """Those scores whose metrics the inputs have."""
    return {key: score for key, score in scores.items() if key in inputs["metrics"]}


def with_new_values(inputs: Inputs, new: Inputs) -> Inputs:
    """The inputs with the new values in the metrics that they have, their details as before."""
    return inputs | {
        "scores": {
            slug: {
                key: merge_value(scores.get(key), score)
                for key, score in known_scores(new["scores"].get(slug, {}), inputs).items()
            }
            | {key: score for key, score in scores.items() if key not in new["metrics"]}
            for slug, scores in inputs["scores"].items()
        }
    }


def merge_value(was: State | None, now: State) -> State:
    """A score with its new value and its old details; the new one where it had no value.

    One that is refused now stays: the rules refuse it with the group of changes that makes it
    wrong, be it the values of its components or how it is made.
    """
    if was is None or "value" not in was:
        return now
    return was | {"value": now["value"]} if "value" in now else was


def merge_details(was: State | None, now: State) -> State:
    """The new score, but for one that is refused now, which stays as in merge_value()."""
    return was if was and "value" not in now else now


def with_new_details(inputs: Inputs, new: Inputs) -> Inputs:
    """The inputs with the new scores in the metrics that they have."""
    return inputs | {
        "scores": {
            slug: scores
            | {
                key: merge_details(scores.get(key), score)
                for key, score in known_scores(new["scores"].get(slug, {}), inputs).items()
            }
            for slug, scores in inputs["scores"].items()
        }
    }


def with_new_definitions(inputs: Inputs, new: Inputs) -> Inputs:
    """The inputs with metrics defined as in the new ones, but made as before."""
    metrics = {
        key: new["metrics"][key] | {field: metric[field] for field in MAKING}
        if key in new["metrics"]
        else metric
        for key, metric in inputs["metrics"].items()
    }
    return inputs | {"metrics": metrics}


def with_new_components(inputs: Inputs, new: Inputs) -> Inputs:
    """The inputs with all metrics as in the new ones, and the scores in those that came."""
    metrics = inputs["metrics"] | new["metrics"]
    scores = {slug: inputs["scores"].get(slug, {}) | new["scores"].get(slug, {})
              for slug in inputs["llms"]}  # fmt: skip
    return inputs | {"metrics": metrics, "scores": scores}


def with_new_columns(inputs: Inputs, new: Inputs) -> Inputs:
    """The new inputs."""
    return new


STEPS: dict[Group, Callable[[Inputs, Inputs], Inputs]] = {
    Group.LLMS: with_new_llms,
    Group.KINDS: with_new_kinds,
    Group.VALUES: with_new_values,
    Group.DETAILS: with_new_details,
    Group.DEFINITIONS: with_new_definitions,
    Group.COMPONENTS: with_new_components,
    Group.COLUMNS: with_new_columns,
}
