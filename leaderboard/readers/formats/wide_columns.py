"""What each column of a wide table is: suggested from its header and its cells, or as was said."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from leaderboard.readers.files.cells import NO_NUMBER, Cell
from leaderboard.readers.files.numbers import Written, could_be, take_margin_apart
from leaderboard.readers.files.tables import LLM_NAMES, Table, find_column
from leaderboard.readers.layouts import (
    ASKED,
    ERRORS,
    HALF_WIDTH,
    LEFT_OUT,
    LOWER,
    METRIC,
    NAME,
    SOURCE,
    STANDARD_ERROR,
    UPPER,
    Column,
)
from leaderboard.readers.results import FileContext, Refused, header_key, short
from leaderboard.text.facts import BY_FIELD, BY_HEADER
from leaderboard.text.sentences import Phrase

# Headers as header_key folds them. Columns of the export beside facts and scores:
COMPUTED = {"rank", "rankbest", "rankworst", "ranklevel", "coverage", "slug"}
# after the header of a metric in the same table:
COMPUTED_ENDS = ("_low", "_high", "_n", "_partial")
# before the key of a fact that the site has defined, which an import does not store:
DEFINED_FACT = "fact_"
# Further names of the LLM, if none of LLM_NAMES is there.
OTHER_LLM_NAMES = {
    "llms", "models", "modelid", "system", "systemname", "modell", "modellname", "modèle", "modele",
    "modelo", "nom", "模型", "模型名称", "名称", "大模型", "agent", "participant",
}  # fmt: skip
# Numbers of the rows, and places that the site computes itself.
COUNTING = {
    "", "no", "nr", "num", "number", "index", "idx", "id", "row", "ranking", "position", "pos",
    "place", "rang", "platz", "排名", "名次", "序号", "unnamed0", "column",
}  # fmt: skip
# Columns of texts that are likely a fact, and numbers that are.
LIKELY_FACTS = {
    **dict.fromkeys(
        (
            "creator", "developer", "developedby", "vendor", "provider", "company", "lab",
            "publisher",
            "org", "organizations", "owner", "maker", "team", "institution", "hersteller",
            "anbieter",
            "fournisseur", "éditeur", "机构", "开发者", "厂商", "公司",
        ),
        "organization",
    ),
    **dict.fromkeys(
        (
            "releasedate", "release", "releasedon", "dateofrelease", "launchdate", "published",
            "erschienen", "veröffentlicht", "发布日期", "发布时间",
        ),
        "released",
    ),
    **dict.fromkeys(("licensetype", "lizenz", "licenceouverte", "许可证"), "license"),
}  # fmt: skip
LIKELY_SIZES = {
    "params", "paramsb", "paramsinb", "paramsbillion", "paramsbillions", "nparams", "numparams",
    "parametersb", "parametercount", "numparameters", "modelsize", "modelsizeb", "sizeb",
    "parameter", "parameterb", "paramètres", "参数量", "参数",
}  # fmt: skip
ERROR_ENDS = {
    STANDARD_ERROR: {"standarderror", "stderr", "stderror", "se", "sem", "standardfehler"},
    HALF_WIDTH: {
        "ci", "ci95", "95ci", "95pctci", "cihalfwidth", "halfwidth", "moe", "marginoferror",
        "errorbar", "plusminus", "pm", "confidenceinterval", "95confidenceinterval",
    },
    LOWER: {"lower", "lowerbound", "lb", "cilower", "lowerci", "cilow", "q025", "lower95",
     "ci95lower",
            "95lower", "lowerci95", "95cilower"},
    UPPER: {"upper", "upperbound", "ub", "ciupper", "upperci", "cihigh", "q975", "upper95",
     "ci95upper",
            "95upper", "upperci95", "95ciupper"},
}  # fmt: skip
# What is beside a value and is no error of it.
SPREADS = {"std", "stdev", "stddev", "sd", "standarddeviation", "variance", "var"}
UNITS = {
    "%", "ms", "s", "sec", "secs", "seconds", "min", "minutes", "h", "hours", "$", "€", "£", "¥",
    "usd", "eur", "us$", "tokens", "tok/s", "tokens/s", "t/s", "mb", "gb", "gib", "kwh", "wh",
    "w", "j",
    "flops", "gflops", "tflops", "qps", "rps", "fps", "elo", "秒", "毫秒", "元",
}  # fmt: skip
# NaN, “>90” and “57 %%” are problems, and no texts that could be left out.
MEANT = re.compile(r"[<>~≈≤≥]\s*\d[\d.,]*.{0,3}|\d[\d.,]*\s*[%％]+|[$€£¥]\s*\d\S*")
MOST_MEANT = 20  # characters
UNIT = re.compile(r"^(.*\S)\s*[(\[（]\s*(?:in\s+)?([^()\[\]（）]{1,12}?)\s*[)\]）]\s*$")
PERCENT = re.compile(r"^(.*\S),?\s+(?:in\s+)?(%)$")
PLUS_MINUS = "{} ±"
PLUS_MINUS_HEADERS = {"±", "+/-", "+-", "(±)"}


def split_unit(header: str) -> tuple[str, str]:
    """Returns a header without its unit, and the unit: “Latency (ms)” is (“Latency”, “ms”)."""
    found = UNIT.match(header) or PERCENT.match(header)
    if found and found[2].casefold() in UNITS:
        return found[1], found[2]
    return header, ""


@dataclass
class Seen:
    """What the cells of a column are, in numbers of cells."""

    cells: list[Cell] = field(default_factory=list)

    @cached_property
    def filled(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.is_missing]

    @cached_property
    def numbers(self) -> list[Cell]:
        return [cell for cell in self.filled if cell.lacks_value or is_numeric(cell)]

    @property
    def is_text(self) -> bool:
        """Whether the column has texts, and numbers in less than half of its filled cells."""
        return 2 * len(self.numbers) < len(self.filled)

    @cached_property
    def parts(self) -> list[tuple[Cell, Written]]:
        """The numbers with their parts."""
        return [(cell, written) for cell in self.numbers if (written := cell.written())]

    @property
    def units(self) -> Counter[str]:
        """How often each unit stands with a number."""
        return Counter(written.unit for _, written in self.parts)

    @cached_property
    def has_margins(self) -> bool:
        return any(written.margins for _, written in self.parts)

    @property
    def example(self) -> str:
        return short(self.filled[0].text, 40) if self.filled else ""


def is_numeric(cell: Cell) -> bool:
    """Whether a text is a number with a decimal point or a decimal comma, or is meant as one."""
    if NO_NUMBER.fullmatch(cell.text) or MEANT.fullmatch(cell.text[:MOST_MEANT]):
        return True
    written = cell.written()
    return written is not None and bool(could_be(written.body))


Rows = list[tuple[int, dict[int, Cell]]]


def look_at_columns(table: Table, rows: Rows) -> dict[int, Seen]:
    """Returns the cells of each named column."""
    seen = {column: Seen() for column, name in enumerate(table.header) if name}
    for _, cells in rows:
        for column, cell in cells.items():
            seen[column].cells.append(cell)
    return seen


def sort_columns(table: Table, seen: Mapping[int, Seen], asked: FileContext) -> dict[int, Column]:
    """Finds out what each named column is, in the order of the table.

    Raises Refused unless one column names the LLM, if two hold the same fact, and for a role that
    is said of a column that the table does not have.
    """
    header = table.header
    said = find_said_columns(header, asked.roles)
    llm = find_name_column(header, said)
    columns = {
        column: Column(
            name,
            NAME if column == llm else said.get(column) or suggest(name, header, cells),
            example=cells.example,
        )
        for column, name in enumerate(header)
        if (cells := seen.get(column))
    }
    columns = find_measured(columns, said, asked.plus_minus)
    if not asked.facts:
        columns = {
            at: replace(column, role=LEFT_OUT) if column.role in BY_FIELD else column
            for at, column in columns.items()
        }
    check_facts(columns)
    return columns


def find_said_columns(header: tuple[str, ...], roles: Mapping[str, str]) -> dict[int, str]:
    """Returns {column: role}. Raises Refused for a header that the table does not have."""
    said = {}
    keys = {header_key(name) or name: column for column, name in enumerate(header) if name}
    for name, role in roles.items():
        exact = header.index(name) if name in header else keys.get(header_key(name) or name)
        if exact is None and name.rstrip(" ±") == name:
            raise Refused(
                "There is no column “%(name)s”. The headers are: %(headers)s.",
                name=short(name),
                headers=short(", ".join(filter(None, header)), 200),
            )
        if exact is not None and not name.endswith(" ±"):
            said[exact] = role
    return said


def find_name_column(header: tuple[str, ...], said: Mapping[int, str]) -> int:
    """Returns the column that names the LLM. Raises Refused if none does, or several."""
    chosen = [column for column, role in said.items() if role == NAME]
    if len(chosen) > 1:
        raise Refused("Only one column names the LLM.")
    open_names = tuple("" if said.get(at, NAME) != NAME else name for at, name in enumerate(header))
    found = chosen[0] if chosen else find_column(open_names, LLM_NAMES, "LLM")
    if found is None:
        found = find_column(open_names, OTHER_LLM_NAMES, "LLM")
    if found is None:
        raise Refused(
            "No column names the LLM. Give that column the header “llm”, or say that the LLMs "
            "stand side by side; the headers are: %(headers)s.",
            headers=short(", ".join(filter(None, header)), 200),
        )
    return found


def suggest(name: str, header: tuple[str, ...], seen: Seen) -> str:
    """Returns what a column likely is, from its header, then from its cells."""
    key = header_key(name)
    if name.replace(" ", "") in PLUS_MINUS_HEADERS:
        return METRIC  # until its metric is found
    if is_computed(name, header) or key in COUNTING:
        return LEFT_OUT
    if known := BY_HEADER.get(key) or {"sourceurl": SOURCE}.get(key):
        return known
    if key in LIKELY_FACTS and (seen.is_text or LIKELY_FACTS[key] != "organization"):
        return LIKELY_FACTS[key]
    if key in LIKELY_SIZES and not seen.is_text:
        return "parameters"
    is_text = seen.is_text and not is_margins(seen)  # margins are an error of a metric
    return LEFT_OUT if is_text else METRIC


def is_margins(seen: Seen) -> bool:
    """Whether the cells are what stands behind ±, alone: “±6”, “+6/-7”."""
    count = sum(bool(take_margin_apart(cell.text)) for cell in seen.filled)
    return 2 * count > len(seen.filled)


def is_computed(name: str, header: Iterable[str]) -> bool:
    """Whether the site writes a column that it does not read: ranks, coverage, ends of intervals,
    facts that it has defined."""
    if header_key(name) in COMPUTED or name.lower().startswith(DEFINED_FACT):
        return True
    keys = {header_key(other) for other in header}
    return any(
        name.lower().endswith(end) and header_key(name[: -len(end)]) in keys
        for end in COMPUTED_ENDS
    )


def find_measured(
    columns: Mapping[int, Column], said: Mapping[int, str], plus_minus: str
) -> dict[int, Column]:
    """Returns the columns with errors and bounds among the metrics, each with its metric.

    An error is named after its metric, “Rating standard error”, or stands behind it, “95% CI”.
    """
    metrics = {
        header_key(split_unit(column.header)[0]): column.header
        for column in columns.values()
        if column.role == METRIC
    }
    found, last = {}, ""
    for at, column in columns.items():
        role, of = column.role, ""
        is_plus_minus = bool(last) and column.header.replace(" ", "") in PLUS_MINUS_HEADERS
        if is_plus_minus:
            role, of = said.get(at, plus_minus or ASKED), last
        elif role == METRIC and at not in said:
            role, of = find_error(header_key(split_unit(column.header)[0]), metrics, last)
        elif role in ERRORS:
            _, of = find_error(header_key(split_unit(column.header)[0]), metrics, last)
            of = of or last
            role = role if of else LEFT_OUT
        found[at] = replace(column, role=role, of=of, is_plus_minus=is_plus_minus)
        if role == METRIC:
            last = column.header
    return found


def find_error(key: str, metrics: Mapping[str, str], last: str) -> tuple[str, str]:
    """Returns (role, header of its metric) of a column of numbers, by its folded header."""
    for base, header in sorted(metrics.items(), key=lambda item: -len(item[0])):
        if base and base != key and (key.startswith(base) or key.endswith(base)):
            rest = key.removeprefix(base) if key.startswith(base) else key.removesuffix(base)
            if role := error_role(rest):
                return role, header
    if last and (role := error_role(key)):
        return role, last
    return METRIC, ""


def error_role(words: str) -> str:
    """Returns the role of an error by the words for it; "" for other words."""
    if words in SPREADS:
        return LEFT_OUT
    return next((role for role, ends in ERROR_ENDS.items() if words in ends), "")


def check_facts(columns: Mapping[int, Column]) -> None:
    """Raises Refused if two columns hold the same fact, or two the same error of a metric."""
    first: dict[tuple[str, str], str] = {}
    for column in columns.values():
        if column.role in BY_FIELD or column.role in ERRORS or column.role == SOURCE:
            other = first.setdefault((column.role, column.of), column.header)
            if other is not column.header:
                raise Refused(
                    "“%(first)s” and “%(second)s” both name the %(meaning)s. Rename or delete one "
                    "column.",
                    first=short(other),
                    second=short(column.header),
                    meaning=Phrase(column.role),
                )


def plus_minus_column(column: Column, asked: FileContext) -> Column:
    """Returns the column of what stands behind ± in the cells of another."""
    header = PLUS_MINUS.format(column.header)
    role = asked.roles.get(header) or asked.plus_minus or ASKED
    return Column(header, role, of=column.header, is_plus_minus=True)
