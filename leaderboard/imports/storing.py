"""A previewed file becomes content in one short transaction, and can be taken back as a whole."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from leaderboard.models import LLM, Alias, Benchmark, Import, Metric, Organization, Source
from leaderboard.models.keys import make_address
from leaderboard.readers.registry import File
from leaderboard.readers.results import Reading
from leaderboard.text.names import name_key
from leaderboard.text.words import place

from .edits import changed_since
from .judge import make_preview
from .matching import Choices, no_address, once
from .preview import FactChange, Preview, ScoreChange, Values, row_id
from .writing import (
    EDITED,
    SHOWN_REASONS,
    Log,
    Refusal,
    id_of,
    lock,
    locked_cells,
    publish_if_visible,
    put_scores,
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
