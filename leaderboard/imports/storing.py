"""Stores a previewed file in one short transaction."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext

from leaderboard.models import LLM, Alias, Benchmark, Import, Metric, Organization, Source
from leaderboard.models.keys import make_address
from leaderboard.models.locks import write_content
from leaderboard.readers.registry import ReadFile
from leaderboard.readers.results import Reading
from leaderboard.text.names import name_key
from leaderboard.text.words import place

from .choices import Choices
from .comparing import make_preview
from .edits import describe_edits_since
from .memory import without_cycle_search
from .new_rows import explain_no_address
from .preview import PlannedFact, PlannedScore, Preview, Values, row_id
from .sources import build_source, list_files, name_benchmarks
from .targets import unique_targets
from .writing import (
    SHOWN_REASONS,
    BulkWriter,
    ImportRefused,
    id_of,
    load_scores,
    publish_if_visible,
    put_scores,
    waiting_row,
)


def confirm(
    file: ReadFile,
    choices: Choices,
    digest: str,
    user: Any = None,
    since: datetime | None = None,
    pending: Import | None = None,
    judge: Callable[[Preview], None] | None = None,
) -> Import:
    """Stores what the preview with this digest showed: all of it, in one transaction.

    Raises ImportRefused if something in the file is undecided, or the content has changed since,
    and what `judge` raises of the preview as it is within the lock.
    """
    check_source(file)

    def write() -> Import:
        named = {"file_name": file.name, "file_sha256": file.sha256, "format": file.format}
        imported = waiting_row(pending) if pending else Import(**named, created_by=user)
        preview = make_preview(file.reading, choices)  # anew, as the content may have changed
        if judge:
            judge(preview)
        check_preview(preview, digest, since, file.reading)
        write_preview(preview, file, choices, imported, user)
        return imported

    try:
        with without_cycle_search():
            return write_content(write)
    except IntegrityError as error:  # another program wrote without the content lock
        raise ImportRefused(
            gettext(
                "Nothing was imported: something of the same name or address, or what it belongs "
                "to, was added or deleted at this moment. Look at the preview again."
            )
        ) from error


def check_source(file: ReadFile) -> None:
    """Raises ImportRefused for a source that its own form would refuse."""
    try:
        for origin in list_files(file):
            build_source(origin).full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise ImportRefused(
            gettext("Nothing was imported: mend what is said of the source."),
            *(
                f"{gettext(name.replace('_', ' '))}: {' '.join(messages)}"
                for name, messages in error.message_dict.items()
            ),
        ) from error


def check_preview(preview: Preview, digest: str, since: datetime | None, reading: Reading) -> None:
    """Raises ImportRefused for a preview that has changed, or that has undecided lines."""
    if preview.digest != digest:
        raise ImportRefused(
            gettext("Nothing was imported: the content has changed since the preview."),
            *describe_edits_since(preview, since, reading),
            gettext("Look at the preview again."),
        )
    if preview.blocking:
        raise ImportRefused(
            *(f"{place(line.where)}: {line.reason}" for line in preview.blocking[:SHOWN_REASONS])
        )


def write_preview(
    preview: Preview, file: ReadFile, choices: Choices, imported: Import, user: Any
) -> None:
    """Writes all rows of the preview in bulk: single saves would take queries for each row.

    The reason is public, so it does not name the file.
    """
    writer = BulkWriter(user, choices.reason or "Imported from a file")
    llms = create_llms(preview, writer)
    metrics = create_metrics(preview, writer)
    public = set(Metric.objects.published().values_list("pk", flat=True))
    chosen = find_chosen_source(choices)
    sources = (
        dict.fromkeys(range(len(list_files(file))), chosen)
        if chosen
        else find_or_create_sources_of_files(preview.scores, file, metrics, writer)
    )
    imported.source = next(iter(sources.values())) if len(set(sources.values())) == 1 else None
    imported.reason = choices.reason
    scores = write_scores(preview.scores, sources, llms, metrics, writer)
    facts = write_facts(preview.facts, writer)
    remember_aliases(preview, llms, metrics, writer)
    imported.state = Import.State.DONE
    imported.imported_at = writer.now
    imported.reading = None
    imported.change_count = preview.change_count
    writer.created.pop("score", None)  # `scores` lists them one by one
    imported.changes = {
        "scores": scores,
        "facts": facts,
        "created": writer.created,
        "names": name_changed_rows(preview, llms, metrics),
    }
    imported.save()
    touched = {llm for llm, metric, *_ in scores if metric in public}
    changed = touched | {change.llm for change in preview.facts} | set(llms.values())
    publish_if_visible(changed, writer)


def name_changed_rows(
    preview: Preview, llms: dict[str, int], metrics: dict[str, int]
) -> dict[str, dict[int, str]]:
    """Returns the names of the changed rows: they show also after a row is deleted."""
    new = {target.name: str(target.new) for target in (*preview.new_llms, *preview.new_metrics)}
    lines = [line for line in preview.lines if line.change]
    return {
        "llm": {
            row_id(line.change.llm, llms): new.get(line.change.llm, line.llm)  # type: ignore[union-attr,arg-type]
            for line in lines
        },
        "metric": {
            row_id(line.change.metric, metrics): new.get(line.subject, line.subject)
            for line in lines
            if isinstance(line.change, PlannedScore)
        },
    }


def create_llms(preview: Preview, writer: BulkWriter) -> dict[str, int]:
    """Creates the new LLMs. Returns {the file's name: the new id}."""
    organizations = find_or_create_organizations(
        [target.belongs_to for target in preview.new_llms]
        + [change.after for change in preview.facts if change.field == "organization"],
        writer,
    )
    for target in preview.new_llms:
        target.new.organization = organizations.get(name_key(target.belongs_to))
    writer.create(LLM, [target.new for target in preview.new_llms])
    return {target.name: target.new.pk for target in preview.new_llms}


def find_or_create_organizations(names: list[str], writer: BulkWriter) -> dict[str, Organization]:
    """Returns the organizations by name key, those that the file names first created."""
    known = {organization.name_key: organization for organization in Organization.objects.all()}
    wanted = {name_key(name): name for name in names if name and name_key(name) not in known}
    made = [Organization(name=name) for name in wanted.values()]
    give_addresses(made)
    writer.create(Organization, made)
    return known | {organization.name_key: organization for organization in made}


def give_addresses(new: Sequence[Organization | Benchmark]) -> None:
    """Makes the addresses of new rows. Raises ImportRefused where two would have the same."""
    taken = set(type(new[0]).objects.values_list("slug", flat=True)) if new else set()
    for row in new:
        row.slug = make_address(row.name, taken)
        if not row.slug:
            raise ImportRefused(explain_no_address(row.name))
        row.derive()
        taken.add(row.slug)


def create_metrics(preview: Preview, writer: BulkWriter) -> dict[str, int]:
    """Creates the new metrics and their benchmarks. Returns {the file's name: the new id}."""
    names = {name_key(target.belongs_to): target.belongs_to for target in preview.new_metrics}
    made = {key: Benchmark(name=name) for key, name in names.items() if name}
    give_addresses(list(made.values()))
    writer.create(Benchmark, list(made.values()))
    for target in preview.new_metrics:
        target.new.benchmark = target.new.benchmark or made.get(name_key(target.belongs_to))
        target.new.derive()
    writer.create(Metric, [target.new for target in preview.new_metrics])
    return {target.name: target.new.pk for target in preview.new_metrics}


def find_or_create_sources_of_files(
    changes: list[PlannedScore], file: ReadFile, metrics: dict[str, int], writer: BulkWriter
) -> dict[int, Source]:
    """Returns the source of each file that scores come from, by the file's number.

    It is the one that an earlier import of this file made, else a new one.
    """
    files = list_files(file)
    tested: dict[int, dict[int, None]] = defaultdict(dict)  # {file: its metrics, in their order}
    for change in changes:
        if change.after and not change.keeps_source:
            tested[change.file][row_id(change.metric, metrics)] = None
    names = name_benchmarks(chain.from_iterable(tested.values()))
    described = {
        number: build_source(
            files[number], dict.fromkeys(names[metric] for metric in tested[number])
        )
        for number in sorted(tested)
    }
    for source in described.values():
        source.clean_fields()  # brings its title into the form of Unicode that is stored
    hashes = {source.file_sha256 for source in described.values()}
    earlier = Source.objects.filter(file_sha256__in=hashes).order_by("-pk") if hashes else ()
    known: dict[tuple[str, ...], Source] = {}
    for source in earlier:  # the title of a file that says none was made at its first import
        known |= {source_key(source): source, ("", source.url, source.file_sha256): source}
    keys = {
        number: source_key(source)
        if files[number].provenance.title
        else ("", source.url, source.file_sha256)
        for number, source in described.items()
    }
    new: dict[tuple[str, ...], Source] = {}
    for number, source in described.items():
        if keys[number] not in known:
            new.setdefault(keys[number], source)
    writer.create(Source, list(new.values()))
    return {number: (known | new)[key] for number, key in keys.items()}


def source_key(source: Source) -> tuple[str, ...]:
    """Returns that by which the source of a file is found again."""
    return source.title, source.url, source.file_sha256


def find_chosen_source(choices: Choices) -> Source | None:
    """Returns the stored source that was chosen. Raises ImportRefused if it was deleted since."""
    if choices.source is None:
        return None
    chosen: Source | None = Source.objects.filter(pk=choices.source).first()
    if chosen is None:
        raise ImportRefused(gettext("Nothing was imported: the chosen source was deleted."))
    return chosen


def find_or_create_sources(changes: list[PlannedScore], writer: BulkWriter) -> dict[str, Source]:
    """Returns the source for each address in the table; a new one where there is none."""
    wanted = dict.fromkeys(change.source_url for change in changes if change.source_url)
    known = {source.url: source for source in Source.objects.filter(url__in=wanted)}
    made = [Source(title=url[:200], url=url) for url in wanted if url not in known]
    writer.create(Source, made)
    return known | {source.url: source for source in made}


def write_scores(
    changes: list[PlannedScore],
    of_files: dict[int, Source],
    llms: dict[str, int],
    metrics: dict[str, int],
    writer: BulkWriter,
) -> list[list[Any]]:
    """Writes the scores.

    Returns [[LLM, metric, values before or None, values after or None]], with which undo
    restores them.
    """
    sources = find_or_create_sources(changes, writer)
    by_ids = {
        (row_id(change.llm, llms), row_id(change.metric, metrics)): change for change in changes
    }
    here = load_scores(by_ids)
    after: dict[tuple[int, int], Values | None] = {}
    for pair, change in by_ids.items():
        if change.after is None:
            after[pair] = None
            continue
        if change.keeps_source:
            after[pair] = change.after
            continue
        of_cell = sources.get(change.source_url) or of_files.get(change.file)
        after[pair] = change.after._replace(source_id=id_of(of_cell))
    put_scores(here, after, writer)
    return [
        [*pair, change.before and list(change.before), after[pair] and list(after[pair])]  # type: ignore[arg-type]
        for pair, change in by_ids.items()
    ]


def write_facts(changes: list[PlannedFact], writer: BulkWriter) -> list[list[Any]]:
    """Writes the facts. Returns [[LLM, column, before, after]], by which undo restores them."""
    if not changes:
        return []
    organizations = {
        organization.name_key: organization for organization in Organization.objects.all()
    }
    llms = LLM.objects.in_bulk({change.llm for change in changes})
    written = []
    for change in changes:
        column, value, before = change.field, change.after, change.before
        if column == "organization":
            column = "organization_id"
            value = id_of(organizations.get(name_key(value)))
            before = id_of(organizations.get(name_key(before)))
        written.append([change.llm, column, before, value])
        setattr(llms[change.llm], column, value)
    writer.change(LLM, list(llms.values()), {column for _, column, *_ in written})
    return written


def remember_aliases(
    preview: Preview, llms: dict[str, int], metrics: dict[str, int], writer: BulkWriter
) -> None:
    """Stores the file's names that the maintainer matched by hand, for the next import."""
    aliases = [
        Alias(name=target.name, llm_id=target.id or llms.get(target.name))
        for target in unique_targets(preview.targets.llms)
        if target.is_alias and (target.id or target.name in llms)
    ] + [
        Alias(name=target.name, metric_id=target.id or metrics.get(target.name))
        for target in unique_targets(preview.targets.metrics)
        if target.is_alias and (target.id or target.name in metrics)
    ]
    for alias in aliases:
        alias.derive()
    writer.create(Alias, aliases)
