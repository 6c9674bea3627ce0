"""The difference of two states as the state log stores it: plain JSON that says everything that an
entry of the changes page shows, in the words and units of its own time. Pure.

{
  "kind": "changed", "published", "begun", "withdrawn" or "counted",
  "date": of the records of the history that the edit wrote, as an ISO text,
  "title": {"": in English, language: translated}, of the leaderboard,
  "reasons": the public reasons of the edit,
  "llms", "scores": counts of a leaderboard that was published, or of rows that were only counted,
  "changes": [{"group", "slug", "llm", "metric": key, "name": of the metric, benchmark or source,
               "field", "old", "new"}, …], where an LLM that entered has "scores", their number,
               and "first": [[key, name, value with its unit], …] of some of them. A value that
               its components contradict is shown nowhere: the side is the one that is computed
               from them instead, and "computed" is "old" or "new",
  "counts": {group: all of its changes}, more than are listed where they are many,
  "moves": [{"slug", "llm", "old", "new", "causes"}, …], "moved": all of them,
  "values", "ranges": how many shown values and rank ranges differ,
  "cells": {LLM: {metric: [value before, value now]}}, every cell that differs,
}

Empty parts are left out, so that nothing to tell is {}. Never changed once stored, but for a name
that a maintainer takes out.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from leaderboard.text.numbers import decimal_places, format_number
from leaderboard.text.shown import with_unit

from .causes import Group
from .difference import Change, State, changed_cells, compare, differing
from .state import REFUSED

Stored = dict[str, Any]

# Beyond these a difference keeps counts only: it is read whole for a page.
MOST_CHANGES = 5_000
MOST_MOVES = 1_000
MOST_CELLS = 5_000
NAMED_FIELDS = ("name", "version", "language")  # of benchmarks: short, and shown
MOST_ENTERED = 12  # LLMs whose scores are told, and scores that are told of each
SHORT = 200  # characters of a text that an entry quotes; of others it says that they changed


def describe_first(new: State, kind: str) -> Stored:
    """What is told of a leaderboard that was published, or whose log begins."""
    inputs = new["inputs"]
    scores = sum("value" in each for row in inputs["scores"].values() for each in row.values())
    return with_cells(
        {"kind": kind, "title": title_of(inputs), "llms": len(inputs["llms"]), "scores": scores},
        None,
        new,
    )


def describe_difference(old: State, new: State) -> Stored:
    """What is told of an edit; {} if nothing that anybody sees differs."""
    found = compare(old, new)
    if not found:
        return {}
    changes = [part for change in found.changes for part in describe(change, old, new)]
    counts = Counter(part["group"] for part in changes)
    entered = [part for part in changes if part["field"] == "llm" and part["new"] is not None]
    for part in entered[:MOST_ENTERED]:
        part["first"] = first_scores(part["slug"], new)
    stored = {
        "kind": "changed",
        "title": title_of(new["inputs"]),
        "changes": changes[:MOST_CHANGES],
        "counts": dict(counts),
        "moves": [
            {"slug": move.slug, "llm": move.llm, "old": move.old, "new": move.new,
             "causes": [cause.value for cause in move.causes]}
            for move in found.moves[:MOST_MOVES]
        ],
        "moved": len(found.moves),
        "values": found.values,
        "ranges": found.ranges,
    }  # fmt: skip
    return with_cells({name: part for name, part in stored.items() if part}, old, new)


def with_cells(stored: Stored, old: State | None, new: State) -> Stored:
    """Adds the cells that differ, unless they are too many."""
    cells = changed_cells(old, new)
    if cells and sum(map(len, cells.values())) <= MOST_CELLS:
        stored["cells"] = cells
    return stored


def title_of(inputs: State) -> dict[str, str]:
    """The title of a leaderboard by language; English is ""."""
    texts = inputs["texts"]
    others = texts.get("translations", {})
    translated = {name: each["title"] for name, each in others.items() if each.get("title")}
    return {"": texts["title"]} | translated


# Changes in words and units of their time


def describe(change: Change, old: State, new: State) -> Iterator[Stored]:
    """Yields what is stored of a change of two states: mostly one thing, none for what another one
    says too."""
    before, after = old["inputs"], new["inputs"]
    if change.group is Group.TEXTS:
        yield from describe_texts(change, before, after)
        return
    if change.group is Group.LLMS and change.field == "organization_slug":
        return  # its name says so
    part = {
        "group": change.group.value,
        "slug": change.slug,
        "llm": change.llm,
        "metric": change.metric,
        "name": metric_name(change.metric, after) or metric_name(change.metric, before),
        "field": change.field,
        "old": shown(change, change.old, before),
        "new": shown(change, change.new, after),
    }
    if change.field == "llm" and change.new is not None:
        part["scores"] = count_scores(change.slug, after)
    for side, state in (("old", old), ("new", new)):
        if change.field == "value" and is_refused(change, state["inputs"]):
            part |= {side: computed_text(change, state), "computed": side}
    yield part


def is_refused(change: Change, inputs: State) -> bool:
    """Whether a reported aggregate has no value because its components contradict it."""
    return bool(inputs["scores"].get(change.slug, {}).get(change.metric) == REFUSED)


def computed_text(change: Change, state: State) -> str | None:
    """The value that is shown instead of a refused one; None for a metric that is no column."""
    rows = state["outputs"]["rows"]
    cells: State = next((row["cells"] for row in rows if row["llm"] == change.slug), {})
    cell = cells.get(change.metric)
    metric = SimpleNamespace(**state["inputs"]["metrics"][change.metric])
    return with_unit(cell["text"], metric) if cell else None


def count_scores(slug: str, inputs: State) -> int:
    """The scores with which an LLM entered."""
    return sum("value" in score for score in inputs["scores"].get(slug, {}).values())


def first_scores(slug: str, state: State) -> list[list[str]]:
    """The first values that are shown of an LLM, in the order of the columns, with the metric that
    ranks at the head: its key, its name, the value with its unit."""
    inputs = state["inputs"]
    rows = (row["cells"] for row in state["outputs"]["rows"] if row["llm"] == slug)
    cells: State = next(rows, {})
    ranking = inputs["ranking_metric"]
    keys = sorted(cells, key=lambda key: key != ranking)[:MOST_ENTERED]
    return [
        [key, metric_name(key, inputs),
         with_unit(cells[key]["text"], SimpleNamespace(**inputs["metrics"][key]))]
        for key in keys
    ]  # fmt: skip


def metric_name(key: str, inputs: State) -> str:
    """The full name of a metric, behind that of its benchmark; "" if it is not there."""
    metric = inputs["metrics"].get(key)
    if metric is None:
        return ""
    benchmark = inputs["benchmarks"].get(metric["benchmark"] or "")
    return f"{benchmark['name']} {metric['name']}" if benchmark else str(metric["name"])


def shown(change: Change, value: Any, inputs: State) -> Any:
    """One side of a change as it is shown: with its unit, and with names instead of keys."""
    if value is None:
        return None
    if change.field in ("value", "digits", "standard_error"):
        return value_text(value, change, inputs)
    if change.field in ("columns", "shown_by_default"):
        return [metric_name(key, inputs) for key in value]
    if change.field in ("ranking_metric", "questions_of"):
        return metric_name(value, inputs)
    if change.field == "components":
        return [[metric_name(part["metric"], inputs), part["weight"]] for part in value]
    if change.field == "benchmark" and value in inputs["benchmarks"]:
        return inputs["benchmarks"][value]["name"]
    return value


def value_text(value: str, change: Change, inputs: State) -> str:
    """A reported number as a page shows it: at least with the decimals of its metric, its unit."""
    metric = inputs["metrics"][change.metric]
    number = Decimal(value)
    digits = max(0, -int(number.as_tuple().exponent)) if change.field == "digits" else 0
    places = max(metric["decimals"], decimal_places(number), digits)
    if change.field == "standard_error":
        places = decimal_places(number)
    return with_unit(format_number(number, places), SimpleNamespace(**metric))


def describe_texts(change: Change, old: State, new: State) -> Iterator[Stored]:
    """Yields the texts that changed: of the leaderboard, of a benchmark, or of a metric.

    Long ones are named, not quoted.
    """
    subject = metric_name(change.metric, new)
    parts = [(change.field, change.old, change.new)]
    if not change.metric and change.field in old["benchmarks"] | new["benchmarks"]:
        if change.old is None or change.new is None:
            return  # it came or went with its metrics, which say so
        subject, parts = change.new["name"], list(differing(change.old, change.new))
    for field, was, now in parts:
        if field == "translations":
            yield from describe_translations(change, subject, was or {}, now or {})
        else:
            yield text_change(change, subject, field, was, now)


def describe_translations(
    change: Change, subject: str, old: dict[str, Any], new: dict[str, Any]
) -> Iterator[Stored]:
    """Yields each translated text that changed, with its language behind the field."""
    for language, before, after in differing(old, new):
        for field, was, now in differing(before or {}, after or {}):
            yield text_change(change, subject, f"{field} ({language})", was, now)


def text_change(change: Change, subject: str, field: str, old: Any, new: Any) -> Stored:
    """One text that changed; long ones without their words."""
    is_short = (
        field.startswith(("title", *NAMED_FIELDS, "data_licence", "fact_definition"))
        and max(len(str(old or "")), len(str(new or ""))) <= SHORT
    )
    return {
        "group": change.group.value, "slug": "", "llm": "", "metric": change.metric,
        "name": subject, "field": field,
        "old": (old or None) if is_short else None, "new": (new or None) if is_short else None,
    }  # fmt: skip
