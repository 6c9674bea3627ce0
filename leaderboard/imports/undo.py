"""Undoes an import: restores exactly what it changed, or changes nothing and says why."""

from collections.abc import Callable, Iterable
from copy import copy
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from leaderboard.models import LLM, Alias, Benchmark, Import, Metric, Organization, Score, Source
from leaderboard.models.locks import write_content
from leaderboard.models.revision import publish_change
from leaderboard.text.facts import FactKind, fields_of_kind
from leaderboard.text.numbers import format_exact
from leaderboard.text.words import listed

from .edits import describe_records
from .memory import without_cycle_search
from .pending import restore_type, restore_types
from .preview import Values, fact_text
from .writing import (
    SHOWN_REASONS,
    BulkWriter,
    ImportRefused,
    load_scores,
    put_scores,
    read_score,
)


def undo(imported: Import, user: Any = None) -> None:
    """Restores exactly what the import changed.

    Raises ImportRefused, with a sentence for each obstacle, if somebody edited any of it since.
    """

    def write() -> None:
        stored = Import.objects.select_for_update().get(pk=imported.pk)
        if stored.state != Import.State.DONE:
            raise ImportRefused(gettext("This import is not in force: it was taken back already."))
        undoing = Undoing(stored)
        reasons = undoing.obstacles()
        if reasons:
            raise ImportRefused(gettext("Nothing was undone."), *reasons[:SHOWN_REASONS])
        undoing.restore(BulkWriter(user, say_undone(stored)))
        stored.state = Import.State.UNDONE
        stored.undone_at, stored.undone_by = timezone.now(), user
        # Only these fields: the restoring has perhaps removed its source.
        stored.save(update_fields=["state", "undone_at", "undone_by"])

    with without_cycle_search():
        write_content(write)


def say_undone(imported: Import) -> str:
    """Returns the public reason of an undo, which does not name the file."""
    return f"Import undone: {imported.reason}" if imported.reason else "Import undone"


# What an import may create, in the order of removal.
CREATED: tuple[Any, ...] = (Alias, LLM, Organization, Metric, Benchmark, Source)


