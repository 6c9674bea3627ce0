"""The difference of two states of a leaderboard: what changed, and what moved the ranks. Pure.

Nothing else compares: the trail, its feed and the previews of forms read compare(); the difference
of two releases reads its parts, all_changes() and find_moves(), their counts in the list of
releases all_changes() and moved_ranks(), and the preview of an import the latter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from leaderboard.text.kinds import MODEL

from .causes import MAKING, Group, find_causes
from .fact_state import changed_facts
from .recompute import Inputs

State = dict[str, Any]

DETAILS = ("n", "standard_error", "measured_on", "note")
ABOUT = ("texts", "benchmarks")  # inputs that move nothing: texts are compared whole

UNSHOWN = {"value": None}  # a cell where nothing is shown


class Change(NamedTuple):
    """One thing that differs: of an LLM, of a metric, of an LLM's score in a metric, or of none."""

    group: Group
    llm: str  # name; "" where it is about no LLM
    metric: str  # key; "" likewise
    field: str
    old: Any  # None where it was not there
    new: Any
    slug: str = ""  # of the LLM


class RankMove(NamedTuple):
    """An LLM whose rank differs, and the groups of changes that moved it."""

    llm: str
    old: int | None  # None for no rank, or for an LLM that was not there
    new: int | None
    causes: tuple[Group, ...]
    slug: str = ""


@dataclass(frozen=True)
class Difference:
    """What differs between two states."""

    changes: tuple[Change, ...]
    moves: tuple[RankMove, ...]
    values: int  # shown values that differ, among the LLMs that both states have
    ranges: int = 0  # rank ranges of rows that differ, among the same

    def __bool__(self) -> bool:
        return bool(self.changes or self.moves or self.values or self.ranges)

    def of(self, group: Group) -> list[Change]:
        """The changes of one group."""
        return [change for change in self.changes if change.group is group]


def compare(old: State, new: State, with_causes: bool = True) -> Difference:
    """Returns the difference of two states of one leaderboard.

    To find the causes of moves ranks are made anew for each group of changes. Without them
    it takes a small part of the time, and moves have no causes.
    """
    return Difference(
        changes=tuple(all_changes(old, new)),
        moves=tuple(find_moves(old, new, with_causes)),
        values=count_changed_values(old, new),
        ranges=count_changed_ranges(old, new),
    )


# Changes


def all_changes(old: State, new: State) -> Iterator[Change]:
    """Yields every change of the inputs, and of the method. Reads no cells."""
    yield from find_changes(old["inputs"], new["inputs"])
    if old["method"] != new["method"]:
        yield Change(Group.METHOD, "", "", "method", old["method"], new["method"])


def find_changes(old: Inputs, new: Inputs) -> Iterator[Change]:
    """Yields every change of the inputs, group by group."""
    yield from changed_llms(old, new)
    yield from changed_scores(old, new)
    yield from changed_sources(old, new)
    yield from changed_metrics(old, new)
    yield from changed_columns(old, new)
    for group, llm, field, was, now, slug in changed_facts(old, new):
        yield Change(group, llm, "", field, was, now, slug)
    for field in ABOUT:
        for name, before, after in differing(old.get(field, {}), new.get(field, {})):
            yield Change(Group.TEXTS, "", "", name, before, after)


