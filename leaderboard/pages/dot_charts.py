"""Charts with one dot and interval a row: forest plot, profiles, comparison."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from django.utils.translation import gettext as _

from leaderboard.standings.cells import Cell
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.standings import Standings
from leaderboard.text.numbers import format_number
from leaderboard.text.shown import interval_words, with_unit
from leaderboard.text.words import direction_words, unit_words

from .axes import (
    WIDTH,
    LegendEntry,
    Scale,
    Tick,
    ranked_rows,
    scale_of,
    shorten_labels,
    widest,
    with_baselines,
)
from .kinds import kind_words
from .view import View

LEADING = 20  # LLMs of the forest plot
ROW = 17  # height of a row of dots
ROW_LEFT, ROW_RIGHT = 210, 396  # of the axis, between the names and the values
VALUE_GAP = 12  # from the axis to the values
SHORTEST_AXIS = 60


class Mark(NamedTuple):
    """A dot with its interval."""

    x: float
    y: float
    shape: int
    title: str
    low: float | None
    high: float | None
    is_partial: bool = False  # of a partial run: hollow
    colour: int = 0  # 1…6 where each LLM has its own


class Field(NamedTuple):
    """What the values of a column are, of all LLMs that compete."""

    low: Decimal
    high: Decimal
    median: Decimal
    best: Decimal | None  # None where no value is better than another
    llms: int


class ValueRange(NamedTuple):
    """The positions of the lowest, highest, median and best of all values."""

    low: float
    high: float
    median: float
    best: float | None  # None where no value is better than another


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A row of a chart: a name and its dots."""

    name: str
    y: float
    marks: tuple[Mark, ...]
    slug: str = ""  # of the LLM that the name is a link to
    value: str = ""
    field: ValueRange | None = None
    is_baseline: bool = False
    whole: str = ""  # the name, where it is shortened


@dataclass(frozen=True, slots=True)
class DotChart:
    """A chart with one row for each LLM or metric."""

    height: float
    rows: tuple[ChartRow, ...]
    ticks: tuple[Tick, ...]
    groups: tuple[LegendEntry, ...] = ()
    metric: MetricRecord | None = None
    unit: str = ""

    @property
    def has_partial_runs(self) -> bool:
        """Whether a dot is hollow, which a sentence has to explain."""
        return any(mark.is_partial for row in self.rows for mark in row.marks)

    @property
    def baselines(self) -> int:
        """The number of rows of baselines, which a sentence has to explain."""
        return sum(row.is_baseline for row in self.rows)

    @property
    def ranked(self) -> int:
        """The number of the other rows."""
        return len(self.rows) - self.baselines

    @property
    def axis(self) -> float:
        """Where the lines of the grid end, above their numbers."""
        return self.height - 14


def draw_forest_plot(view: View) -> DotChart | None:
    """Draws the leading LLMs of the view in the ranking metric, and the baselines between them;
    None for fewer than two LLMs."""
    metric = view.standings.ranking_metric
    leading = ranked_rows(view)[:LEADING]
    if metric is None or len(leading) < 2:
        return None
    entries = with_baselines(view, leading)
    texts, right = fit_values([(metric, cell) for _, cell in entries])
    scale = scale_of(axis_values([cell for _, cell in entries]), ROW_LEFT, right)
    rows = [
        ChartRow(
            name=label_of(row),
            slug=row.llm.slug,
            y=row_y(position),
            marks=(draw_score(cell, row_y(position), scale, metric, shape=shape_of(row)),),
            value=text,
            is_baseline=row.llm.is_baseline,
        )
        for position, ((row, cell), text) in enumerate(zip(entries, texts, strict=True))
    ]
    return DotChart(row_y(len(rows)) + 14, shorten_names(rows), scale.ticks_beside(), metric=metric)


def label_of(row: Standing) -> str:
    """Returns the name beside a row; that of a baseline says what it is."""
    return f"{kind_words(row.llm)}: {row.llm.name}" if row.llm.is_baseline else row.llm.name


