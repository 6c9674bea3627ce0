"""Columns of facts in the table: their headers and cells, between the LLM and the metrics.

The script sorts by what a cell says, or by its data-value: of a fact that is no plain number this
is the place of the value in the server's order, so that the script has no rules of its own.
"""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from urllib.parse import urlsplit

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from leaderboard.standings.facts import FactCell, FactRecord, cell_words
from leaderboard.standings.standings import Standings
from leaderboard.text.facts import FactKind
from leaderboard.text.numbers import format_exact
from leaderboard.text.shown import date_words

from .headers import Header
from .rows import END_OF_NAME, MISSING

LETTERS = 22  # of a text, as wide as pages.css lets one be

Cells = dict[int, str]  # HTML by LLM


def fact_note(fact: FactRecord) -> str:
    """What stands under the name of a fact: its unit."""
    return _(fact.unit) if fact.unit else ""


def classes_of(fact: FactRecord) -> str:
    """The classes of the cells of a column: words stand on the left, and are cut."""
    return "fact" if fact.is_number else "fact words"


def fact_headers(
    facts: Sequence[FactRecord], sort: str, sort_link: Callable[[str], str], sorted_column: str
) -> list[Header]:
    """The headers of columns of facts in a table of this order."""
    direction = "descending" if sort.startswith("-") else "ascending"
    return [
        Header(
            key=fact.key,
            label=fact.label,
            href=sort_link(fact.key),
            aria_sort=direction if sort.removeprefix("-") == fact.key else "",
            note=fact_note(fact),
            starts_group=fact == facts[0],
            is_by=fact.key == sorted_column,
            fact_classes=classes_of(fact),
        )
        for fact in facts
    ]


def fact_cells(standings: Standings, facts: Sequence[FactRecord]) -> Cells:
    """{LLM: the cells of its row in these columns}, made once for all views in a language."""
    if not facts:
        return {}
    name = f"cells of {' '.join(fact.key for fact in facts)} in {get_language()}"
    cells: Cells = standings.compute_once(name, lambda: make_cells(standings, facts))
    return cells


def with_facts(row: str, cells: str) -> str:
    """Puts the cells of facts into a written row, behind the name."""
    return row.replace(END_OF_NAME, END_OF_NAME + cells, 1) if cells else row


def make_cells(standings: Standings, facts: Sequence[FactRecord]) -> Cells:
    """{LLM: the cells of its row in these columns}"""
    rows: dict[int, list[str]] = {row.llm.id: [] for row in standings.rows}
    for position, fact in enumerate(facts):
        places = place_values(standings, fact)
        for row in standings.rows:
            cell, llm = standings.facts.cell(row.llm, fact), row.llm.id
            rows[llm].append(fact_html(fact, cell, places.get(llm), starts=position == 0))
    return {llm: "".join(cells) for llm, cells in rows.items()}


def place_values(standings: Standings, fact: FactRecord) -> dict[int, int]:
    """{LLM: the place of its value among all different values, ascending}"""
    values = {row.llm.id: standings.facts.sort_value(row.llm, fact) for row in standings.rows}
    known = {llm: value for llm, value in values.items() if value is not None}
    places = {value: place for place, value in enumerate(sorted(set(known.values())))}
    return {llm: places[value] for llm, value in known.items()}


def fact_html(fact: FactRecord, cell: FactCell | None, place: int | None, *, starts: bool) -> str:
    """Writes a cell; its title says where the value was read and when."""
    kind = classes_of(fact) + (" edge" if starts else "")
    if cell is None:
        return f'<td class="{kind} missing">{MISSING}</td>'
    words = cell_words(fact, cell)
    if not fact.is_number:
        value = str(place)
    else:
        exact = format_exact(cell.value)
        value = "" if exact == words else exact
    marks = f' data-value="{value}"' if value else ""
    if title := "; ".join(about_value(fact, cell, words)):
        marks += f' title="{escape(title)}"'
    return f'<td class="{kind}"{marks}>{link_html(fact, cell, words)}</td>'


def about_value(fact: FactRecord, cell: FactCell, words: str) -> Iterable[str]:
    """Yields what a reader may want to know of a value: it in full, its day, note and source."""
    if not fact.is_number and len(words) > LETTERS:
        yield words
    if cell.as_of:
        yield _("as of %(day)s") % {"day": date_words(cell.as_of)}
    if cell.note:
        yield cell.note
    if cell.source:
        yield _("source: %(tier)s") % {"tier": cell.source}


def link_html(fact: FactRecord, cell: FactCell, words: str) -> str:
    """The words of a value; a web address is a link that says its host."""
    address = str(cell.value)
    if fact.kind == FactKind.HUGGING_FACE:
        address = f"https://huggingface.co/{address}"
    elif fact.kind != FactKind.LINK or not address.startswith(("http://", "https://")):
        return escape(words)
    else:
        words = urlsplit(address).netloc.removeprefix("www.")
    return f'<a href="{escape(address)}" rel="noopener nofollow">{escape(words)}</a>'
