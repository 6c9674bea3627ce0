"""A previewed file becomes content in one short transaction, and can be taken back as a whole."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from . import sentences
from .importers import File
from .importers.results import Fact, LLMDraft, MetricDraft, Problem, Provenance, Reading, Result
from .matching import Choices, no_address, once
from .models import (
    LLM,
    Alias,
    Benchmark,
    ContentRevision,
    Import,
    Metric,
    Organization,
    Score,
    Source,
)
from .models.base import make_address
from .names import name_key
from .numbers import plain
from .previews import (
    FactChange,
    Preview,
    ScoreChange,
    Values,
    make_preview,
    row_id,
)
from .revision import publish_change
from .words import place

SHOWN_REASONS = 20
EDITED = gettext_noop(
    "Nothing was imported: somebody edited the same at this moment. Look at the preview again."
)


class Refusal(Exception):
    """Nothing was stored; the sentences say why."""

    def __init__(self, *reasons: str):
        super().__init__(*reasons)
        self.reasons = reasons


# Reading and back: what waits between preview and confirmation


def to_json(reading: Reading) -> dict[str, Any]:
    return asdict(replace(reading, problems=(), notes=())) | {
        "problems": [
            {each.name: sentences.to_json(getattr(problem, each.name)) for each in fields(Problem)}
            for problem in reading.problems
        ],
        "notes": [sentences.to_json(note) for note in reading.notes],
    }


def from_json(data: dict[str, Any]) -> Reading:
    return Reading(
        results=tuple(Result(**typed(each)) for each in data["results"]),
        facts=tuple(Fact(**each) for each in data["facts"]),
        problems=tuple(
            Problem(**{name: sentences.from_json(each) for name, each in problem.items()})
            for problem in data["problems"]
        ),
        notes=tuple(sentences.from_json(note) for note in data["notes"]),
        llms={name: LLMDraft(**typed(each)) for name, each in data["llms"].items()},
        metrics={name: MetricDraft(**typed(each)) for name, each in data["metrics"].items()},
        provenance=Provenance(**typed(data["provenance"])),
    )


NUMBERS = {"value", "standard_error", "parameters", "minimum", "maximum"}
DATES = {"measured_on", "date", "released"}


def typed(texts: dict[str, Any]) -> dict[str, Any]:
    """JSON has neither decimals nor dates: they are texts there."""
    return {name: typed_value(name, value) for name, value in texts.items()}


def typed_value(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in NUMBERS:
        return Decimal(value)
    return date.fromisoformat(value) if name in DATES else value


def with_source(reading: Reading, title: str = "", url: str = "") -> Reading:
    """With what the maintainer says of the source in place of what the file says."""
    said = reading.provenance
    return replace(
        reading, provenance=replace(said, title=title or said.title, url=url or said.url)
    )


# Confirming


def confirm(
    file: File,
    choices: Choices,
    digest: str,
    user: Any = None,
    since: datetime | None = None,
    pending: Import | None = None,
) -> Import:
    """Store what the preview with this digest showed: all of it, in one transaction.

    Raises Refusal if something in the file is still open, or if the content has changed since.
    """
    imported = pending or Import(
        file_name=file.name, file_sha256=file.sha256, format=file.format, created_by=user
    )
    check_source(file)
    preview = make_preview(file.reading, choices)  # the one that was seen may be old
    check(preview, digest, since, file.reading)
    try:
        with transaction.atomic():
            lock(imported)
            write(preview, file, imported, user)
    except IntegrityError as error:
        raise Refusal(
            gettext(
                "Nothing was imported: something of the same name or address, or what it belongs "
                "to, was added or deleted at this moment. Look at the preview again."
            )
        ) from error
    return imported


def lock_content() -> None:
    """One import or undo at a time: a second one waits here, then finds what the first has done."""
    list(ContentRevision.objects.select_for_update())


def lock(imported: Import) -> None:
    lock_content()
    if imported.pk:
        state = Import.objects.select_for_update().get(pk=imported.pk).state
        if state != Import.State.PENDING:
            raise Refusal(gettext("This file has been imported already, from another window."))


def check_source(file: File) -> None:
    """Raises Refusal for a source that its own form would refuse."""
    try:
        source_of(file).full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise Refusal(
            gettext("Nothing was imported: mend what is said of the source."),
            *(
                f"{gettext(name.replace('_', ' '))}: {' '.join(said)}"
                for name, said in error.message_dict.items()
            ),
        ) from error


def check(preview: Preview, digest: str, since: datetime | None, reading: Reading) -> None:
    if preview.digest != digest:
        raise Refusal(
            gettext("Nothing was imported: the content has changed since the preview."),
            *changed_since(preview, since, reading),
            gettext("Look at the preview again."),
        )
    if preview.blocking:
        raise Refusal(
            *(f"{place(line.where)}: {line.reason}" for line in preview.blocking[:SHOWN_REASONS])
        )


def changed_since(preview: Preview, since: datetime | None, reading: Reading) -> list[str]:
    """“gpt-4o in AMCQA overall is 0.8 since 2026-11-23 14:05 UTC (anna)”

    Of every cell of the file: an edit may have made it what the file says.
    """
    if since is None:
        return []
    llms, metrics = preview.targets.llms, preview.targets.metrics
    cells = {(llms[each.llm].id, metrics[each.metric].id) for each in reading.results}
    records = Score.history.filter(history_date__gt=since).order_by("history_id")
    edits = [each for each in records if (each.llm_id, each.metric_id) in cells]
    described = {llms[fact.llm].id for fact in reading.facts}
    facts = LLM.history.filter(history_date__gt=since, id__in=described).order_by("history_id")
    return [
        *describe_records(edits[:SHOWN_REASONS]),
        *(
            gettext("%(llm)s was edited %(since)s.")
            % {"llm": each.name, "since": when_and_by(each)}
            for each in facts[:SHOWN_REASONS]
        ),
    ]


def describe_records(records: list[Any]) -> list[str]:
    """What became of scores; the LLM or the metric may be gone by now."""
    llms = LLM.objects.in_bulk({each.llm_id for each in records})
    metrics = Metric.objects.select_related("benchmark").in_bulk(
        {each.metric_id for each in records}
    )
    return [
        describe_record(
            each,
            llms.get(each.llm_id, gettext("A deleted LLM")),
            metrics.get(each.metric_id, gettext("a deleted metric")),
        )
        for each in records
    ]


def describe_record(record: Any, llm: object, metric: object) -> str:
    if record.history_type == "-":
        template = gettext("%(llm)s in %(metric)s has no score %(since)s.")
    else:
        template = gettext("%(llm)s in %(metric)s is %(value)s %(since)s.")
    return template % {
        "llm": llm,
        "metric": metric,
        "value": plain(record.value),
        "since": when_and_by(record),
    }


def when_and_by(record: Any) -> str:
    moment = f"{record.history_date:%Y-%m-%d %H:%M} UTC"
    if not record.history_user:
        return gettext("since %(moment)s") % {"moment": moment}
    return gettext("since %(moment)s by %(user)s") % {
        "moment": moment,
        "user": record.history_user,
    }


class Log:
    """Writes rows in bulk, with one date, one user and one reason in their history, and remembers
    what it created.

    History is copied inside the database, one statement for all rows: making an object of every
    record takes longer than all the rest of an import.
    """

    def __init__(self, user: Any, reason: str):
        self.user, self.reason = user, reason
        self.now = timezone.now()
        self.created: dict[str, list[int]] = defaultdict(list)

    def create(self, model: Any, rows: list) -> None:
        if rows:
            model.objects.bulk_create(rows)
            self.created[model._meta.model_name] += [row.pk for row in rows]
            if hasattr(model, "history"):
                self.record(model, rows, "+")

    def change(self, model: Any, rows: list) -> None:
        """By one upsert: an UPDATE with a CASE per row takes seconds for thousands."""
        if rows:
            fields = [f.name for f in model._meta.concrete_fields if not f.primary_key]
            model.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["id"], update_fields=fields
            )
            self.record(model, rows, "~")

    def remove(self, model: Any, rows: list) -> None:
        """Of scores only: nothing else hangs on them."""
        if rows:
            self.record(model, rows, "-")
            stored = model.objects.filter(pk__in=[row.pk for row in rows])
            stored._raw_delete(stored.db)

    def record(self, model: Any, rows: list, history_type: str) -> None:
        quote = connection.ops.quote_name
        columns = ", ".join(quote(field.column) for field in model._meta.concrete_fields)
        history, table = (quote(each._meta.db_table) for each in (model.history.model, model))
        date = connection.ops.adapt_datetimefield_value(self.now)
        said = [date, history_type, self.reason, self.user.pk if self.user else None]
        marks = ", ".join(["%s"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {history} ({columns}, history_date, history_type, "
                "history_change_reason, history_user_id) "
                f"SELECT {columns}, %s, %s, %s, %s FROM {table} WHERE id IN ({marks}) ORDER BY id",
                [*said, *(row.pk for row in rows)],
            )


def write(preview: Preview, file: File, imported: Import, user: Any) -> None:
    """All rows of the preview; the signals of single saves would ask queries for each of them."""
    log = Log(user, f"Imported from {file.name}")
    llms = create_llms(preview, log)
    metrics = create_metrics(preview, log)
    public = set(Metric.objects.published().values_list("pk", flat=True))
    imported.source = make_source(file, log) if any(c.after for c in preview.scores) else None
    scores = write_scores(preview.scores, imported.source, llms, metrics, log)
    facts = write_facts(preview.facts, log)
    remember_aliases(preview, llms, metrics, log)
    imported.state = Import.State.DONE
    imported.imported_at = log.now
    imported.reading = None
    imported.change_count = preview.change_count
    log.created.pop("score", None)  # they are told one by one
    imported.changes = {
        "scores": scores,
        "facts": facts,
        "created": log.created,
        "names": names_of(preview, llms, metrics),
    }
    imported.save()
    touched = {llm for llm, metric, *_ in scores if metric in public}
    publish_if_visible(touched | {change.llm for change in preview.facts} | set(llms.values()))


def names_of(preview: Preview, llms: dict[str, int], metrics: dict[str, int]) -> dict[str, dict]:
    """What was written about, by name: it may be gone when somebody asks."""
    new = {each.name: str(each.new) for each in (*preview.new_llms, *preview.new_metrics)}
    lines = [line for line in preview.lines if line.change]
    return {
        "llm": {
            row_id(line.change.llm, llms): new.get(line.llm, line.llm)  # type: ignore[union-attr]
            for line in lines
        },
        "metric": {
            row_id(line.change.metric, metrics): new.get(line.subject, line.subject)
            for line in lines
            if isinstance(line.change, ScoreChange)
        },
    }


def publish_if_visible(llms: set[int]) -> None:
    """A draft must not be noticed from outside."""
    if LLM.objects.published().filter(pk__in=llms).exists():
        publish_change()


def create_llms(preview: Preview, log: Log) -> dict[str, int]:
    """{the file's name: the id of the new LLM}"""
    organizations = organizations_for(
        [target.belongs_to for target in preview.new_llms]
        + [change.after for change in preview.facts if change.field == "organization"],
        log,
    )
    for target in preview.new_llms:
        target.new.organization = organizations.get(name_key(target.belongs_to))
    log.create(LLM, [target.new for target in preview.new_llms])
    return {target.name: target.new.pk for target in preview.new_llms}


def organizations_for(names: list[str], log: Log) -> dict[str, Organization]:
    """By name key: those that are here, and those that the file names first."""
    known = {each.name_key: each for each in Organization.objects.all()}
    wanted = {name_key(name): name for name in names if name and name_key(name) not in known}
    made = [Organization(name=name) for name in wanted.values()]
    give_addresses(made)
    log.create(Organization, made)
    return known | {each.name_key: each for each in made}


def give_addresses(new: Sequence[Organization | Benchmark]) -> None:
    """Raises Refusal for two of one file that would have the same."""
    taken = set(type(new[0]).objects.values_list("slug", flat=True)) if new else set()
    for each in new:
        each.slug = make_address(each.name, taken)
        if not each.slug:
            raise Refusal(no_address(each.name))
        each.derive()
        taken.add(each.slug)


def create_metrics(preview: Preview, log: Log) -> dict[str, int]:
    """{the file's name: the id of the new metric}, with the benchmarks that they belong to"""
    names = {name_key(each.belongs_to): each.belongs_to for each in preview.new_metrics}
    made = {key: Benchmark(name=name) for key, name in names.items() if name}
    give_addresses(list(made.values()))
    log.create(Benchmark, list(made.values()))
    for target in preview.new_metrics:
        target.new.benchmark = target.new.benchmark or made.get(name_key(target.belongs_to))
        target.new.derive()
    log.create(Metric, [target.new for target in preview.new_metrics])
    return {target.name: target.new.pk for target in preview.new_metrics}


def make_source(file: File, log: Log) -> Source:
    """Of a file that was imported before, the one that it has."""
    source = source_of(file)
    source.clean_fields()  # as it is stored: its name in one form of Unicode
    found = Source.objects.filter(
        title=source.title, url=source.url, file_sha256=source.file_sha256
    ).first()
    if found:
        return found
    log.create(Source, [source])
    return source


def source_of(file: File) -> Source:
    said = file.reading.provenance
    fields = asdict(said) | {"title": said.title or file.name, "file_name": file.name}
    return Source(**fields, file_sha256=file.sha256)


def sources_by_url(changes: list[ScoreChange], log: Log) -> dict[str, Source]:
    """Of tables that name the page of each number: the source with that address, or a new one."""
    wanted = dict.fromkeys(change.source_url for change in changes if change.source_url)
    found = {each.url: each for each in Source.objects.filter(url__in=wanted)}
    made = [Source(title=url[:200], url=url) for url in wanted if url not in found]
    log.create(Source, made)
    return found | {each.url: each for each in made}


Cells = dict[tuple[int, int], Score]


def cells_of(pairs: Iterable[tuple[int, int]], lock: bool = False) -> Cells:
    """The scores of these LLMs and metrics that there are, in one query."""
    wanted = set(pairs)
    found = Score.objects.filter(
        llm__in={llm for llm, _ in wanted}, metric__in={metric for _, metric in wanted}
    )
    # In no order: that of scores joins benchmarks, which PostgreSQL does not lock.
    found = found.order_by().select_for_update() if lock else found.order_by()
    rows = {(row.llm_id, row.metric_id): row for row in found}
    return {pair: rows[pair] for pair in wanted & rows.keys()}


def locked_cells(changes: dict[tuple[int, int], ScoreChange]) -> Cells:
    """The scores as the preview read them, held until the end: an edit that came in between, on a
    database that lets it, is not overwritten."""
    here = cells_of(changes, lock=True)
    for pair, change in changes.items():
        if values_of(here.get(pair)) != change.before:
            raise Refusal(gettext(EDITED))
    return here


def values_of(row: Score | None) -> Values | None:
    return Values(*(getattr(row, name) for name in Values._fields)) if row else None


def write_scores(
    changes: list[ScoreChange],
    source: Source | None,
    llms: dict[str, int],
    metrics: dict[str, int],
    log: Log,
) -> list[list]:
    """[[LLM, metric, values before or None, values after or None]], to take them back."""
    sources = sources_by_url(changes, log)
    by_ids = {
        (row_id(change.llm, llms), row_id(change.metric, metrics)): change for change in changes
    }
    here = locked_cells(by_ids)
    after: dict[tuple[int, int], Values | None] = {}
    for pair, change in by_ids.items():
        if change.after is None:
            after[pair] = None
            continue
        of_cell = sources.get(change.source_url, source)
        after[pair] = change.after._replace(source_id=id_of(of_cell))
    put_scores(here, after, log)
    return [
        [*pair, change.before and list(change.before), after[pair] and list(after[pair])]  # type: ignore[arg-type]
        for pair, change in by_ids.items()
    ]


def put_scores(here: Cells, wanted: dict[tuple[int, int], Values | None], log: Log) -> None:
    """Make these cells hold these values, None for no score."""
    changed: list[Score] = []
    new: list[Score] = []
    for (llm, metric), values in wanted.items():
        if values is None:
            continue
        row = here.get((llm, metric)) or Score(llm_id=llm, metric_id=metric)
        for name, value in values._asdict().items():
            setattr(row, name, value)
        (changed if row.pk else new).append(row)
    log.remove(Score, [here[pair] for pair, values in wanted.items() if values is None])
    log.change(Score, changed)
    log.create(Score, new)


def write_facts(changes: list[FactChange], log: Log) -> list[list]:
    """[[LLM, column, before, after]], to take them back."""
    organizations = {each.name_key: each for each in Organization.objects.all()}
    llms = LLM.objects.select_for_update(of=("self",)).in_bulk({c.llm for c in changes})
    written = []
    for change in changes:
        column, value, before = change.field, change.after, change.before
        if column == "organization":
            column = "organization_id"
            value = id_of(organizations.get(name_key(value)))
            before = id_of(organizations.get(name_key(before)))
        if change.llm not in llms or getattr(llms[change.llm], column) != before:
            raise Refusal(gettext(EDITED))
        written.append([change.llm, column, before, value])
        setattr(llms[change.llm], column, value)
    log.change(LLM, list(llms.values()))
    return written


def id_of(row: models.Model | None) -> int | None:
    return row.pk if row else None


def remember_aliases(
    preview: Preview, llms: dict[str, int], metrics: dict[str, int], log: Log
) -> None:
    aliases = [
        Alias(name=target.name, llm_id=target.id or llms.get(target.name))
        for target in once(preview.targets.llms)
        if target.is_alias and (target.id or target.name in llms)
    ] + [
        Alias(name=target.name, metric_id=target.id or metrics.get(target.name))
        for target in once(preview.targets.metrics)
        if target.is_alias and (target.id or target.name in metrics)
    ]
    for alias in aliases:
        alias.derive()
    log.create(Alias, aliases)