def shorten_names(rows: Iterable[ChartRow]) -> tuple[ChartRow, ...]:
    """Returns the rows with names that fit beside the axis, and the whole one of each other."""
    rows = list(rows)
    labels = shorten_labels([row.name for row in rows])
    return tuple(
        row if label == row.name else replace(row, name=label, whole=row.name)
        for row, label in zip(rows, labels, strict=True)
    )


def shape_of(row: Standing) -> int:
    """Returns the shape of a row's dot: a baseline has a diamond among circles."""
    return int(row.llm.is_baseline)


def fit_values(shown: Sequence[tuple[MetricRecord, Cell]]) -> tuple[list[str], float]:
    """Returns the texts of the values at the right edge, and where the axis ends before them.

    They stand without their unit, which the heading names, where the axis would get too short.
    """
    for texts in (
        [with_unit(cell.text, metric) for metric, cell in shown],
        [cell.text for _metric, cell in shown],
    ):
        right = min(ROW_RIGHT, WIDTH - VALUE_GAP - widest(texts))
        if right >= ROW_LEFT + SHORTEST_AXIS:
            break
    return texts, max(right, ROW_LEFT + SHORTEST_AXIS / 2)


def row_y(position: int) -> float:
    """Returns the height at which a row is drawn."""
    return ROW * position + 12


def axis_values(cells: Iterable[Cell]) -> list[float]:
    """Returns all values that an axis must hold: scores and the ends of their intervals."""
    values: list[float] = []
    for cell in cells:
        values += [float(cell.value), *(cell.uncertainty.interval or ())]
    return values


def draw_score(
    cell: Cell, y: float, scale: Scale, metric: MetricRecord, words: str = "", shape: int = 0
) -> Mark:
    """Draws a score. Its title is the interval.

    `words` stand before it where the row does not say what the score is.
    """
    interval = cell.uncertainty.interval
    margin = interval_words(interval, metric.decimals) or with_unit(cell.text, metric)
    return Mark(
        x=scale.at(float(cell.value)),
        y=y,
        shape=shape,
        title=f"{words} {with_unit(cell.text, metric)} ({margin})" if words else margin,
        low=scale.at(interval.low) if interval else None,
        high=scale.at(interval.high) if interval else None,
        is_partial=cell.is_partial,
    )


def draw_profiles(standings: Standings, slug: str) -> list[DotChart]:
    """Draws the values of one LLM, or of a baseline, against those of all LLMs: a chart for each
    unit and direction."""
    row = standings.row(slug)
    fields = standings.compute_once("fields", lambda: summarize_columns(standings))
    known = [
        (metric, cell, fields[index])
        for index, metric in enumerate(standings.columns)
        if row and (cell := row.cells[index])
    ]
    charts = []
    for scale, words in axis_words([metric for metric, *_rest in known]).items():
        group = [
            (metric, cell, field)
            for metric, cell, field in known
            if metric.scale == scale and field and field.llms > 1
        ]
        if group:
            charts.append(draw_profile(group, words))
    return charts


def summarize_columns(standings: Standings) -> list[Field | None]:
    """What the values of each column are; None of a column without any."""
    competing = [row for row in standings.rows if not row.llm.is_baseline]
    return [
        summarize([cell for row in competing if (cell := row.cells[index])])
        for index in range(len(standings.columns))
    ]


def summarize(cells: Sequence[Cell]) -> Field | None:
    """What the values of these cells are; None without any."""
    if not cells:
        return None
    values = [cell.value for cell in cells]
    best = next((cell.value for cell in cells if cell.is_best), None)
    return Field(min(values), max(values), median(values), best, len(values))


