"""The readings of several files as one. Pure: no Django, no database."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from leaderboard.text.names import name_key
from leaderboard.text.sentences import Phrase, noop

from .results import (
    FileOrigin,
    LLMDraft,
    MetricDraft,
    Problem,
    Provenance,
    Reading,
    Result,
    describe_conflict,
    drop_repeated_facts,
    drop_repeated_results,
    short,
)

STORED = Decimal("1e-8")  # the digits that a score keeps
IN_FILE = noop("%(file)s: %(place)s")


class FileReading(NamedTuple):
    """One file of several: how messages show it, and what was read of it."""

    place: str
    name: str
    sha256: str
    format: str
    reading: Reading


def merge(files: list[FileReading]) -> Reading:
    """Returns one reading of all files; each result names its file.

    A score that two files give alike is read once, from the first.
    """
    llms: dict[str, LLMDraft] = {}
    metrics: dict[str, MetricDraft] = {}
    for file in reversed(files):  # the first file that describes a name counts
        llms |= file.reading.llms
        metrics |= file.reading.metrics
    results, repeated = drop_repeated(
        replace(result, where=in_file(file.place, result.where), file=number)
        for number, file in enumerate(files)
        for result in file.reading.results
    )
    facts, contradicted = drop_repeated_facts(
        replace(fact, where=in_file(file.place, fact.where))
        for file in files
        for fact in file.reading.facts
    )
    problems = (
        replace(problem, where=in_file(file.place, problem.where))
        for file in files
        for problem in file.reading.problems
    )
    return Reading(
        results=tuple(results),
        facts=tuple(facts),
        problems=(*problems, *repeated, *contradicted),
        notes=tuple(merge_notes(files)),
        llms=llms,
        metrics=metrics,
        provenance=common_provenance([file.reading.provenance for file in files]),
        files=tuple(
            FileOrigin(file.name, file.sha256, file.format, file.reading.provenance)
            for file in files
        ),
        parts=tuple(files) if any(file.reading.layout for file in files) else (),
    )


def join_lines(lines: Iterable[tuple[str, Reading]]) -> Reading:
    """Returns one reading of the records on the lines of a file; each result names its line.

    What records say alike of their source is one source: by its title and address, of which the
    first counts. Whoever opened the file names it (`files`).
    """
    llms: dict[str, LLMDraft] = {}
    metrics: dict[str, MetricDraft] = {}
    sources: dict[tuple[str, str], Provenance] = {}
    numbers: dict[tuple[str, str], int] = {}
    results: list[Result] = []
    problems: list[Problem] = []
    notes: dict[str, None] = {}
    for place, reading in lines:
        llms |= {name: draft for name, draft in reading.llms.items() if name not in llms}
        metrics |= {name: draft for name, draft in reading.metrics.items() if name not in metrics}
        source = (reading.provenance.title, reading.provenance.url)
        sources.setdefault(source, reading.provenance)
        number = numbers.setdefault(source, len(numbers))
        results += (
            replace(result, where=in_file(place, result.where), file=number)
            for result in reading.results
        )
        problems += (
            replace(problem, where=in_file(place, problem.where)) for problem in reading.problems
        )
        notes |= dict.fromkeys(reading.notes)
    kept, repeated = drop_repeated_results(results)
    several = tuple(sources.values()) if len(sources) > 1 else ()
    return Reading(
        results=tuple(kept),
        problems=(*problems, *repeated),
        notes=tuple(notes),
        llms=llms,
        metrics=metrics,
        provenance=common_provenance(list(several)) if several else next(iter(sources.values())),
        files=tuple(FileOrigin("", "", "", source) for source in several),
    )


def in_file(file: str, place: str) -> str:
    """Returns the place in a file with the file in front."""
    return Phrase(IN_FILE, file=file, place=place)


def drop_repeated(results: Iterable[Result]) -> tuple[list[Result], list[Problem]]:
    """Returns each score once, and a problem for each score that differs between two places.

    Means that two programs work out from the same answers differ in the last digits of a float:
    numbers are alike that are stored alike, and what only one of them says counts as said.
    """
    key = cache(name_key)
    kept: dict[tuple[str, str], Result] = {}
    problems = []
    for result in results:
        first = kept.setdefault((key(result.llm), key(result.metric)), result)
        if first is not result and not is_same_score(first, result):
            problems.append(describe_conflict(first, result))
    return list(kept.values()), problems


def is_same_score(first: Result, second: Result) -> bool:
    """Whether two results of one score say the same, as far as both say it."""
    if None in (first.value, second.value):
        return first.value is second.value
    return all(
        one is None or other is None or abs(Decimal(one) - Decimal(other)) <= STORED / 2
        for one, other in (
            (first.value, second.value),
            (first.standard_error, second.standard_error),
            (first.question_count, second.question_count),
        )
    )


def merge_notes(files: list[FileReading]) -> list[str]:
    """Returns each note once, with its file, or the first of them and how many more."""
    places: dict[str, list[str]] = defaultdict(list)
    for file in files:
        for note in file.reading.notes:
            places[note].append(file.place)
    return [
        in_file(f"{short(first)} (+{len(others)})" if others else short(first, 150), note)
        for note, [first, *others] in places.items()
    ]


def common_provenance(all_of: list[Provenance]) -> Provenance:
    """Returns what all files say alike of their sources; titles differ."""
    tiers = {said.tier for said in all_of}
    return Provenance(tier=tiers.pop() if len(tiers) == 1 else Provenance().tier)
