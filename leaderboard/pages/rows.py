"""Rows of the table as HTML strings: escaped here, joined by the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from leaderboard.models import Source
from leaderboard.standings.cells import Cell
from leaderboard.standings.estimates import Interval
from leaderboard.standings.records import LLMRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.shown import Origin
from leaderboard.text.numbers import format_exact
from leaderboard.text.shown import interval_words, margin_words, partial_words
from leaderboard.text.words import word

from .families import name_html
from .kinds import kind_words, rank_html, tags_html

MISSING = "–"
END_OF_NAME = "</small></th>"  # behind it stand the cells of columns of facts, if there are any
AXIS = 80  # pixels from the lowest end of all intervals to the highest, as in site.css


@dataclass(frozen=True, slots=True)
class CellShape:
    """What the cells of a column have in common."""

    edge: str
    main: str
    overall: str
    decimals: int
    question_count: int | None
    has_interval: bool  # in figures behind the score
    axis: Interval | None  # that the interval marks share; None for no marks


@dataclass(frozen=True, slots=True)
class RowShape:
    """What the rows of a table have in common."""

    cells: Sequence[CellShape]
    has_range: bool  # below the rank
    has_tick: bool  # a box for a comparison
    has_makers: bool = False  # a column says the organization


def row_html(
    row: Standing,
    shown: Sequence[Cell | None],
    shape: RowShape,
    *,
    is_step: bool,
    address: str | None = None,
    after_name: str = "",
) -> str:
    """Writes a row of the table.

    `is_step` marks the first row of the next rank group. The name links to `address`, "" for an LLM
    that has no page any more; None is its usual one. `after_name` is HTML.
    """
    llm = row.llm
    address = llm_address(llm.slug) if address is None else address
    link = f' href="{address}"' if address else ""
    is_mixed = len(row.tiers) > 1
    cells = "".join(
        cell_html(cell, own, show_tier=is_mixed)
        for cell, own in zip(shown, shape.cells, strict=True)
    )
    names = " ".join(
        filter(None, ["step" if is_step else "", "baseline" if llm.is_baseline else ""])
    )
    classes = f' class="{names}"' if names else ""
    rank_range = f" <small>{row.rank_range}</small>" if shape.has_range and row.rank_range else ""
    tick = tick_html(llm) if shape.has_tick else ""
    return (
        f'<tr id="{escape(llm.slug)}"{classes}><td class="rank"{rank_label(row)}>'
        f"{tick}{rank_html(row)}{rank_range}</td>"
        f'<th scope="row"><a{link}>{name_html(llm)}</a>{after_name}'
        f"<small>{facts_html(row, shape)}{END_OF_NAME}{cells}</tr>"
    )


def mark_new(html: str) -> str:
    """Puts “new” behind the facts of a row's LLM."""
    return html.replace(END_OF_NAME, tags_html([_("new")]) + END_OF_NAME, 1)


def rank_label(row: Standing) -> str:
    """What the rank cell is called, which also holds a box to tick: “Rank 2, range 2–3”. That of a
    baseline has words of its own."""
    if row.llm.is_baseline:
        return ""
    words = _("no rank")
    if row.rank and row.rank_range:
        words = _("Rank %(rank)s, range %(range)s") % {"rank": row.rank, "range": row.rank_range}
    elif row.rank:
        words = _("Rank %(rank)s") % {"rank": row.rank}
    return f' aria-label="{escape(words)}"'


def llm_address(slug: str) -> str:
    """Returns the address of an LLM, as reverse() would; that would take long for each row."""
    start, end = around_slug(get_language(), get_script_prefix())
    return f"{start}{slug}{end}"


@lru_cache(maxsize=16)
def around_slug(language: str, prefix: str) -> tuple[str, str]:
    """Returns what stands before and after the slug in an LLM's address."""
    start, _, end = reverse("llm", args=["0"]).rpartition("0")
    return start, end


def tick_html(llm: LLMRecord) -> str:
    """The box that takes an LLM into a comparison."""
    words = _("Compare %(llm)s") % {"llm": llm.name}
    return (
        f'<input type="checkbox" form="compare" name="llm" value="{escape(llm.slug)}"'
        f' aria-label="{escape(words)}"/>'
    )


def tick(row: str) -> str:
    """Ticks the box of a row that is written already."""
    return row.replace('<input type="checkbox"', '<input type="checkbox" checked', 1)


def maker_html(name: str, shape: RowShape, after: str = "") -> str:
    """Writes the organization and what stands behind it, which the style sheet leaves out where a
    column in sight says the same."""
    if not name or not shape.has_makers:
        return escape(name) + (after if name else "")
    return f'<span class="maker">{escape(name)}{after}</span>'