def axis_words(metrics: Iterable[MetricRecord]) -> dict[tuple[str, str, bool | None], str]:
    """{scale: the words for the axis of its metrics}, in the order of the metrics.

    Metrics share an axis if one unit and direction make them comparable at sight. “ms”; with its
    direction where metrics of the other one have an axis too: “percent (lower is better)”.
    """
    by_scale = {metric.scale: metric for metric in metrics}
    charts_of_unit = Counter(scale[:2] for scale in by_scale)
    return {
        scale: unit_words(metric)
        if charts_of_unit[scale[:2]] == 1
        else _("%(unit)s (%(direction)s)")
        % {"unit": unit_words(metric), "direction": direction_words(metric.higher_is_better)}
        for scale, metric in by_scale.items()
    }


def draw_profile(group: Sequence[tuple[MetricRecord, Cell, Field]], unit: str) -> DotChart:
    """Draws the metrics of one unit and direction."""
    values = [end for _, cell, _ in group for end in axis_values([cell])]
    values += [float(end) for _, _, field in group for end in (field.low, field.high)]
    texts, right = fit_values([(metric, cell) for metric, cell, _ in group])
    scale = scale_of(values, ROW_LEFT, right)
    rows = [
        replace(draw_profile_row(metric, cell, field, scale, row_y(position)), value=text)
        for position, ((metric, cell, field), text) in enumerate(zip(group, texts, strict=True))
    ]
    return DotChart(row_y(len(rows)) + 14, shorten_names(rows), scale.ticks_beside(), unit=unit)


def draw_profile_row(
    metric: MetricRecord, cell: Cell, field: Field, scale: Scale, y: float
) -> ChartRow:
    """Draws one metric: the value of the LLM between the lowest and the highest."""
    best = field.best
    words = profile_words(metric, field.median, best)
    return ChartRow(
        name=metric.full_name,
        y=y,
        marks=(draw_score(cell, y, scale, metric, words),),
        field=ValueRange(
            low=scale.at(float(field.low)),
            high=scale.at(float(field.high)),
            median=scale.at(float(field.median)),
            best=None if best is None else scale.at(float(best)),
        ),
    )


def profile_words(metric: MetricRecord, middle: Decimal, best: Decimal | None) -> str:
    """Says what a row of a profile shows beside the LLM's own value."""
    names = {
        "metric": metric.full_name,
        "median": with_unit(format_number(middle, metric.decimals), metric),
    }
    if best is None:
        return _("%(metric)s, median %(median)s; this:") % names
    shown = with_unit(format_number(best, metric.decimals), metric)
    names["best"] = shown
    return _("%(metric)s, median %(median)s, best %(best)s; this:") % names


def draw_side_by_side(standings: Standings, rows: Sequence[Standing]) -> list[DotChart]:
    """Draws the values of a few LLMs, each with its own shape: a chart for each unit and
    direction."""
    charts = []
    for scale, words in axis_words(standings.columns).items():
        group = [
            (metric, cells)
            for index, metric in enumerate(standings.columns)
            if metric.scale == scale
            and any(cells := [row.cells[index] for row in rows])
        ]  # fmt: skip
        if group:
            charts.append(draw_compared(group, [row.llm.name for row in rows], words))
    return charts


def draw_compared(
    group: Sequence[tuple[MetricRecord, list[Cell | None]]], names: Sequence[str], unit: str
) -> DotChart:
    """Draws the metrics of one unit and direction."""
    every = [cell for _, cells in group for cell in cells if cell]
    scale = scale_of(axis_values(every), ROW_LEFT, WIDTH - 24)
    step, band = 9, 9 * len(names) + 9
    rows = []
    for position, (metric, cells) in enumerate(group):
        top = band * position + 12
        marks = [
            draw_score(
                cell, top + step * line, scale, metric, f"{metric.full_name}: {name}", line
            )._replace(colour=line + 1)
            for line, (name, cell) in enumerate(zip(names, cells, strict=True))
            if cell
        ]
        middle = top + step * (len(names) - 1) / 2
        rows.append(ChartRow(metric.full_name, middle, tuple(marks)))
    groups = tuple(LegendEntry(shape, name, shape + 1) for shape, name in enumerate(names))
    shown = shorten_names(rows)
    return DotChart(band * len(group) + 20, shown, scale.ticks_beside(), groups, unit=unit)
