"""The names of a file to decide about: found by a filter, shown on pages, settled all at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from leaderboard.imports.catalogue import Catalogue
from leaderboard.imports.choices import Choices
from leaderboard.imports.drafts import llm_drafts, metric_drafts
from leaderboard.imports.matching import find_targets
from leaderboard.imports.suggestions import suggest
from leaderboard.imports.targets import NameStatus, Target, unique_targets
from leaderboard.models import Import
from leaderboard.readers.results import Reading
from leaderboard.text.names import name_key

A_PAGE = 100  # names, each with a form of its own
UNDONE_LOOKED_AT = 10  # imports whose decisions are kept


@dataclass(frozen=True)
class NamePlace:
    """Which names a page shows: those that hold a text, the undecided only, and from where."""

    sought: str = ""
    only_open: bool = False
    llm: int = 1  # the page of LLMs, from 1
    metric: int = 1

    @property
    def query(self) -> str:
        """The place as the query of an address; "" for the start."""
        said = {"names": self.sought, "open": "1" if self.only_open else ""}
        pages = {f"{kind}-page": n for kind in ("llm", "metric") if (n := getattr(self, kind)) > 1}
        query = urlencode({name: text for name, text in said.items() if text} | pages)
        return f"?{query}" if query else ""


START = NamePlace()


def read_place(given: Mapping[str, str], before: NamePlace | None = None) -> NamePlace:
    """Returns the place that an address or a posted form names; another filter begins anew."""
    sought = given.get("names", "").strip()[:200]
    only_open = bool(given.get("open"))
    if before and (sought, only_open) != (before.sought, before.only_open):
        return NamePlace(sought, only_open)
    llm, metric = (
        read_page(given.get(f"{kind}-page", "")) + (given.get("next") == kind)
        for kind in ("llm", "metric")
    )
    return NamePlace(sought, only_open, llm, metric)


def read_page(text: str) -> int:
    """Returns the number of a page; 1 for a text that is none."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@dataclass(frozen=True)
class OpenNames:
    """The names of one kind to decide about."""

    shown: list[tuple[str, Target]]  # on this page, with the prefix of their forms
    found: int  # that the filter lets through
    count: int
    undecided: int
    page: int
    pages: int

    @property
    def first(self) -> int:
        """The place of the first one shown among those found, from 1."""
        return (self.page - 1) * A_PAGE + 1

    @property
    def last(self) -> int:
        """The place of the last one shown."""
        return self.first + len(self.shown) - 1


def list_open(
    kind: str,
    targets: Mapping[str, Target],
    chosen: Mapping[str, Any],
    catalogue: Catalogue,
    place: NamePlace,
    data: Mapping[str, str] | None,
) -> OpenNames:
    """Returns the names to decide about, or decided: a page of them, or those that were sent.

    The number in the prefix is the place of the name in the file, so that a form stays with its
    name whatever else is decided.
    """
    all_names = [
        (f"{kind}-{number}", target)
        for number, target in enumerate(unique_targets(targets))
        if target.status is NameStatus.UNMATCHED
        or (chosen.get(target.name) and not is_left_out_metric(kind, target, catalogue))
    ]
    is_open = {NameStatus.UNMATCHED, NameStatus.INVALID}
    undecided = sum(target.status in is_open for _prefix, target in all_names)
    if data is not None:
        sent = [each for each in all_names if data.get(f"{each[0]}-of") == each[1].name]
        return OpenNames(sent, len(sent), len(all_names), undecided, 1, 1)
    sought = name_key(place.sought)
    found = [
        each
        for each in all_names
        if sought in name_key(each[1].name) and (not place.only_open or each[1].status in is_open)
    ]
    pages = max(1, -(-len(found) // A_PAGE))
    page = min(getattr(place, kind), pages)
    shown = found[(page - 1) * A_PAGE : page * A_PAGE]
    return OpenNames(shown, len(found), len(all_names), undecided, page, pages)


def settle_others(
    kind: str,
    for_others: str,
    post: Mapping[str, str],
    chosen: dict[str, Any],
    reading: Reading,
    choices: Choices,
    catalogue: Catalogue,
) -> None:
    """Adds to `chosen` what holds for all names of a kind, on all pages, not decided about yet.

    A button says the kind that it is about: accept=llm, without=metric.
    """
    targets = find_targets(reading, choices, catalogue)
    named, make_drafts = {
        "llm": (targets.llms, llm_drafts),
        "metric": (targets.metrics, metric_drafts),
    }[kind]
    names = [name for name, target in named.items() if target.status is NameStatus.UNMATCHED]
    suggested = suggest(kind, targets, reading, catalogue)
    if for_others == "suggested" or post.get("accept") == kind:
        chosen |= suggested
    elif post.get("without") == kind:
        chosen |= {name: {"to": "leave out"} for name in names if name not in suggested}
    elif for_others == "create":
        chosen |= make_drafts(names, reading, catalogue)
    elif for_others == "leave out":
        chosen |= {name: {"to": "leave out"} for name in names}


def give_unit(metrics: Mapping[str, dict[str, Any]], unit: str) -> dict[str, dict[str, Any]]:
    """Returns the choices with this unit for all new metrics that have none; "" gives none."""
    return {
        name: choice | {"unit": unit}
        if unit and choice.get("to") == "create" and not choice.get("unit")
        else choice
        for name, choice in metrics.items()
    }


def is_left_out_metric(kind: str, target: Target, catalogue: Catalogue) -> bool:
    """Whether a column of the file matches a metric and is left out: a tick box decides that."""
    return (
        kind == "metric"
        and target.status is NameStatus.LEFT_OUT
        and bool(catalogue.metric(target.name))
    )


def decided_before(names: Choices, catalogue: Catalogue) -> Choices:
    """Returns the choices with what was decided about names in imports that were undone.

    The newest decides. What no longer fits is left out: an LLM that is gone, or one that is here
    under the name by now.
    """
    undone = Import.objects.filter(state=Import.State.UNDONE).order_by("-undone_at", "-pk")
    rows = undone.values_list("choices", flat=True)[:UNDONE_LOOKED_AT]
    for stored in reversed(list(rows)):
        for kind, chosen, known, find in (
            ("llms", names.llms, catalogue.llms, catalogue.llm),
            ("metrics", names.metrics, catalogue.metrics, catalogue.metric),
        ):
            for name, choice in stored.get(kind, {}).items():
                fits = choice.get("to") == "leave out" or choice.get("id") in known
                if fits or (choice.get("to") == "create" and not find(name)):
                    chosen[name] = choice
    return names
