"""Scores of a run that was set up in another way than the stored score's: never a correction.

Where both sources say a setting, such as n-shot, and it differs, the maintainer decides once for
each (setting, old, new): replace the stored scores, keep them, or store the new ones of another
LLM, “Alpha (0-shot)”. If an LLM of that name is here, undecided scores are its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from leaderboard.models import LLM, Source
from leaderboard.readers.results import Reading, Result
from leaderboard.readers.run_settings import find_differences, name_setting, read_run_settings
from leaderboard.text.facts import FACTS

from .catalogue import Catalogue
from .choices import Choices
from .new_rows import draft_new_llm, find_taken_names
from .preview import Difference, Values
from .targets import NameStatus, Target, Targets

REPLACE, KEEP, NEW_LLM = "replace", "keep", "new-llm"
DECISIONS = (REPLACE, KEEP, NEW_LLM)
# Of the stored LLM, that another entry has too. Files find an LLM by its Hugging Face id, so only
# one of them may have it.
COPIED = tuple(
    fact.field for fact in FACTS if fact.field not in ("organization", "huggingface_id")
)  # fmt: skip


class Settled(NamedTuple):
    """Where a result goes, and what is to be done with it there."""

    llm: Target
    differences: tuple[Difference, ...] = ()
    decision: str = REPLACE  # "" if it is open


@dataclass(frozen=True)
class StoredSettings:
    """What is needed of the content and of the file to compare settings."""

    catalogue: Catalogue
    targets: Targets
    scores: dict[tuple[int, int], Values]
    sources: dict[int, tuple[str, str]]  # settings and harness
    of_files: list[tuple[str, str]]  # settings and harness, in the order that Result.file counts


def said_by_files(reading: Reading) -> list[tuple[str, str]]:
    """Returns the settings and the harness of each file."""
    said = [file.provenance for file in reading.files] or [reading.provenance]
    return [(each.settings, each.harness) for each in said]


def states_settings(reading: Reading) -> bool:
    """Whether a file tells how its run was set up; tables do not."""
    return any(settings or harness for settings, harness in said_by_files(reading))


def find_entries(llms: Iterable[int], catalogue: Catalogue) -> set[int]:
    """Returns the LLMs whose name, or a former one, is one of these with brackets behind it.

    Entries of entries too: whatever a result may be settled at has to be read before.
    """
    bases = {catalogue.llms[llm].name_key for llm in llms}
    found: set[int] = set()
    while bases:
        more = {
            llm
            for name, llm in catalogue.llm_names.items()
            if llm not in found and any(start in bases for start in before_brackets(name))
        }
        found |= more
        bases = {catalogue.llms[llm].name_key for llm in more}
    return found


def before_brackets(name: str) -> Iterator[str]:
    """Yields what stands before each bracket in a name."""
    end = name.find(" (")
    while end > 0:
        yield name[:end]
        end = name.find(" (", end + 1)


def load_sources(scores: dict[tuple[int, int], Values]) -> dict[int, tuple[str, str]]:
    """Reads the settings and harness of the sources of these scores, in one query."""
    ids = {values.source_id for values in scores.values() if values.source_id}
    rows = Source.objects.filter(pk__in=ids).values_list("pk", "settings", "harness")
    return {pk: (settings, harness) for pk, settings, harness in rows.order_by()}


@dataclass
class SettingsOfRuns:
    """Decides for each result whether its settings are those of the stored score."""

    choices: Choices
    stored: StoredSettings
    entries: dict[str, Target] = field(default_factory=dict)  # by their names
    counts: Counter[Difference] = field(default_factory=Counter)
    # Of each LLM, the settings by which scores went to another entry.
    moved: dict[int, dict[frozenset[tuple[str, str]], Target]] = field(default_factory=dict)

    def settle_all(self, results: tuple[Result, ...]) -> list[Settled]:
        """Settles every result; one that the LLM had no score for follows the others of its run."""
        llms = self.stored.targets.llms
        settled = [self.settle_at(result, llms[result.llm]) for result in results]
        return [self.follow(result, at) for result, at in zip(results, settled, strict=True)]

    def settle_at(
        self, result: Result, llm: Target, passed: frozenset[int] = frozenset()
    ) -> Settled:
        """Settles a result as one of this LLM, or of an entry that is made of it.

        An LLM that was passed is no entry of its own, though a former name or an alias says so.
        """
        differences = self.differences(result, llm)
        if not differences:
            return Settled(llm)
        self.counts.update(differences)
        said = {each: self.decision(each) for each in differences}
        apart = [each for each, decision in said.items() if decision in ("", NEW_LLM)]
        name, passed = self.name_entry(llm, apart), passed | {llm.id or 0}
        known = self.stored.catalogue.llm(name)
        known = None if known in passed else known
        if "" in said.values() and not (apart and known):
            return Settled(llm, differences, "")
        if apart:
            entry = self.entry(llm, name, known)
            settings = frozenset((each.setting, each.new) for each in apart)
            self.moved.setdefault(llm.id or 0, {})[settings] = entry
            return self.settle_at(result, entry, passed)
        return Settled(llm, differences, KEEP if KEEP in said.values() else REPLACE)

    def decision(self, difference: Difference) -> str:
        return self.choices.settings.get(difference.key) or self.choices.other_settings

    def differences(self, result: Result, llm: Target) -> tuple[Difference, ...]:
        """Returns what both sources say, and say differently; a score by hand has no source."""
        metric = self.stored.targets.metrics[result.metric]
        before = self.stored.scores.get((llm.id or 0, metric.id or 0))
        source = self.stored.sources.get(before.source_id or 0) if before else None
        if source is None:
            return ()
        old = read_run_settings(*source, task_of(result))
        found = find_differences(old, self.settings(result))
        return tuple(Difference(name, *values) for name, values in found.items())

    def settings(self, result: Result) -> dict[str, str]:
        return read_run_settings(*self.stored.of_files[result.file], task_of(result))

    def follow(self, result: Result, settled: Settled) -> Settled:
        """Lets a new score go where the other scores of its LLM with these settings went."""
        llm, metric = settled.llm, self.stored.targets.metrics[result.metric]
        moved = self.moved.get(llm.id or 0)
        if not moved or (llm.id, metric.id) in self.stored.scores:
            return settled
        said = set(self.settings(result).items())
        entry = next((entry for settings, entry in moved.items() if settings <= said), None)
        return self.settle_at(result, entry) if entry else settled

    def name_entry(self, llm: Target, apart: list[Difference]) -> str:
        """Returns “Alpha (0-shot)”, in every language of the site the same."""
        base = self.stored.catalogue.llms[llm.id or 0].name
        return f"{base} ({', '.join(name_setting(each.setting, each.new) for each in apart)})"

    def entry(self, llm: Target, name: str, known: int | None) -> Target:
        """Returns the target of another entry, which is here or to be created."""
        if name not in self.entries:
            self.entries[name] = (
                Target(name, NameStatus.MATCHED, known) if known else self.draft(llm, name)
            )
        return self.entries[name]

    @cached_property
    def originals(self) -> dict[int, LLM]:
        """The LLMs that other entries may be made of, in one query."""
        ids = {llm for llm, _metric in self.stored.scores}
        return LLM.objects.select_related("organization").in_bulk(ids)

    def draft(self, llm: Target, name: str) -> Target:
        """Returns a new LLM of this name with the facts of another."""
        taken = find_taken_names(self.stored.catalogue)
        for target in (*self.stored.targets.llms.values(), *self.entries.values()):
            if target.new:
                taken.slugs.add(target.new.slug)
                taken.llms.add(target.new.name_key)
        original = self.originals[llm.id or 0]
        owner = original.organization.name if original.organization else ""
        made = draft_new_llm(
            name, {"name": name, "organization": owner}, self.stored.catalogue, taken
        )
        if made.new:
            for copied in COPIED:
                setattr(made.new, copied, getattr(original, copied))
            made.new.is_published = original.is_published
        return replace(made, is_alias=False)

    def targets(self) -> Targets:
        """Returns the targets with the entries that got scores."""
        used = {entry.name: entry for moved in self.moved.values() for entry in moved.values()}
        return replace(self.stored.targets, llms={**self.stored.targets.llms, **used})


def task_of(result: Result) -> str:
    """Returns the task of a result, as the formats of evaluators write it: “sciq / acc,none”."""
    return result.metric.partition(" / ")[0]
