"""What becomes of the facts that a file states of LLMs: organization, parameters, license, …"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from leaderboard.models import LLM, Organization
from leaderboard.readers.results import ReportedFact, short
from leaderboard.text.names import name_key
from leaderboard.text.words import place

from .catalogue import Catalogue
from .matching import Targets, fact_value, owner_name
from .preview import Line, PlannedFact, State, fact_text


@dataclass
class FactLines:
    """Compares facts of the file with those that are stored, one line for each."""

    targets: Targets
    catalogue: Catalogue
    llms: dict[int, LLM]  # those of whom the file states facts
    create_organizations: bool
    first_facts: dict[tuple[int, str], ReportedFact] = field(
        default_factory=dict
    )  # by LLM and field

    @cached_property
    def organization_names(self) -> dict[int | None, str]:
        return {
            organization.pk: organization.name
            for organization in self.catalogue.organizations.values()
        }

    def line(self, fact: ReportedFact) -> Line | None:
        """The line of a fact of an LLM that is here; those of a new one come with it."""
        target = self.targets.llms[fact.llm]
        if target.id is None:
            return None
        llm = self.llms[target.id]
        first = self.first_facts.setdefault((llm.pk, fact.field), fact)
        if first is not fact:
            return repeated_fact(first, fact)
        before = self.stored_fact(llm, fact.field)
        try:
            after = self.new_value(llm, fact)
        except ValidationError as error:
            reason = " ".join(error.messages)
            return Line(
                State.INVALID, fact.where, fact.llm, fact.field, reason=reason, new=fact.text
            )
        if fact.field == "organization" and name_key(before) == name_key(after):
            before = after  # another spelling of the same organization
        change = PlannedFact(llm.pk, fact.field, before, after) if before != after else None
        return Line(
            State.CHANGED if change else State.UNCHANGED,
            fact.where,
            llm.name,
            fact.field,
            fact_text(before),
            fact_text(after),
            change=change,
        )

    def new_value(self, llm: LLM, fact: ReportedFact) -> Any:
        """The value as the model stores it; an organization stays a name.

        Raises ValidationError for what the LLM's form would refuse.
        """
        value = fact_value(fact.field, fact.text)
        if fact.field == "organization":
            self.check_organization(value)
        else:
            setattr(llm, fact.field, value)
            llm.check_sizes()
        return value

    def stored_fact(self, llm: LLM, field: str) -> Any:
        if field == "organization":
            return self.organization_names.get(llm.organization_id, "")
        return getattr(llm, field)

    def check_organization(self, name: str) -> None:
        """Raises ValidationError for a new one, unless the maintainer allows new organizations."""
        known = self.catalogue.organizations
        owner_name(Organization, name, known)
        if name and name_key(name) not in known and not self.create_organizations:
            refusal = gettext(
                "There is no organization “%(name)s”. Allow new organizations, or correct the name."
            )
            raise ValidationError(refusal % {"name": name})


def repeated_fact(first: ReportedFact, fact: ReportedFact) -> Line | None:
    """Two names of the file stand for one LLM: what they say differently is refused."""
    if first.text == fact.text:
        return None
    reason = gettext("%(where)s says “%(text)s” for the same LLM. Keep the right one.") % {
        "where": place(first.where),
        "text": short(first.text),
    }
    return Line(State.INVALID, fact.where, fact.llm, fact.field, "", fact.text, "", reason)