class Undoing:
    """An import that is being undone: what it changed, and what is stored there now."""

    def __init__(self, imported: Import):
        changes = imported.changes or {}
        self.imported = imported
        self.cells = {
            (llm, metric): (read_values(before), read_values(after))
            for llm, metric, before, after in changes["scores"]
        }
        self.facts = [(llm, column, *(read_fact(column, stored) for stored in pair))
                      for llm, column, *pair in changes["facts"]]  # fmt: skip
        self.created = changes["created"]
        self.here = load_scores(self.cells)
        self.llms = LLM.objects.in_bulk({llm for llm, *_ in self.facts})

    def obstacles(self) -> list[str]:
        """Returns a sentence for each reason why the import cannot be undone."""
        return [
            *self.changed_scores(),
            *self.changed_facts(),
            *self.used_since(),
            *self.lost_rows(),
            *self.refused_values(),
        ]

    def changed_scores(self) -> Iterable[str]:
        """Yields a sentence for each score that was edited since."""
        edited = [
            pair
            for pair, (_, after) in self.cells.items()
            if read_score(self.here.get(pair)) != after
        ]
        for llm, metric in edited[:SHOWN_REASONS]:
            records = Score.history.filter(llm_id=llm, metric_id=metric).order_by("-history_id")
            for sentence in describe_records(list(records[:1])):
                yield f"{sentence} {self.changed_details(llm, metric)}".strip()

    def changed_details(self, llm: int, metric: int) -> str:
        """Says which details an edit changed while it left or restored the value; else "".

        The form forgets the digits and the standard error of a value that is typed anew.
        """
        now, (_, after) = read_score(self.here.get((llm, metric))), self.cells[llm, metric]
        if now is None or after is None or now.value != after.value:
            return ""
        pairs = zip(Values._fields, after, now, strict=True)
        changed = [
            f"{column_name(field)} {fact_text(old)} → {fact_text(new)}"
            if field != "source_id"
            else column_name(field)
            for field, old, new in pairs
            if old != new
        ]
        return gettext("The import left it with other details: %(details)s.") % {
            "details": listed(changed)
        }

    def lost_rows(self) -> Iterable[str]:
        """Yields a sentence for each kind of row that old values need and that was deleted."""
        before = [old for old, _ in self.cells.values() if old]
        organizations = {old for _, column, old, _ in self.facts if column == "organization_id"}
        for lost, model, wanted in (
            (gettext("An LLM was deleted since."), LLM, {llm for llm, _ in self.cells}),
            (gettext("A metric was deleted since."), Metric, {metric for _, metric in self.cells}),
            (
                gettext("The former source of a score was deleted since."),
                Source,
                {old.source_id for old in before},
            ),
            (
                gettext("The former organization of an LLM was deleted since."),
                Organization,
                organizations,
            ),
        ):
            ids = wanted - {None}
            if model.objects.filter(pk__in=ids).count() < len(ids):
                yield lost

    def refused_values(self) -> Iterable[str]:
        """Yields a sentence for each old value that a rule refuses which was changed since."""
        metrics = Metric.objects.select_related("benchmark").in_bulk(
            {metric for _, metric in self.cells}
        )
        for (_, metric), (before, _) in self.cells.items():
            if before and metric in metrics:
                yield from refusals(metrics[metric].check_value, before.value)
        restored = {llm.pk: copy(llm) for llm in self.llms.values()}
        for llm, column, before, _ in reversed(self.facts):
            if llm in restored:
                setattr(restored[llm], column, before)
        for row in restored.values():
            for sentence in refusals(row.check_sizes):
                yield f"{row}: {sentence}"

    def changed_facts(self) -> Iterable[str]:
        """Yields a sentence for each fact that was edited since."""
        last = {(llm, column): after for llm, column, _, after in self.facts}
        for (llm, column), after in last.items():
            row = self.llms.get(llm)
            if row is None:
                yield gettext("An LLM of this import was deleted since.")
            elif getattr(row, column) != after:
                yield gettext("%(llm)s: %(field)s was edited since.") % {
                    "llm": row,
                    "field": column_name(column),
                }

    def used_since(self) -> Iterable[str]:
        """Yields a sentence for each created row that others use or have edited."""
        for model, what in (
            (
                LLM,
                gettext("%(name)s, which the import added, was edited or got other scores since."),
            ),
            (
                Metric,
                gettext(
                    "%(name)s, which the import added, is on a leaderboard or was edited since."
                ),
            ),
            (Source, gettext("The source “%(name)s” of the import was edited since.")),
        ):
            ids = self.created.get(model._meta.model_name, ())
            changed = edited_rows(model, ids)
            if model is not Source:
                changed |= used_rows(model, ids, set(self.cells))
            for row in model.objects.filter(pk__in=changed):
                yield what % {"name": row}

    def restore(self, writer: BulkWriter) -> None:
        """Writes the old values back and removes what the import created."""
        was_visible = self.is_visible()
        put_scores(self.here, {pair: before for pair, (before, _) in self.cells.items()}, writer)
        for llm, column, before, _ in reversed(self.facts):
            setattr(self.llms[llm], column, before)
        columns = {column for _, column, *_ in self.facts}
        writer.change(LLM, list(self.llms.values()), columns)
        self.remove_created(writer)
        if was_visible:
            publish_change(writer.touched)

    def is_visible(self) -> bool:
        """Whether visitors see anything that the import changed."""
        public = set(Metric.objects.published().values_list("pk", flat=True))
        llms = {llm for llm, metric in self.cells if metric in public} | set(self.llms)
        return (
            LLM.objects.published().filter(pk__in=llms | set(self.created.get("llm", ()))).exists()
        )

    def remove_created(self, writer: BulkWriter) -> None:
        """Removes the rows that the import created and that nobody else uses or has edited.

        Organizations, benchmarks and sources may be shared by now; those stay.
        """
        ours = {model: self.created.get(model._meta.model_name, []) for model in CREATED}
        of_ours = Q(llm__in=ours[LLM]) | Q(metric__in=ours[Metric]) | Q(pk__in=ours[Alias])
        writer.remove(Alias, list(Alias.objects.filter(of_ours)))
        for model in CREATED:
            if model is Alias:
                continue
            kept = used_rows(model, ours[model]) | edited_rows(model, ours[model])
            if model is Source:
                Import.objects.filter(source__in=set(ours[model]) - kept).update(source=None)
            writer.remove(model, list(model.objects.filter(pk__in=set(ours[model]) - kept)))


