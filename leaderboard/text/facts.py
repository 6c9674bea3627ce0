"""The facts of an LLM, each declared once: pages, exports, imports and orders take them from here.

One more fact is a field of `models/llms.py` with its migration, a field of `LLMRecord` in
`standings/records.py`, an entry here, and a place on the form in `admin/llms.py`. To filter by it
takes a parameter in `pages/selection.py` too. `shown.py` writes a fact in words. Pure: no Django,
no database.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from .sentences import noop

UNKNOWN = "unknown"
WEIGHTS = {True: "open", False: "closed", None: UNKNOWN}
YES_NO = {True: "yes", False: "no", None: UNKNOWN}


class FactKind(StrEnum):
    """What a fact is, as stored."""

    ORGANIZATION = "organization"  # pages have its name and its slug
    NUMBER = "number"  # a Decimal
    ANSWER = "answer"  # True, False, or None for unknown
    TEXT = "text"
    DATE = "date"
    LINK = "link"  # a web address
    HUGGING_FACE = "Hugging Face"  # organization/name there


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: what it is called, how it is written, and where it appears."""

    field: str  # its name in LLM, LLMRecord, exports and files
    label: str  # English; pages translate it
    kind: FactKind
    description: str  # in the documentation of the JSON
    unit: str = ""  # of a number, in the plural: billions
    symbol: str = ""  # of the unit, behind the number: B
    headers: tuple[str, ...] = ()  # further headers that it may have in a file, as header_key folds
    is_exported: bool = False  # in exports, and so in LLMRecord
    is_compared: bool = False  # a row of the comparison
    sort_label: str = ""  # the name of its order; "" if rows cannot be ordered by it
    is_on_page: bool = True  # on the page of the LLM
    is_shown_unknown: bool = True  # on that page also while it is unknown
    filter: str = ""  # the parameter of addresses that selects by it
    answers: dict[bool | None, str] | None = None  # the word of its filter for each answer
    group_label: str = ""  # the title of a legend in which each of its values has a shape

    @property
    def known_headers(self) -> tuple[str, ...]:
        """The headers that mean this fact in a file: letters and digits only, lower case."""
        name = self.field.replace("_", "")
        words = (self.symbol, self.unit.removesuffix("s"), self.unit, f"in{self.unit}")
        folded = (re.sub(r"[\W_]", "", word.lower()) for word in words if self.unit)
        return (name, *(f"{name}{unit}" for unit in folded if unit), *self.headers)


# In the order of pages and exports.
FACTS = (
    Fact(
        "organization", noop("Organization"), FactKind.ORGANIZATION, "who released it",
        headers=("organisation",),
        is_exported=True, is_compared=True, sort_label=noop("organization"), filter="organization",
    ),
    Fact(
        "parameters", noop("Parameters"), FactKind.NUMBER, "in billions",
        unit="billions", symbol="B",
        is_exported=True, is_compared=True, sort_label=noop("size"), filter="size",
    ),
    Fact(
        "active_parameters", noop("Active parameters"), FactKind.NUMBER,
        "in billions, for a mixture of experts",
        unit="billions", symbol="B", is_exported=True, is_shown_unknown=False,
    ),
    Fact(
        "open_weights", noop("Open weights"), FactKind.ANSWER, "can anyone download the weights?",
        is_exported=True, is_compared=True,
        filter="weights", answers=WEIGHTS, group_label="Weights",
    ),
    Fact(
        "license", noop("License"), FactKind.TEXT, "as its publisher names it",
        headers=("licence",), is_exported=True, is_compared=True,
    ),
    Fact(
        "domain", noop("Domain"), FactKind.TEXT, "general, medical, …",
        is_exported=True, is_compared=True, filter="domain", group_label="Domain",
    ),
    Fact(
        "reasoning", noop("Reasoning"), FactKind.ANSWER,
        "does it write a chain of thought before it answers?",
        is_exported=True, is_compared=True,
        filter="reasoning", answers=YES_NO, group_label="Reasoning",
    ),
    Fact(
        "released", noop("Released"), FactKind.DATE, "day of first public release",
        is_exported=True, is_compared=True, sort_label=noop("release date"),
    ),
    Fact(
        "base_model", noop("Base model"), FactKind.TEXT, "the LLM it was fine-tuned from",
        is_shown_unknown=False,
    ),
    Fact(
        "huggingface_id", "Hugging Face", FactKind.HUGGING_FACE, "organization/name there",
        headers=("huggingfacerepo",), is_shown_unknown=False,
    ),
    Fact(
        "homepage", noop("Homepage"), FactKind.LINK, "its own page", is_shown_unknown=False,
    ),
    Fact(
        "family", noop("Family"), FactKind.TEXT, "what its variants share", is_shown_unknown=False,
    ),
    Fact(
        "kind", noop("Kind"), FactKind.TEXT, "model, human, random, ensemble or system",
        is_on_page=False,
    ),
    Fact(
        "note", noop("Note"), FactKind.TEXT, "what a reader has to know of all of its scores",
        is_on_page=False,
    ),
    Fact(
        "description", noop("Description"), FactKind.TEXT, "Markdown", is_on_page=False,
    ),
)  # fmt: skip

EXPORTED = tuple(fact for fact in FACTS if fact.is_exported)
COMPARED = tuple(fact for fact in FACTS if fact.is_compared)
# Of a leaderboard that wants them; a family groups rows already.
COLUMNS = tuple(fact for fact in FACTS if fact.is_on_page and fact.field != "family")
SORTABLE = tuple(fact for fact in FACTS if fact.sort_label)
ON_PAGE = tuple(fact for fact in FACTS if fact.is_on_page)
BY_FIELD = {fact.field: fact for fact in FACTS}
BY_FILTER = {fact.filter: fact for fact in FACTS if fact.filter}
BY_HEADER = {header: fact.field for fact in FACTS for header in fact.known_headers}


def fields_of_kind(kind: FactKind) -> frozenset[str]:
    """The fields of all facts of a kind."""
    return frozenset(fact.field for fact in FACTS if fact.kind is kind)


def documented_columns() -> Iterator[tuple[tuple[str, ...], str]]:
    """Yields ([fields], unit) of the exported facts; neighbours of one unit stand together."""
    for unit, facts in groupby(EXPORTED, key=lambda fact: fact.unit):
        fields = tuple(fact.field for fact in facts)
        if unit:
            yield fields, unit
        else:
            yield from (((field,), "") for field in fields)
