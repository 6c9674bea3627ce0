"""Taking an import back: exactly what it changed, or nothing and the reasons."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from .imports import (
    SHOWN_REASONS,
    Log,
    Refusal,
    cells_of,
    describe_record,
    lock_content,
    put_scores,
    typed,
    typed_value,
    values_of,
)
from .models import LLM, Alias, Benchmark, Import, Metric, Organization, Score, Source
from .numbers import plain
from .previews import Values, fact_text
from .revision import publish_change


def undo(imported: Import, user: Any = None) -> None:
    """Restore exactly what the import changed.

    Raises Refusal, with a sentence for every obstacle, if somebody has edited any of it since.
    """
    with transaction.atomic():
        lock_content()
        stored = Import.objects.select_for_update().get(pk=imported.pk)
        if stored.state != Import.State.DONE:
            raise Refusal("This import is not in force: it was taken back already.")
        undoing = Undoing(stored)
        reasons = undoing.obstacles()
        if reasons:
            raise Refusal("Nothing was undone.", *reasons[:SHOWN_REASONS])
        undoing.restore(Log(user, f"Import of {stored.file_name} undone"))
        stored.state = Import.State.UNDONE
        stored.undone_at, stored.undone_by = timezone.now(), user
        # Its source may just have been removed with the rest.
        stored.save(update_fields=["state", "undone_at", "undone_by"])


CREATED = (Alias, LLM, Organization, Metric, Benchmark, Source)  # in the order of removal


class Undoing:
    def __init__(self, imported: Import):
        changes = imported.changes or {}
        self.imported = imported
        self.cells = {
            (llm, metric): (values(before), values(after))
            for llm, metric, before, after in changes["scores"]
        }
        self.facts = [(llm, column, *(fact_of(column, each) for each in pair))
                      for llm, column, *pair in changes["facts"]]  # fmt: skip
        self.created = changes["created"]
        self.here = cells_of(self.cells, lock=True)
        self.llms = LLM.objects.in_bulk({llm for llm, *_ in self.facts})

    def obstacles(self) -> list[str]:
        return [*self.changed_scores(), *self.changed_facts(), *self.used_since()]

    def changed_scores(self) -> Iterable[str]:
        for (llm, metric), (_, after) in self.cells.items():
            row = self.here.get((llm, metric))
            if values_of(row) != after:
                record = Score.history.filter(llm_id=llm, metric_id=metric).latest("history_id")
                yield describe_record(record)

    def changed_facts(self) -> Iterable[str]:
        for llm, column, _, after in self.facts:
            row = self.llms.get(llm)
            if row is None:
                yield "An LLM of this import was deleted since."
            elif getattr(row, column) != after:
                yield f"{row}: {column.removesuffix('_id')} was edited since."

    def used_since(self) -> Iterable[str]:
        """What the import created and others have built upon or edited."""
        ours = set(self.cells)
        for llm in LLM.objects.filter(pk__in=self.created.get("llm", ())):
            others = llm.scores.exclude(metric__in=[m for own, m in ours if own == llm.pk])
            if others.exists() or was_edited(llm):
                yield f"{llm}, which the import added, was edited or got other scores since."
        for metric in Metric.objects.filter(pk__in=self.created.get("metric", ())):
            others = metric.scores.exclude(llm__in=[own for own, m in ours if m == metric.pk])
            if (
                others.exists()
                or metric.columns.exists()
                or metric.part_of.exists()
                or was_edited(metric)
            ):
                yield f"{metric}, which the import added, is on a leaderboard or was edited since."
        for source in Source.objects.filter(pk__in=self.created.get("source", ())):
            if was_edited(source):
                yield f"The source “{source}” of the import was edited since."

    def restore(self, log: Log) -> None:
        was_visible = self.visible()
        put_scores(self.here, {pair: before for pair, (before, _) in self.cells.items()}, log)
        for llm, column, before, _ in reversed(self.facts):
            setattr(self.llms[llm], column, before)
        log.change(LLM, list(self.llms.values()))
        self.remove_created()
        if was_visible:
            publish_change()

    def visible(self) -> bool:
        public = set(Metric.objects.published().values_list("pk", flat=True))
        llms = {llm for llm, metric in self.cells if metric in public} | set(self.llms)
        return (
            LLM.objects.published().filter(pk__in=llms | set(self.created.get("llm", ()))).exists()
        )

    def remove_created(self) -> None:
        """What others use by now stays: an organization, a benchmark or a source may be shared."""
        for model in CREATED:
            for row in model.objects.filter(pk__in=self.created.get(model._meta.model_name, ())):
                if not is_used(row):
                    row.delete()


def is_used(row: models.Model) -> bool:
    match row:
        case Organization():
            return row.llms.exists()
        case Benchmark():
            return row.metrics.exists()
        case Source():
            return row.scores.exists()
    return False


def was_edited(row: Any) -> bool:
    return row.history.count() > 1


def values(stored: list | None) -> Values | None:
    """As they were written into JSON, where decimals and dates are texts."""
    if stored is None:
        return None
    return Values(**typed(dict(zip(Values._fields, stored, strict=True))))


def fact_of(column: str, stored: Any) -> Any:
    if column in ("parameters", "active_parameters") and stored is not None:
        return Decimal(stored)
    return typed_value(column, stored)


def describe_changes(imported: Import) -> list[tuple[str, str, str, str]]:
    """(LLM, metric or fact, before, after) of what an import has changed."""
    changes = imported.changes or {"scores": [], "facts": [], "created": {}, "names": {}}
    llms, metrics = (changes["names"].get(kind, {}) for kind in ("llm", "metric"))
    new = [
        (llms.get(str(llm), ""), "LLM", "–", "added") for llm in changes["created"].get("llm", ())
    ]
    scores = [
        (llms.get(str(llm), ""), metrics.get(str(metric), ""), *map(value_text, pair))
        for llm, metric, *pair in changes["scores"]
    ]
    facts = [
        (
            llms.get(str(llm), ""),
            column.removesuffix("_id").replace("_", " "),
            *map(fact_text, pair),
        )
        for llm, column, *pair in changes["facts"]
    ]
    return [*new, *scores, *facts]


def value_text(stored: list | None) -> str:
    return "–" if stored is None else plain(Decimal(stored[0]))
