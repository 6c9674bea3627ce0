"""Decides for each result of a file whether it is stored, and says why not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from leaderboard.models import LLM, Metric, Organization, Score, Source
from leaderboard.readers.results import Fact, Problem, Reading, Result, said, short
from leaderboard.standings.aggregates import bottom_up, shown_values
from leaderboard.standings.records import load_records
from leaderboard.standings.uncertainty import binomial_uncertainty
from leaderboard.text.names import name_key
from leaderboard.text.numbers import LARGEST, plain, reported_places
from leaderboard.text.words import place, say, word

from .catalogue import Catalogue, load_catalogue
from .matching import Choices, Fate, Target, Targets, fact_value, find_targets, once, owner_name
from .preview import FactChange, Line, Preview, ScoreChange, State, Values, fact_text

STORED = Decimal("1e-8")  # what a NumberField keeps
MOST_QUESTIONS = 1_000_000_000  # as Score has it


@dataclass(frozen=True)
class Present:
    """The content that a file is compared with."""

    catalogue: Catalogue
    scores: dict[tuple[int, int], Values]
    shown: dict[tuple[int, int], Decimal]  # of aggregates, as the page and its CSV show them
    llms: dict[int, LLM]  # those of whom the file states facts
    organizations: dict[int, str]  # their names


def make_preview(reading: Reading, choices: Choices) -> Preview:
    catalogue = load_catalogue()
    targets = find_targets(reading, choices, catalogue)
    present = load_present(reading, targets, catalogue)
    judge = Judge(choices, targets, present)
    lines = [
        *(judge.problem(each) for each in reading.problems),
        *judge.results(reading.results),
        *(line for fact in reading.facts if (line := judge.fact(fact))),
        *unmatched_lines(targets),
    ]
    described = frozenset(targets.llms[fact.llm].name for fact in reading.facts)
    return Preview(tuple(lines), targets, described, reading.notes)


def load_present(reading: Reading, targets: Targets, catalogue: Catalogue) -> Present:
    """In a constant number of queries."""
    llms = [each.id for each in targets.llms.values() if each.id]
    metrics = [each.id for each in targets.metrics.values() if each.id]
    described = {number for fact in reading.facts if (number := targets.llms[fact.llm].id)}
    rows = Score.objects.filter(metric__in=metrics, llm__in=llms).values_list(
        "llm_id", "metric_id", *Values._fields
    )
    return Present(
        catalogue=catalogue,
        scores={(llm, metric): Values(*values) for llm, metric, *values in rows.order_by()},
        shown=load_shown([each for each in metrics if catalogue.metrics[each].aggregate], llms),
        llms={each.pk: each for each in LLM.objects.filter(pk__in=described)},
        organizations={each.pk: each.name for each in catalogue.organizations.values()},
    )


def load_shown(aggregates: list[int], llms: list[int]) -> dict[tuple[int, int], Decimal]:
    """What is shown of aggregates now: a table that was exported holds these."""
    if not aggregates:
        return {}
    records = load_records(aggregates, llms=LLM.objects.filter(pk__in=llms))
    order = bottom_up(records.metrics)
    return {
        (llm, metric): shown.value
        for llm, scores in records.scores.items()
        for metric, shown in shown_values(scores, order, records.metrics).items()
    }


@dataclass
class Judge:
    """Says of every cell what becomes of it."""

    choices: Choices
    targets: Targets
    present: Present
    facts: dict[tuple[int, str], Fact] = field(default_factory=dict)  # those that were judged

    def problem(self, problem: Problem) -> Line:
        llm, metric = self.targets.llms.get(problem.llm), self.targets.metrics.get(problem.metric)
        state = State.MISSING if problem.is_missing else State.INVALID
        if any(each and each.fate is Fate.LEFT_OUT for each in (llm, metric)):
            state = State.LEFT_OUT
        return Line(
            state,
            problem.where,
            problem.llm,
            problem.metric,
            new=say(problem.value),
            reason=reason_and_remedy(problem),
        )

    def results(self, results: tuple[Result, ...]) -> Iterator[Line]:
        """A line per result; a cell that two rows state alike counts once."""
        seen: dict[tuple[int | str, int | str], Result] = {}
        for result in results:
            llm, metric = self.targets.llms[result.llm], self.targets.metrics[result.metric]
            if Fate.LEFT_OUT in (llm.fate, metric.fate):
                yield self.line(State.LEFT_OUT, result, new=text_of(result.value))
            elif {llm.fate, metric.fate} <= {Fate.MATCHED, Fate.NEW}:
                first = seen.setdefault((llm.key, metric.key), result)
                if first is result:
                    yield self.result(result, llm, metric)
                elif said(first) != said(result):
                    yield self.invalid(result, said_elsewhere(first, result))

    def result(self, result: Result, llm: Target, metric: Target) -> Line:
        found = metric.new or self.present.catalogue.metrics[metric.id]  # type: ignore[index]
        key = (llm.id, metric.id)
        before = self.present.scores.get(key) if None not in key else None  # type: ignore[arg-type]
        if result.value is None:
            return self.emptied(result, llm, metric, before)
        try:
            after = self.values(result, found, before)
        except ValidationError as error:
            return self.invalid(result, " ".join(error.messages))
        if before == after or self.present.shown.get(key) == after.value:  # type: ignore[arg-type]
            return self.line(State.UNCHANGED, result, old=plain(after.value))
        lack = "" if self.choices.allow_partial else missing_questions(result, found)
        if lack:
            reason = gettext("%(lack)s Allow partial runs to import it.") % {"lack": lack}
            return self.line(State.PARTIAL, result, new=plain(after.value), reason=reason)
        state = State.CHANGED if before else State.NEW
        return self.line(
            state,
            result,
            old=plain(before.value) if before else "",
            new=plain(after.value),
            difference=signed(after.value - before.value) if before else "",
            reason=other_changes(before, after),
            standard_error=error_text(found, after),
            change=ScoreChange(llm.key, metric.key, before, after, result.source_url),
        )

    def emptied(self, result: Result, llm: Target, metric: Target, before: Values | None) -> Line:
        if before is None:
            return self.line(State.UNCHANGED, result)
        change = ScoreChange(llm.key, metric.key, before, None)
        return self.line(State.REMOVED, result, old=plain(before.value), change=change)

    def values(self, result: Result, metric: Metric, before: Values | None) -> Values:
        """What the score will hold. Raises ValidationError where the metric refuses it.

        What the file does not say stays, except the standard error of another value.
        """
        check_details(result)
        scale = self.scale(result, metric)
        value = stored_number(result.value, scale)  # type: ignore[arg-type]
        metric.check_value(value)
        same = before is not None and before.value == value
        error = before.standard_error if before and same else None
        if result.standard_error is not None:
            error = stored_number(result.standard_error, scale)
            if error < 0:
                refusal = gettext("The standard error %(error)s is below 0.")
                raise ValidationError(refusal % {"error": plain(error)})
        if result.question_count is not None and not 0 < result.question_count <= MOST_QUESTIONS:
            refusal = gettext("%(count)s is no number of questions.")
            raise ValidationError(refusal % {"count": result.question_count})
        kept = before or Values(value, 0)
        return Values(
            value=value,
            decimals=kept.decimals if same else reported_places(result.value * scale),  # type: ignore[operator]
            question_count=result.question_count or kept.question_count,
            standard_error=error,
            source_id=kept.source_id,
            measured_on=result.measured_on or kept.measured_on,
            note=result.note or kept.note,
        )

    def scale(self, result: Result, metric: Metric) -> Decimal:
        """What makes the file's number one in the metric's unit: 1, or 0.01 if so chosen."""
        if result.metric in self.choices.percent:
            if metric.unit != Metric.Unit.PROPORTION:
                refusal = gettext(
                    "Only a proportion is made from percent, and %(metric)s is in %(unit)s."
                )
                raise ValidationError(refusal % {"metric": metric, "unit": word(metric.unit)})
            return Decimal("0.01")
        if result.unit and result.unit != metric.unit:
            raise ValidationError(other_unit(result, metric))
        return Decimal(1)

    def fact(self, fact: Fact) -> Line | None:
        """The line of a fact of an LLM that is here; those of a new one come with it."""
        target = self.targets.llms[fact.llm]
        if target.id is None:
            return None
        llm = self.present.llms[target.id]
        first = self.facts.setdefault((llm.pk, fact.field), fact)
        if first is not fact:
            return self.repeated_fact(first, fact)
        before = self.stored_fact(llm, fact.field)
        try:
            after = fact_value(fact.field, fact.text)
            if fact.field == "organization":
                self.check_organization(after)
                before = after if name_key(before) == name_key(after) else before
            else:
                setattr(llm, fact.field, after)
                llm.check_sizes()
        except ValidationError as error:
            reason = " ".join(error.messages)
            return Line(
                State.INVALID, fact.where, fact.llm, fact.field, reason=reason, new=fact.text
            )
        change = FactChange(llm.pk, fact.field, before, after) if before != after else None
        state = State.CHANGED if change else State.UNCHANGED
        return Line(
            state,
            fact.where,
            llm.name,
            fact.field,
            fact_text(before),
            fact_text(after),
            change=change,
        )

    def repeated_fact(self, first: Fact, fact: Fact) -> Line | None:
        """Two names of the file stand for one LLM: what they say differently is refused."""
        if first.text == fact.text:
            return None
        reason = gettext("%(where)s says “%(text)s” for the same LLM. Keep the right one.") % {
            "where": place(first.where),
            "text": short(first.text),
        }
        return Line(State.INVALID, fact.where, fact.llm, fact.field, "", fact.text, "", reason)

    def stored_fact(self, llm: LLM, field: str) -> Any:
        if field == "organization":
            return self.present.organizations.get(llm.organization_id, "")  # type: ignore[arg-type]
        return getattr(llm, field)

    def check_organization(self, name: str) -> None:
        known = self.present.catalogue.organizations
        owner_name(Organization, name, known)
        if name and name_key(name) not in known and not self.choices.create_organizations:
            refusal = gettext(
                "There is no organization “%(name)s”. Allow new organizations, or correct the name."
            )
            raise ValidationError(refusal % {"name": name})

    def invalid(self, result: Result, reason: str) -> Line:
        return self.line(State.INVALID, result, new=text_of(result.value), reason=reason)

    def line(self, state: State, result: Result, **more: Any) -> Line:
        metric = self.targets.metrics[result.metric]
        found = self.present.catalogue.metrics.get(metric.id or 0)
        llm = self.present.catalogue.llms.get(self.targets.llms[result.llm].id or 0)
        return Line(
            state=state,
            where=result.where,
            llm=llm.name if llm else result.llm,
            subject=str(found) if found else result.metric,
            question_count=result.question_count,
            **more,
        )


def reason_and_remedy(problem: Problem) -> str:
    reason = say(problem.reason).removesuffix(".").removesuffix("。")
    both = gettext("%(reason)s. %(remedy)s") % {"reason": reason, "remedy": say(problem.remedy)}
    return both.strip()


def said_elsewhere(first: Result, result: Result) -> str:
    alike = first.value == result.value
    what = gettext("other details") if alike else text_of(first.value)
    return gettext("%(where)s says %(what)s for the same LLM and metric. Keep the right one.") % {
        "where": place(first.where),
        "what": what,
    }


def other_unit(result: Result, metric: Metric) -> str:
    if (result.unit, metric.unit) == (Metric.Unit.PERCENT, Metric.Unit.PROPORTION):
        remedy = gettext("Say that its values are percent to have them converted.")
    else:
        remedy = gettext("Choose a metric of that unit.")
    return gettext("The file says %(said)s, and %(metric)s is in %(unit)s. %(remedy)s") % {
        "said": word(result.unit),
        "metric": metric,
        "unit": word(metric.unit),
        "remedy": remedy,
    }


def unmatched_lines(targets: Targets) -> Iterator[Line]:
    """One line for each name that nothing here has, or that cannot be created so."""
    no_llm = gettext("No LLM here has this name. Choose one, create it, or leave it out.")
    no_metric = gettext("No metric here has this name. Choose one, create it, or leave it out.")
    for kind, new, named, reason in (
        ("LLM", gettext("new LLM"), targets.llms, no_llm),
        (gettext("metric"), gettext("new metric"), targets.metrics, no_metric),
    ):
        for target in once(named):
            if target.fate is Fate.UNMATCHED:
                yield Line(State.UNMATCHED, kind, target.name, "", reason=reason)
            elif target.fate is Fate.INVALID:
                yield Line(State.INVALID, new, target.name, "", reason=target.error)


def missing_questions(result: Result, metric: Metric) -> str:
    """Why a result is one of a partial run: by what its file says, or by the metric; else ""."""
    count, expected = result.question_count, result.expected_count or 0
    most = max(expected, metric.question_count or 0)
    if count is not None and count < most:
        return gettext("Only %(count)s of %(most)s questions.") % {"count": count, "most": most}
    if result.is_partial:
        return gettext("The run was limited to some of the questions.")
    return ""


def check_details(result: Result) -> None:
    """Raises ValidationError for a note or an address that a form would refuse."""
    for model, name, text in (
        (Score, "note", result.note),
        (Source, "url", result.source_url),
    ):
        if text:
            model._meta.get_field(name).clean(text, None)  # type: ignore[union-attr]


def stored_number(number: Decimal, scale: Decimal) -> Decimal:
    """As the database keeps it: eight digits after the point, half-even."""
    scaled = number * scale
    if not scaled.is_finite() or abs(scaled) >= LARGEST:
        refusal = gettext("%(number)s is too large. The largest is below 1,000,000.")
        raise ValidationError(refusal % {"number": str(number)[:30]})
    return scaled.quantize(STORED) + 0


def error_text(metric: Metric, values: Values) -> str:
    """The score's own, or that of a share of so many questions."""
    if values.standard_error is not None:
        return plain(values.standard_error)
    count = values.question_count or metric.question_count
    uncertainty = binomial_uncertainty(metric, values.value, count)  # type: ignore[arg-type]
    error = uncertainty.standard_error
    return "" if error is None else f"{error:.8f}"


def text_of(value: Decimal | None) -> str:
    return gettext("no value") if value is None else plain(value)


def signed(number: Decimal) -> str:
    return f"+{plain(number)}" if number > 0 else plain(number).replace("-", "−")


def other_changes(before: Values | None, after: Values) -> str:
    """What changes beside the value, in words."""
    if before is None:
        return ""
    names = {"question_count": "n", "standard_error": gettext("standard error"),
             "measured_on": gettext("measured on"), "note": gettext("note")}  # fmt: skip
    pairs = ((name, getattr(before, field), getattr(after, field)) for field, name in names.items())
    return "; ".join(
        f"{name}: {fact_text(old)} → {fact_text(new)}" for name, old, new in pairs if old != new
    )