def refusals(check: Callable[..., None], *arguments: Any) -> list[str]:
    """Returns the sentences of the ValidationError that this check raises; [] if it accepts."""
    try:
        check(*arguments)
    except ValidationError as error:
        return error.messages
    return []


def used_rows(model: Any, ids: Iterable[int], ours: Iterable[tuple[int, int]] = ()) -> set[int]:
    """Returns the rows to which others refer, except by aliases and by scores in our cells."""
    used: set[int] = set()
    cells = set(ours)
    for relation in model._meta.related_objects:
        other, name = relation.related_model, relation.field.attname
        if other in (Alias, Import):
            continue
        rows = other.objects.filter(**{f"{relation.field.name}__in": ids})
        if other is Score:
            pairs = rows.values_list(name, "llm_id", "metric_id")
            used |= {row for row, *pair in pairs if tuple(pair) not in cells}
        else:
            used |= set(rows.values_list(name, flat=True))
    return used


def edited_rows(model: Any, ids: Iterable[int]) -> set[int]:
    """Returns the rows that differ from how they were created; reverted edits do not count."""
    fields = [field.attname for field in model._meta.concrete_fields]
    new = set(model.history.filter(id__in=ids, history_type="+").values_list(*fields))
    return {
        row[0] for row in model.objects.filter(pk__in=ids).values_list(*fields) if row not in new
    }


def read_values(stored: list[Any] | None) -> Values | None:
    """Returns the values of a score from JSON, where decimals and dates are texts."""
    if stored is None:
        return None
    return Values(**restore_types(dict(zip(Values._fields, stored, strict=True))))


def read_fact(column: str, stored: Any) -> Any:
    """Returns the value of a fact from JSON."""
    if column in fields_of_kind(FactKind.NUMBER) and stored is not None:
        return Decimal(stored)
    return restore_type(column, stored)


def list_import_changes(imported: Import) -> list[tuple[str, str, str, str]]:
    """Returns (LLM, metric or fact, before, after) of what an import has changed."""
    changes = imported.changes or {"scores": [], "facts": [], "created": {}, "names": {}}
    llms, metrics = (changes["names"].get(kind, {}) for kind in ("llm", "metric"))
    new = [
        (llms.get(str(llm), ""), "LLM", "–", gettext("added"))
        for llm in changes["created"].get("llm", ())
    ]
    scores = [
        (llms.get(str(llm), ""), metrics.get(str(metric), ""), *map(write_stored_value, pair))
        for llm, metric, *pair in changes["scores"]
    ]
    facts = [
        (
            llms.get(str(llm), ""),
            column_name(column),
            *(fact_text(read_fact(column, value)) for value in pair),
        )
        for llm, column, *pair in changes["facts"]
    ]
    return [*new, *scores, *facts]


def list_sources(imported: Import) -> list[Source]:
    """Returns the sources of the scores that an import has written, one for each of its files."""
    place = Values._fields.index("source_id")
    written = [after for _, _, _, after in (imported.changes or {}).get("scores", ()) if after]
    return list(Source.objects.filter(pk__in={after[place] for after in written}))


def column_name(column: str) -> str:
    """Returns the name of a column in the reader's language."""
    return gettext(column.removesuffix("_id").replace("_", " "))


def write_stored_value(stored: list[Any] | None) -> str:
    """Writes the value of a score from JSON; “–” for no score."""
    return "–" if stored is None else format_exact(Decimal(stored[0]))