def differing(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yields (key, old, new) of what two objects have differently; None for what one lacks."""
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) != new.get(key):
            yield key, old.get(key), new.get(key)


def changed_llms(old: Inputs, new: Inputs) -> Iterator[Change]:
    """Yields the LLMs that entered, left or changed a fact; a new name is such a change."""
    for slug, before, after in differing(old["llms"], new["llms"]):
        if before is None or after is None:
            name = (before or after)["name"]
            yield Change(Group.LLMS, name, "", "llm", before and name, after and name, slug)
            continue
        for field, was, now in differing(before, after):
            if field == "kind":  # of a model it is left out
                was, now = was or MODEL, now or MODEL
            group = Group.KINDS if field == "kind" else Group.LLMS
            yield Change(group, after["name"], "", field, was, now, slug)


def changed_scores(old: Inputs, new: Inputs) -> Iterator[Change]:
    """Yields the changed scores of the LLMs and metrics that both states have."""
    for slug, facts in new["llms"].items():
        if slug not in old["llms"]:
            continue
        before, after = old["scores"].get(slug, {}), new["scores"].get(slug, {})
        if before == after:
            continue  # as of nearly all LLMs; one by one they take longer to compare
        for key, was, now in differing(before, after):
            if key in old["metrics"] and key in new["metrics"]:
                for change in changed_score(facts["name"], key, was or {}, now or {}, old, new):
                    yield change._replace(slug=slug)


def changed_score(
    llm: str, key: str, was: State, now: State, old: Inputs, new: Inputs
) -> Iterator[Change]:
    """Yields what changed in one score."""
    before, after = was.get("value"), now.get("value")
    if not same_number(before, after):
        yield Change(Group.VALUES, llm, key, "value", before, after)
        if before is None or after is None:
            return  # a score that came or went has no details of its own
    elif before != after:
        yield Change(Group.DETAILS, llm, key, "digits", before, after)
    for field in DETAILS:
        if was.get(field) != now.get(field) and (before or after):
            yield Change(Group.DETAILS, llm, key, field, was.get(field), now.get(field))
    if was.get("source") != now.get("source"):
        titles = [title_of(inputs, score) for inputs, score in ((old, was), (new, now))]
        yield Change(Group.SOURCES, llm, key, "source", titles[0], titles[1])


def title_of(inputs: Inputs, score: State) -> str | None:
    """The title of a score's source; None where it is unknown."""
    source = inputs["sources"].get(score.get("source"))
    return source and str(source["title"])


def changed_sources(old: Inputs, new: Inputs) -> Iterator[Change]:
    """Yields what changed in the sources that both states have, once for all of their scores."""
    for _key, before, after in differing(old["sources"], new["sources"]):
        for field, was, now in differing(before or {}, after or {}) if before and after else ():
            if field == "file_name":
                continue  # for maintainers alone
            yield Change(Group.SOURCES, "", "", f"{after['title']}: {field}", was, now)


def same_number(one: str | None, other: str | None) -> bool:
    """Whether two numbers are equal, whatever digits they are written with."""
    return one == other or (None not in (one, other) and Decimal(one) == Decimal(other))  # type: ignore[arg-type]


def changed_metrics(old: Inputs, new: Inputs) -> Iterator[Change]:
    """Yields the changes of the metrics that both states have."""
    for key, before, after in differing(old["metrics"], new["metrics"]):
        if before is None or after is None:
            continue  # it came or went with a column or a component
        for field, was, now in differing(before, after):
            group = Group.COMPONENTS if field in MAKING else Group.DEFINITIONS
            group = Group.TEXTS if field in ("description", "translations") else group
            yield Change(group, "", key, field, was, now)


def changed_columns(old: Inputs, new: Inputs) -> Iterator[Change]:
    """Yields the changes of the columns, of what ranks, and of who is ranked."""
    if old["columns"] != new["columns"]:
        keys = [[column["metric"] for column in state["columns"]] for state in (old, new)]
        if keys[0] != keys[1]:
            yield Change(Group.COLUMNS, "", "", "columns", keys[0], keys[1])
        else:
            shown = [[column["metric"] for column in state["columns"]
                      if column["shown_by_default"]] for state in (old, new)]  # fmt: skip
            yield Change(Group.COLUMNS, "", "", "shown_by_default", shown[0], shown[1])
    for field in ("ranking_metric", "ranks_partial_runs"):
        if old.get(field) != new.get(field):
            yield Change(Group.COLUMNS, "", "", field, old.get(field), new.get(field))


# What is shown


def count_changed_values(old: State, new: State) -> int:
    """Returns how many shown values differ, in the cells of LLMs and columns that both have."""
    before, after = (
        {row["llm"]: row["cells"] for row in state["outputs"]["rows"]} for state in (old, new)
    )
    columns = set().union(*before.values()) & set().union(*after.values())
    pairs = [(before[slug], after[slug]) for slug in before.keys() & after.keys()]
    return sum(
        was.get(key, UNSHOWN)["value"] != now.get(key, UNSHOWN)["value"]
        for was, now in pairs
        for key in columns
    )


def count_changed_ranges(old: State, new: State) -> int:
    """Returns how many rank ranges of rows differ, of the LLMs that both states have."""
    before, after = (
        {row["llm"]: row["range"] for row in state["outputs"]["rows"]} for state in (old, new)
    )
    return sum(before[row] != after[row] for row in before.keys() & after.keys())


def changed_cells(old: State | None, new: State) -> dict[str, dict[str, list[str | None]]]:
    """{LLM: {metric: [value shown before, value shown now]}} of the cells that differ.

    None where nothing was shown; without an old state every cell is new.
    """
    before, after = (shown_cells(old) if old else {}), shown_cells(new)
    cells = {}
    for slug in [*after, *(slug for slug in before if slug not in after)]:
        changed = differing(before.get(slug, {}), after.get(slug, {}))
        if row := {key: [was, now] for key, was, now in changed}:
            cells[slug] = row
    return cells


def shown_cells(state: State) -> dict[str, dict[str, str]]:
    """{LLM: {metric: the value shown}}"""
    return {
        row["llm"]: {key: cell["value"] for key, cell in row["cells"].items()}
        for row in state["outputs"]["rows"]
    }


def shown_ranks(state: State) -> dict[str, int | None]:
    """{LLM: rank shown}"""
    return {row["llm"]: row["rank"] for row in state["outputs"]["rows"]}


def moved_ranks(before: dict[str, int | None], after: dict[str, int | None]) -> list[str]:
    """The LLMs of both whose ranks differ, in order of the new ranks; those without come last."""
    moved = [slug for slug in after if slug in before and before[slug] != after[slug]]
    return sorted(moved, key=lambda slug: (after[slug] is None, after[slug] or 0, slug))


# Causes of moves


def find_moves(old: State, new: State, with_causes: bool) -> Iterator[RankMove]:
    """Yields the LLMs of both states whose shown ranks differ, in order of the new ranks.

    The groups of changes are applied to the old inputs one after the other; a group with which an
    LLM's rank changes is a cause of its move. What no group explains is due to the method.
    """
    before, after = shown_ranks(old), shown_ranks(new)
    moved = moved_ranks(before, after)
    causes: dict[str, tuple[Group, ...]] = dict.fromkeys(moved, ())
    if moved and with_causes:
        found = find_causes(old["inputs"], new["inputs"], set(moved))
        causes = {slug: tuple(groups) or (Group.METHOD,) for slug, groups in found.items()}
    for slug in moved:
        yield RankMove(
            llm=new["inputs"]["llms"][slug]["name"],
            old=before[slug],
            new=after[slug],
            causes=causes[slug],
            slug=slug,
        )
