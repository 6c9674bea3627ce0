"""The newest changes of all content, as the first page of the admin lists them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby, islice
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from leaderboard.models import (
    LLM,
    Appearance,
    Benchmark,
    Column,
    Component,
    Fact,
    FactColumn,
    FactValue,
    Leaderboard,
    Metric,
    Organization,
    Score,
    SitePage,
    Source,
    Translation,
)
from leaderboard.models.translations import OWNERS
from leaderboard.text.words import listed

SHOWN_CHANGES = 8
READ = 40  # records of each kind: a form of many scores writes as many
DONE = {"+": _("added"), "~": _("changed"), "-": _("deleted")}
NAME_FIELDS = {Leaderboard: "title", SitePage: "title", Source: "title"}  # of others: name
# The kinds in the order in which one names a change, each with what stands for its rows: (the
# model with a form, the column of its id, that of its name), the first of those that are there.
Named = tuple[tuple[Any, str, str], ...]
KINDS: dict[Any, Named] = {  # but pictures, which come with the appearance
    **{
        model: ((model, "id", NAME_FIELDS.get(model, "name")),)
        for model in (
            Leaderboard,
            SitePage,
            Appearance,
            LLM,
            Benchmark,
            Metric,
            Fact,
            Source,
            Organization,
        )
    },
    **dict.fromkeys((Score, FactValue), ((LLM, "llm_id", "llm__name"),)),
    **dict.fromkeys((Column, FactColumn), ((Leaderboard, "leaderboard_id", "leaderboard__title"),)),
    Component: ((Metric, "aggregate_id", "aggregate__name"),),
    Translation: tuple(
        (model, f"{owner}_id", f"{owner}__{NAME_FIELDS.get(model, 'name')}")
        for owner, model in OWNERS.items()
    ),
}
ORDER = list(KINDS)


class Record(NamedTuple):
    """A record of the history: when, by whom, of which kind, and the row that it is named after."""

    date: datetime
    user: str
    kind: Any
    type: str  # + ~ -
    owner: Any
    pk: int | None
    name: str


class Change(NamedTuple):
    """What one form, import or command wrote."""

    date: datetime
    user: str  # "" for a command
    kind: str
    name: str
    address: str  # of the form; "" if there is none
    done: Any
    others: str  # the kinds of the other rows that it wrote


def list_changes(request: HttpRequest) -> list[Change]:
    """The newest changes of what somebody may see, in one query for each kind."""
    user: Any = request.user
    records = [
        record
        for model in KINDS
        if user.has_perm(f"leaderboard.view_{model._meta.model_name}")
        for record in read_records(model)
    ]
    records.sort(key=lambda record: (record.date, record.user), reverse=True)
    gone = find_gone(records)
    groups = groupby(records, key=lambda record: (record.date, record.user))
    return [describe(list(group), gone) for _key, group in islice(groups, SHOWN_CHANGES)]


def read_records(model: Any) -> Iterator[Record]:
    """The newest records of the history of one kind."""
    columns = [column for _owner, *names in KINDS[model] for column in names]
    rows = model.history.order_by("-history_id").values_list(
        "history_date", "history_user__username", "history_type", *columns
    )
    for date, user, kind, *values in rows[:READ]:
        owner, pk, name = name_owner(KINDS[model], values)
        yield Record(date, user or "", model, kind, owner, pk, name)


def name_owner(named: Named, values: list[Any]) -> tuple[Any, int | None, str]:
    """(model, id, name) of the row that a record is named after; no name once it is gone."""
    pairs = zip(values[::2], values[1::2], strict=True)
    for (model, _column, _name), (pk, name) in zip(named, pairs, strict=True):
        if pk is not None:
            return model, pk, name or ""
    return None, None, ""


def find_gone(records: list[Record]) -> set[tuple[Any, int | None]]:
    """(model, id) of the rows of which the newest of these records, newest first, is a deletion."""
    newest: dict[tuple[Any, int | None], str] = {}
    for record in records:
        if record.kind is record.owner:
            newest.setdefault((record.kind, record.pk), record.type)
    return {row for row, kind in newest.items() if kind == "-"}


def describe(records: list[Record], gone: set[tuple[Any, int | None]]) -> Change:
    """One change, named after the first of KINDS that it wrote."""
    records = sorted(records, key=lambda record: ORDER.index(record.kind))
    main = records[0]
    others = dict.fromkeys(record.kind for record in records if record.kind is not main.kind)
    names = (str(kind._meta.verbose_name_plural) for kind in others)
    several = len({record.pk for record in records if record.kind is main.kind}) > 1
    form = main.owner and f"admin:leaderboard_{main.owner._meta.model_name}_change"
    is_there = form and main.name and (main.owner, main.pk) not in gone
    return Change(
        date=main.date,
        user=main.user,
        kind=capfirst(str(main.kind._meta.verbose_name)),
        name=main.name + (" …" if several else ""),
        address=reverse(form, args=[main.pk]) if is_there else "",
        done=DONE[main.type],
        others=listed(names),
    )
