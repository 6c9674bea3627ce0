"""Compares the results of a file with the content, which makes the preview."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from leaderboard.models import LLM, Metric, Score
from leaderboard.readers.results import Problem, Reading, Result, stated_details
from leaderboard.standings.aggregates import shown_values
from leaderboard.standings.records import load_records
from leaderboard.standings.structure import make_structure
from leaderboard.text.numbers import format_exact
from leaderboard.text.words import listed, say

from .catalogue import Catalogue, load_catalogue
from .causes import leave_out_causes
from .choices import Choices
from .line_texts import (
    describe_difference,
    explain_contradiction,
    list_other_changes,
    reason_and_remedy,
    signed_text,
    value_text,
)
from .matching import find_targets
from .planned_facts import FactLines
from .planned_values import error_text, is_error_at_stake, missing_questions, plan_values
from .preview import Line, PlannedScore, Preview, State, Values
from .settings import (
    REPLACE,
    SettingsOfRuns,
    Settled,
    StoredSettings,
    find_entries,
    load_sources,
    said_by_files,
    states_settings,
)
from .sources import is_own_export, says_source
from .targets import NameStatus, Target, Targets, unique_targets


@dataclass(frozen=True)
class StoredContent:
    """The stored content that a file is compared with."""

    catalogue: Catalogue
    scores: dict[tuple[int, int], Values]
    shown: dict[tuple[int, int], Decimal]  # values of aggregates, as the page and its CSV show them
    llms: dict[int, LLM]  # those whose facts the file states
    sources: dict[int, tuple[str, str]]  # settings and harness, where the file has any


def make_preview(reading: Reading, choices: Choices) -> Preview:
    """Returns what an import of this file would do to the content as it is now; writes nothing."""
    catalogue = load_catalogue()
    targets = find_targets(reading, choices, catalogue)
    stored = load_stored_content(reading, targets, catalogue)
    runs = settings_of_runs(reading, choices, targets, stored)
    settled = runs.settle_all(reading.results)
    targets = runs.targets()
    keeps_sources = choices.source is None and is_own_export(reading)
    of_results = ResultLines(
        choices, targets, stored, keeps_sources and not says_source(reading.provenance)
    )
    of_facts = FactLines(targets, catalogue, stored.llms, choices)
    lines: Iterable[Line] = [
        *(of_results.problem(problem) for problem in reading.problems),
        *of_results.lines(reading.results, settled),
        *of_facts.lines(reading.facts),
        *unmatched_lines(targets),
    ]
    described = frozenset(targets.llms[fact.llm].name for fact in reading.facts)
    lines = leave_out_causes(lines, choices.causes)
    return Preview(tuple(lines), targets, described, reading.notes, dict(runs.counts))


def settings_of_runs(
    reading: Reading, choices: Choices, targets: Targets, stored: StoredContent
) -> SettingsOfRuns:
    """Returns what compares the settings of the file's runs with those of the stored scores."""
    return SettingsOfRuns(
        choices,
        StoredSettings(
            stored.catalogue, targets, stored.scores, stored.sources, said_by_files(reading)
        ),
    )


def load_stored_content(reading: Reading, targets: Targets, catalogue: Catalogue) -> StoredContent:
    """Reads the content, in a constant number of queries."""
    llms = [target.id for target in targets.llms.values() if target.id]
    metrics = [target.id for target in targets.metrics.values() if target.id]
    has_settings = states_settings(reading)
    if has_settings:
        llms += find_entries(llms, catalogue)
    described = {llm for fact in reading.facts if (llm := targets.llms[fact.llm].id)}
    rows = Score.objects.filter(metric__in=metrics, llm__in=llms).values_list(
        "llm_id", "metric_id", *Values._fields
    )
    scores = {(llm, metric): Values(*values) for llm, metric, *values in rows.order_by()}
    aggregates = [metric for metric in metrics if catalogue.metrics[metric].aggregate]
    return StoredContent(
        catalogue=catalogue,
        scores=scores,
        sources=load_sources(scores) if has_settings else {},
        shown=load_shown_aggregates(aggregates, llms),
        llms={llm.pk: llm for llm in LLM.objects.filter(pk__in=described)},
    )


