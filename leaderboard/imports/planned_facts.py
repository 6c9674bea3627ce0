"""What an import does with the facts of LLMs in a file: organization, parameters, license, …"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from leaderboard.models import LLM, Column, Organization
from leaderboard.readers.results import ReportedFact, short
from leaderboard.text.names import name_key
from leaderboard.text.words import listed, place

from .catalogue import Catalogue
from .choices import ALL, EMPTY, Choices
from .new_rows import clean_owner_name, read_fact_value
from .preview import Line, PlannedFact, State, fact_key, fact_text
from .targets import Targets


@dataclass
class FactLines:
    """Compares the facts in a file with those that are stored, one line for each.

    A fact of an LLM that is here changes only if it is ticked, or if a rule of the choices says so.
    """

    targets: Targets
    catalogue: Catalogue
    llms: dict[int, LLM]  # those whose facts the file states
    choices: Choices
    # The first fact of each LLM and field in the file.
    first_facts: dict[tuple[int, str], ReportedFact] = field(default_factory=dict)

    @cached_property
    def organization_names(self) -> dict[int | None, str]:
        return {
            organization.pk: organization.name
            for organization in self.catalogue.organizations.values()
        }

    @cached_property
    def ticked(self) -> frozenset[str]:
        """The keys of the boxes that are ticked."""
        return frozenset(self.choices.facts)

    def lines(self, facts: Iterable[ReportedFact]) -> list[Line]:
        """Returns the lines of all facts; those that replace one say where else it is shown."""
        lines = [line for fact in facts if (line := self.line(fact))]
        replaced = {line.fact.llm for line in lines if line.fact and not is_empty(line.fact.before)}
        shown = find_other_leaderboards(replaced, self.targets)
        return [
            replace(line, reason=explain_shown_on(shown[line.fact.llm]))
            if line.fact and not is_empty(line.fact.before) and line.fact.llm in shown
            else line
            for line in lines
        ]

    def line(self, fact: ReportedFact) -> Line | None:
        """Returns the line of a fact of a stored LLM.

        It is None for a new LLM, which is created together with its facts.
        """
        target = self.targets.llms[fact.llm]
        if target.id is None:
            return None
        llm = self.llms[target.id]
        before = self.stored_fact(llm, fact.field)
        is_wanted = self.is_wanted(llm, fact.field, before)
        first = self.first_facts.setdefault((llm.pk, fact.field), fact)
        if first is not fact:
            return repeated_fact(first, fact, is_wanted, fact_text(before))
        try:
            after = self.new_value(llm, fact, is_wanted)
        except ValidationError as error:
            return refused_fact(fact, " ".join(error.messages), is_wanted, fact_text(before))
        if is_empty(after):
            after = before  # an empty cell is no change
        if fact.field == "organization" and name_key(before) == name_key(after):
            before = after  # another spelling of the same organization
        change = PlannedFact(llm.pk, fact.field, before, after) if before != after else None
        state = State.CHANGED if is_wanted else State.KEPT_FACT
        return Line(
            state if change else State.UNCHANGED,
            fact.where,
            llm.name,
            fact.field,
            fact_text(before),
            fact_text(after),
            change=change if is_wanted else None,
            fact=change,
        )

    def is_wanted(self, llm: LLM, field: str, before: Any) -> bool:
        """Whether this fact is to change: by its box, or by the rule for all."""
        rule = self.choices.other_facts
        by_rule = rule == ALL or (rule == EMPTY and is_empty(before))
        return by_rule or fact_key(llm.pk, field) in self.ticked

    def new_value(self, llm: LLM, fact: ReportedFact, is_wanted: bool) -> Any:
        """Returns the value as the model stores it; an organization stays a name.

        The sizes of an LLM are looked at together, as far as they are to change. Raises
        ValidationError for what the LLM's form would refuse.
        """
        value = read_fact_value(fact.field, fact.text)
        if is_empty(value):
            return value
        if fact.field == "organization":
            self.check_organization(value)
            return value
        before = getattr(llm, fact.field)
        setattr(llm, fact.field, value)
        try:
            llm.check_sizes()
        finally:
            if not is_wanted:
                setattr(llm, fact.field, before)
        return value

    def stored_fact(self, llm: LLM, field: str) -> Any:
        """Returns the stored value; an organization is its name."""
        if field == "organization":
            return self.organization_names.get(llm.organization_id, "")
        return getattr(llm, field)

    def check_organization(self, name: str) -> None:
        """Raises ValidationError for a new organization, unless the maintainer allows them."""
        known = self.catalogue.organizations
        clean_owner_name(Organization, name, known)
        if name and name_key(name) not in known and not self.choices.create_organizations:
            refusal = gettext(
                "There is no organization “%(name)s”. Allow new organizations, or correct the name."
            )
            raise ValidationError(refusal % {"name": name})


def is_empty(value: Any) -> bool:
    """Whether a fact is unknown."""
    return value is None or value == ""


def repeated_fact(
    first: ReportedFact, fact: ReportedFact, is_wanted: bool, before: str
) -> Line | None:
    """Returns a line for a fact that two names of one LLM state differently; None if alike."""
    if first.text == fact.text:
        return None
    reason = gettext("%(where)s says “%(text)s” for the same LLM. Keep the right one.") % {
        "where": place(first.where),
        "text": short(first.text),
    }
    return refused_fact(fact, reason, is_wanted, before)


def refused_fact(fact: ReportedFact, reason: str, is_wanted: bool, before: str) -> Line:
    """Returns the line of a fact that cannot be stored; it matters only if it is to change."""
    state = State.INVALID if is_wanted else State.KEPT_FACT
    return Line(state, fact.where, fact.llm, fact.field, before, fact.text, "", reason)


def find_other_leaderboards(llms: set[int], targets: Targets) -> dict[int, list[str]]:
    """Returns {LLM: titles} of the leaderboards that show it and none of the file's metrics.

    Two queries; none without LLMs.
    """
    if not llms:
        return {}
    metrics = {target.id for target in targets.metrics.values() if target.id}
    here = Column.objects.filter(metric__in=metrics).values_list("leaderboard_id", flat=True)
    columns = Column.objects.exclude(leaderboard__in=set(here))
    rows = columns.filter(metric__scores__llm__in=llms).order_by("leaderboard__position")
    found: dict[int, list[str]] = defaultdict(list)
    for llm, title in rows.values_list("metric__scores__llm", "leaderboard__title").distinct():
        if llm in llms and title not in found[llm]:
            found[llm].append(title)
    return dict(found)


def explain_shown_on(titles: list[str]) -> str:
    """Says which other leaderboards show a fact that the file would replace."""
    return gettext("Replaces what is also shown on %(leaderboards)s.") % {
        "leaderboards": listed(titles)
    }
