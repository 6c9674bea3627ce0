"""The source that an import gives its scores: one that is here, or one made of what is said.

The name of an uploaded file may tell more than its maintainer wants. It is stored for maintainers,
and never part of a title.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from leaderboard.models import Metric, Source
from leaderboard.readers.registry import ReadFile
from leaderboard.readers.results import FileOrigin, Provenance, Reading
from leaderboard.text.facts import EXPORTED
from leaderboard.text.words import listed

NAMED_BENCHMARKS = 3  # in a title; others are counted
EXPORT_HEADERS = {"llm", "slug", "rank", *(fact.field for fact in EXPORTED)}


def is_own_export(reading: Reading) -> bool:
    """Whether a table has the columns of this site's CSV: its values have sources here."""
    return reading.table is not None and set(reading.table.header) >= EXPORT_HEADERS


def says_source(said: Provenance) -> bool:
    """Whether the title or the address of a source is given."""
    return bool(said.title or said.url)


def list_files(file: ReadFile) -> tuple[FileOrigin, ...]:
    """Returns the files that were read as one; the file itself if it is the only one."""
    reading = file.reading
    return reading.files or (FileOrigin(file.name, file.sha256, file.format, reading.provenance),)


def build_source(origin: FileOrigin, benchmarks: Iterable[str] = ()) -> Source:
    """Returns the source that a file describes, not saved."""
    said = origin.provenance
    title = said.title or make_title(said, list(benchmarks))
    fields = asdict(said) | {"title": title, "file_name": origin.name}
    return Source(**fields, file_sha256=origin.sha256)


def make_title(said: Provenance, benchmarks: list[str]) -> str:
    """Returns a title made of harness, benchmarks, evaluator and date: of today if none is said.

    “lm-evaluation-harness 0.4.8: sciq, 2025-03-01”. It is content, so it is not translated.
    """
    what = f"{said.harness} {said.harness_version}".strip() or "Results"
    named, more = benchmarks[:NAMED_BENCHMARKS], len(benchmarks) - NAMED_BENCHMARKS
    if more > 0:
        named.append(f"{more} more")
    head = f"{what}: {', '.join(named)}" if named else what
    day = (said.date or date.today()).isoformat()
    end = ", ".join(filter(None, [said.evaluator[:60], day]))
    return f"{head[:120]}, {end}"


def name_benchmarks(metrics: Iterable[int]) -> dict[int, str]:
    """Returns the benchmark of each metric, or its own name if it has none; in one query."""
    rows = Metric.objects.filter(pk__in=set(metrics)).values_list("pk", "benchmark__name", "name")
    return {pk: benchmark or name for pk, benchmark, name in rows.order_by()}


def find_source(text: str) -> Source:
    """Returns the source that is meant by this number, title or address.

    Raises ValidationError if there is none, or if several have the title.
    """
    text = text.strip()
    number = int(text) if text.isdecimal() and len(text) < 16 else 0
    found = list(Source.objects.filter(pk=number)) if number else []
    for field in ("title", "url"):
        found = found or list(Source.objects.filter(**{field: text})[:10])
    if not found:
        raise ValidationError(gettext("There is no source “%(text)s”.") % {"text": text[:100]})
    if len(found) > 1:
        numbers = listed([str(source.pk) for source in found])
        refusal = gettext("Several sources are called so. Type the number of one: %(numbers)s.")
        raise ValidationError(refusal % {"numbers": numbers})
    source: Source = found[0]
    return source