def load_shown_aggregates(aggregates: list[int], llms: list[int]) -> dict[tuple[int, int], Decimal]:
    """Returns the shown values of aggregates: an exported table holds these."""
    if not aggregates:
        return {}
    records = load_records(aggregates, llms=LLM.objects.filter(pk__in=llms))
    return {
        (llm, metric): shown.value
        for llm, values in shown_values(records.scores, make_structure(records.metrics)).items()
        for metric, shown in values.items()
    }


@dataclass
class ResultLines:
    """Decides what an import does with each result."""

    choices: Choices
    targets: Targets
    stored: StoredContent
    keeps_sources: bool = False  # also of values that change

    def problem(self, problem: Problem) -> Line:
        """Returns the line of a cell that holds no result."""
        targets = (
            self.targets.llms.get(problem.llm),
            self.targets.metrics.get(problem.metric),
        )
        state = State.MISSING if problem.is_missing else State.INVALID
        if problem.is_left_out or any(
            target and target.status is NameStatus.LEFT_OUT for target in targets
        ):
            state = State.LEFT_OUT
        return Line(
            state,
            problem.where,
            problem.llm,
            problem.metric,
            new=say(problem.value),
            reason=reason_and_remedy(problem),
            remedy=say(problem.remedy),
            is_asked=problem.is_asked,
        )

    def lines(self, results: tuple[Result, ...], settled: list[Settled]) -> Iterator[Line]:
        """Yields a line for each result; a cell that two rows state alike gets one line."""
        seen: dict[tuple[int | str, int | str], Result] = {}
        for result, at in zip(results, settled, strict=True):
            llm, metric = at.llm, self.targets.metrics[result.metric]
            if llm is not self.targets.llms[result.llm]:
                result = replace(result, llm=llm.name)
            if NameStatus.LEFT_OUT in (llm.status, metric.status):
                yield self.line(State.LEFT_OUT, result, new=value_text(result.value))
            elif {llm.status, metric.status} <= {NameStatus.MATCHED, NameStatus.NEW}:
                first = seen.setdefault((llm.key, metric.key), result)
                if first is result:
                    yield self.compare(result, at, metric)
                elif stated_details(first) != stated_details(result):
                    yield self.invalid(result, explain_contradiction(first, result))

    def compare(self, result: Result, at: Settled, metric: Target) -> Line:
        """Returns the line of a result whose LLM and metric are known or created."""
        llm, differs = at.llm, self.describe(at)
        row = metric.new or self.stored.catalogue.metrics[metric.id]  # type: ignore[index]
        if row.is_rank_based:
            reason = gettext("It is computed here, from ranks; no value of it is stored.")
            return self.line(State.LEFT_OUT, result, new=value_text(result.value), reason=reason)
        before = shown = None
        if llm.id is not None and metric.id is not None:
            before = self.stored.scores.get((llm.id, metric.id))
            shown = self.stored.shown.get((llm.id, metric.id))
        if differs and at.decision != REPLACE:
            return self.kept(result, before, at.decision, differs)
        if result.value is None:
            return self.emptied(result, llm, metric, before)
        try:
            is_percent = result.metric in self.choices.percent
            # A run of other settings keeps nothing of the score that it replaces.
            kept = None if differs else before
            after = plan_values(result, row, kept, is_percent, self.choices.keep_errors)
        except ValidationError as error:
            return self.invalid(result, " ".join(error.messages))
        if (before == after and not differs) or shown == after.value:
            return self.line(State.UNCHANGED, result, old=format_exact(after.value))
        lack = "" if self.choices.allow_partial else missing_questions(result, row)
        if lack:
            reason = gettext("%(lack)s Allow partial runs to import it.") % {"lack": lack}
            return self.line(State.PARTIAL, result, new=format_exact(after.value), reason=reason)
        at_stake = kept is not None and is_error_at_stake(result, kept, after)
        return self.line(
            State.CHANGED if before else State.NEW,
            result,
            old=format_exact(before.value) if before else "",
            new=format_exact(after.value),
            difference=signed_text(after.value - before.value) if before else "",
            reason="; ".join(filter(None, [differs, list_other_changes(before, after, at_stake)])),
            standard_error=error_text(row, after),
            is_error_at_stake=at_stake,
            change=self.plan(result, llm.key, metric.key, before, kept, after),
        )

    def plan(
        self,
        result: Result,
        llm: int | str,
        metric: int | str,
        before: Values | None,
        kept: Values | None,
        after: Values,
    ) -> PlannedScore:
        """Returns the change; `kept` is what a run of other settings keeps nothing of."""
        keeps = self.keeps_source(result, kept, after)
        return PlannedScore(llm, metric, before, after, result.source_url, result.file, keeps)

    def keeps_source(self, result: Result, before: Values | None, after: Values) -> bool:
        """Whether a score keeps its source: if its value does, or in an export of this site."""
        if before is None:
            return False
        is_same = before.value == after.value and before.source_id is not None
        return is_same or (self.keeps_sources and not result.source_url)

    def describe(self, at: Settled) -> str:
        """Returns what differs in the settings of the run; "" for the same."""
        return listed(map(describe_difference, at.differences)) if at.differences else ""

    def kept(self, result: Result, before: Values | None, decision: str, differs: str) -> Line:
        """Returns the line of a run with other settings that replaces nothing, or not yet."""
        return self.line(
            State.LEFT_OUT if decision else State.OTHER_SETTINGS,
            result,
            old=format_exact(before.value) if before else "",
            new=value_text(result.value),
            reason=differs,
        )

    def emptied(self, result: Result, llm: Target, metric: Target, before: Values | None) -> Line:
        """Returns the line of a cell that the file empties: its score is removed."""
        if before is None:
            return self.line(State.UNCHANGED, result)
        change = PlannedScore(llm.key, metric.key, before, None)
        return self.line(State.REMOVED, result, old=format_exact(before.value), change=change)

    def invalid(self, result: Result, reason: str) -> Line:
        return self.line(State.INVALID, result, new=value_text(result.value), reason=reason)

    def line(self, state: State, result: Result, **more: Any) -> Line:
        """Makes a line; it names the LLM and metric as (to be) stored, else as the file does."""
        catalogue = self.stored.catalogue
        metric: Metric | None = catalogue.metrics.get(self.targets.metrics[result.metric].id or 0)
        llm = catalogue.llms.get(self.targets.llms[result.llm].id or 0)
        new = self.targets.llms[result.llm].new
        return Line(
            state=state,
            where=result.where,
            llm=llm.name if llm else new.name if new else result.llm,
            subject=str(metric) if metric else result.metric,
            question_count=result.question_count,
            **more,
        )


def unmatched_lines(targets: Targets) -> Iterator[Line]:
    """Yields a line for each name that means nothing here, or that cannot be created."""
    no_llm = gettext("No LLM here has this name. Choose one, create it, or leave it out.")
    no_metric = gettext("No metric here has this name. Choose one, create it, or leave it out.")
    for kind, new, named, reason in (
        ("LLM", gettext("new LLM"), targets.llms, no_llm),
        (gettext("metric"), gettext("new metric"), targets.metrics, no_metric),
    ):
        for target in unique_targets(named):
            if target.status is NameStatus.UNMATCHED:
                yield Line(State.UNMATCHED, kind, target.name, "", reason=reason)
            elif target.status is NameStatus.INVALID:
                yield Line(State.INVALID, new, target.name, "", reason=target.error, is_asked=True)
