"""What a request says of the files that it hands in: the options of `manage.py import_results`."""

import re
from collections.abc import Iterable
from typing import Any

from ninja import Schema
from pydantic import Field

from leaderboard.imports.choices import EMPTY
from leaderboard.imports.said import DAY_ORDERS, DECIMAL_SIGNS, PLUS_MINUS
from leaderboard.imports.settings import DECISIONS
from leaderboard.models import Source
from leaderboard.readers.registry import IMPORT_FORMATS


def one_of(choices: Iterable[str], description: str, default: str = "") -> Any:
    """A text that is one of these, or empty where it need not be said."""
    allowed: list[Any] = list(dict.fromkeys([default, *choices]))
    pattern = f"^({'|'.join(map(re.escape, allowed))})$"
    return Field(
        default, description=description, pattern=pattern, json_schema_extra={"enum": allowed}
    )


class ImportOptions(Schema):
    """Named as on the command line, with “_” for “-”. What is not said is found from the files."""

    format: str = one_of(IMPORT_FORMATS, "else found by content")
    llm: str = Field("", max_length=200, description="whose results these are, if no file says it")
    benchmark: str = Field("", max_length=200, description="of a file that does not name it")
    source_title: str = Field("", max_length=300, description="as a reader would cite it")
    source_url: str = Field("", max_length=500, description="where a reader can check the numbers")
    source_tier: str = one_of(Source.Tier.values, "who measured")
    source_evaluator: str = Field("", max_length=200, description="who ran the evaluation")
    source: str = Field(
        "", max_length=500, description="one that is here, by its number, title or address"
    )
    reason: str = Field("", max_length=500, description="public: why scores change")
    accept_suggestions: bool = Field(
        False, description="take names that are other spellings of LLMs and metrics here for these"
    )
    create_llms: bool = Field(False, description="with their organizations, if not here yet")
    create_metrics: bool = Field(
        False, description="in the unit that the file says; in points if it says none"
    )
    leave_out: list[str] = Field(
        [], description="this column; an empty text: what matches nothing here. Can be repeated"
    )
    column: list[str] = Field([], description="HEADER=ROLE: what a column is. Can be repeated")
    facts: str = one_of(["empty", "all", "none"], "which facts of LLMs that are here change", EMPTY)
    decimal: str = one_of(DECIMAL_SIGNS, "the sign before decimals")
    dates: str = one_of(DAY_ORDERS, "what stands first in 4/5/2025")
    plus_minus: str = one_of(PLUS_MINUS, "what stands behind ± in all columns")
    llms_in: str = one_of(["rows", "columns"], "where LLMs stand in a table")
    allow_partial: bool = False
    keep_errors: bool = Field(
        False, description="the given standard errors of values that change without a new one"
    )
    percent: list[str] = Field(
        [], description="the values of this metric are percent of a proportion. Can be repeated"
    )
    other_settings: str = one_of(
        DECISIONS, "what becomes of scores whose run had another n-shot, revision, …"
    )