def facts_html(row: Standing, shape: RowShape) -> str:
    """Writes the facts of an LLM in small print: organization, size, and what sets it apart."""
    llm = row.llm
    if llm.is_baseline:
        return baseline_html(row, shape)
    tags = [
        kind_words(llm),
        _("closed") if llm.open_weights is False else "",
        _("weights unknown") if llm.open_weights is None else "",
        word(llm.domain) if llm.domain != "general" else "",
        _("reasoning") if llm.reasoning else "",
        coverage_words(row),
        tier_words(row),
    ]
    maker = maker_html(llm.organization or _("organization unknown"), shape, " · ")
    return maker + size_text(llm) + tags_html(tags)


def baseline_html(row: Standing, shape: RowShape) -> str:
    """Writes what a baseline is, and of its facts what is known: it has no weights and no size."""
    facts = maker_html(row.llm.organization or "", shape)
    tags = tags_html([kind_words(row.llm), coverage_words(row), tier_words(row)])
    return facts + tags if facts else tags.lstrip()


def coverage_words(row: Standing) -> str:
    """Says how many scores a row has, unless it has all."""
    if row.coverage == len(row.cells):
        return ""
    return _("%(count)s/%(all)s scores") % {"count": row.coverage, "all": len(row.cells)}


def tier_words(row: Standing) -> str:
    """Says the tier of a row whose scores all have one, if readers have to know it."""
    tiers = [UNIFORM_TIERS.get(tier, "") for tier in row.tiers]
    return _(tiers[0]) if len(tiers) == 1 and tiers[0] else ""


def size_text(llm: LLMRecord) -> str:
    """Writes the size of an LLM: “671B · 37B active”, “size unknown”."""
    if llm.parameters is None:
        return _("size unknown")
    size = f"{format_exact(llm.parameters)}B"
    if not llm.active_parameters:
        return size
    active = _("%(size)sB active") % {"size": format_exact(llm.active_parameters)}
    return f"{size} · {active}"


def cell_html(cell: Cell | None, shape: CellShape, *, show_tier: bool) -> str:
    """Writes a cell: the score, its interval, and classes and a title for its marks."""
    if cell is None:
        classes = " ".join(filter(None, [shape.edge, shape.overall, shape.main, "missing"]))
        return f'<td class="{classes}">{MISSING}</td>'
    origin = "" if cell.origin is Origin.REPORTED else str(cell.origin)
    marks = [
        "" if cell.heat is None else f"h{cell.heat}", shape.edge, shape.overall, shape.main,
        "best" if cell.is_best else "", "aside" if cell.is_aside else "", origin,
        cell.tier if show_tier else "",
    ]  # fmt: skip
    classes = " ".join(filter(None, marks))
    exact = f' data-value="{cell.exact}"' if is_rounded(cell) else ""
    titles = [_(ORIGIN_WORDS[cell.origin])] if origin else []
    titles += [_("source: %(tier)s") % {"tier": word(cell.tier)}] if show_tier else []
    title = f' title="{"; ".join(titles)}"' if titles else ""
    partial = partial_html(cell, shape) if cell.is_partial else ""
    shown = f"{cell.text}{interval_html(cell, shape)}{partial}"
    return f'<td class="{classes}"{exact}{title}>{shown}</td>'


def partial_html(cell: Cell, shape: CellShape) -> str:
    """Says of a partial run how many of the questions were asked."""
    words = partial_words(cell.uncertainty.question_count, shape.question_count)
    return f' <small class="asked">{words}</small>'


def interval_html(cell: Cell, shape: CellShape) -> str:
    """Writes the 95 % interval: in figures, or as a mark on the axis of the column."""
    interval = cell.uncertainty.interval
    if interval is None:
        return ""
    if shape.has_interval:
        return f"<small> {margin_words(cell.value, interval, shape.decimals)}</small>"
    if shape.axis is None:
        return ""
    scale = AXIS / ((shape.axis.high - shape.axis.low) or 1)
    start, end = (  # cut to the axis, which holds the intervals of the ranked LLMs
        min(max(round(scale * (value - shape.axis.low)), 0), AXIS)
        for value in (interval.low, interval.high)
    )
    width = max(end - start, 1)  # the narrowest can still be seen
    words = interval_text(interval, shape.decimals)
    return f'<svg role="img" aria-label="{words}"><path d="M{start} 5h{width}"/></svg>'


def interval_text(interval: Interval, decimals: int) -> str:
    """Writes “95 % interval 0.842 to 0.858”, with one digit more than the score has."""
    return _("95 %% interval %(span)s") % {"span": interval_words(interval, decimals)}


ORIGIN_WORDS = {
    Origin.COMPUTED: gettext_noop("computed from its components"),
    Origin.UNCHECKED: gettext_noop("cannot be checked: a component is missing"),
}
UNIFORM_TIERS: dict[str, str] = {
    Source.Tier.VENDOR: gettext_noop("vendor’s scores"),
    Source.Tier.UNKNOWN: gettext_noop("source unknown"),
}


def is_rounded(cell: Cell) -> bool:
    """Whether the shown text has fewer digits than the score, or commas between them."""
    return "," in cell.text or len(cell.exact.partition(".")[2]) > len(cell.text.partition(".")[2])
