"""What an import does with the facts of LLMs in a file: organization, parameters, license, …"""

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
from .matching import Targets, clean_owner_name, read_fact_value
from .preview import Line, PlannedFact, State, fact_text


@dataclass
class FactLines:
    """Compares the facts in a file with those that are stored, one line for each."""

    targets: Targets
    catalogue: Catalogue
    llms: dict[int, LLM]  # those whose facts the file states
    create_organizations: bool
    # The first fact of each LLM and field in the file.
    first_facts: dict[tuple[int, str], ReportedFact] = field(default_factory=dict)

    @cached_property
    def organization_names(self) -> dict[int | None, str]:
        return {
            organization.pk: organization.name
            for organization in self.catalogue.organizations.values()
        }

    def line(self, fact: ReportedFact) -> Line | None:
        """Returns the line of a fact of a stored LLM.

        It is None for a new LLM, which is created together with its facts.
        """
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
        """Returns the value as the model stores it; an organization stays a name.

        Raises ValidationError for what the LLM's form would refuse.
        """
        value = read_fact_value(fact.field, fact.text)
        if fact.field == "organization":
            self.check_organization(value)
        else:
            setattr(llm, fact.field, value)
            llm.check_sizes()
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
        if name and name_key(name) not in known and not self.create_organizations:
            refusal = gettext(
                "There is no organization “%(name)s”. Allow new organizations, or correct the name."
            )
            raise ValidationError(refusal % {"name": name})


def repeated_fact(first: ReportedFact, fact: ReportedFact) -> Line | None:
    """Returns a line for a fact that two names of one LLM state differently; None if alike."""
    if first.text == fact.text:
        return None
    reason = gettext("%(where)s says “%(text)s” for the same LLM. Keep the right one.") % {
        "where": place(first.where),
        "text": short(first.text),
    }
    return Line(State.INVALID, fact.where, fact.llm, fact.field, "", fact.text, "", reason)
