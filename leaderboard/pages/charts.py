"""The charts of a leaderboard: which axes a visitor chose, and what is drawn of the view."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

from django.http import QueryDict

from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.standings import Standings

from .dot_charts import DotChart, draw_forest_plot, draw_profiles
from .frontier import Frame
from .quantities import Quantity, list_quantities
from .scatter import LARGE, SMALL, Plotted, Scatter, choose_plotted, draw_scatter
from .selection import Selection, read_ticks
from .view import View

MOST_OFFERED = 100  # LLMs to choose the profile of
STACK_GAP = 24  # with the unit above a chart
USUAL_X = ("parameters", "active_parameters", "released")


@dataclass(frozen=True, slots=True)
class Axes:
    """The quantities of the chart, and whose profile is drawn. None is the default.

    The fields are parameters of the query string, after those of a Selection.
    """

    x: str | None = None
    y: str | None = None
    of: str | None = None  # the slug of an LLM

    @classmethod
    def from_query(cls, query: QueryDict, standings: Standings, selection: Selection) -> Self:
        """Reads what is known; two axes of one quantity are none."""
        known, ranking = list_quantities(standings), standings.ranking_metric
        wanted = [read_one(query.getlist(name), known) for name in ("x", "y")]
        usual_y = choose_axes(known, ranking, None, None)[1]
        x, y = choose_axes(known, ranking, *wanted)
        usual_x = choose_axes(known, ranking, None, y)[0]
        of = next(iter(read_ticks(query.getlist("of")[:1], standings)), None)
        return cls(
            x=None if x == usual_x else x,
            y=None if y == usual_y else y,
            of=None if of == usual_profile(standings, selection) else of,
        )

    def parameters(self) -> list[tuple[str, str]]:
        """Returns (name, value) of all that differs from the default."""
        pairs = (("x", self.x), ("y", self.y), ("of", self.of))
        return [(name, value) for name, value in pairs if value]


def read_one(values: list[str], known: dict[str, Quantity]) -> str | None:
    """Returns the key asked for; None for an unknown one, or several."""
    return values[0] if len(values) == 1 and values[0] in known else None


def choose_axes(
    known: dict[str, Quantity], ranking: MetricRecord | None, x: str | None, y: str | None
) -> tuple[str | None, str | None]:
    """Returns the keys of both axes: those wanted, else the ranking metric against the first known
    of size and release date; None where there is nothing to draw."""
    metrics = [key for key, quantity in known.items() if quantity.place is not None]
    if y is None:
        y = ranking.key if ranking and ranking.key in known else next(iter(metrics), None)
    if x is None or x == y:
        x = next((key for key in (*USUAL_X, *known) if key in known and key != y), None)
    return x, y


def usual_profile(standings: Standings, selection: Selection) -> str | None:
    """Returns the LLM whose profile is drawn unless another is chosen: the first ticked, else the
    leading one."""
    if selection.llm:
        return selection.llm[0]
    return next((row.llm.slug for row in standings.rows if row.rank), None)


class Offered(NamedTuple):
    """An option of a form."""

    value: str
    label: str
    is_chosen: bool


class Stacked(NamedTuple):
    """A chart with its place in a file of several."""

    top: int
    chart: DotChart


class Charts:
    """The charts of a view; each is computed once, when a template first asks."""

    def __init__(self, view: View, axes: Axes | None = None):
        self.view = view
        self.axes = axes or Axes()
        self.known = list_quantities(view.standings)
        chosen = choose_axes(self.known, view.standings.ranking_metric, self.axes.x, self.axes.y)
        self.x, self.y = (self.known.get(key or "") for key in chosen)

    @cached_property
    def plotted(self) -> Plotted | None:
        """How the LLMs are drawn, one quantity against another; None without two of them."""
        if self.x is None or self.y is None:
            return None
        return choose_plotted(self.view, self.x, self.y)

    def draw(self, frame: Frame) -> Scatter | None:
        """Draws one quantity against another."""
        if self.plotted is None or self.x is None or self.y is None:
            return None
        return draw_scatter(self.plotted, self.x, self.y, frame)

    @cached_property
    def scatter(self) -> Scatter | None:
        """For screens beyond a phone's, and for files."""
        return self.draw(LARGE)

    @cached_property
    def small_scatter(self) -> Scatter | None:
        """For phones."""
        return self.draw(SMALL)

    @cached_property
    def forest(self) -> DotChart | None:
        """The leading LLMs with their intervals."""
        return draw_forest_plot(self.view)

    @cached_property
    def subject(self) -> Standing | None:
        """The LLM whose profile is drawn."""
        slug = self.axes.of or usual_profile(self.view.standings, self.view.selection)
        return self.view.standings.row(slug) if slug else None

    @cached_property
    def profiles(self) -> list[DotChart]:
        """The scores of one LLM against the field."""
        if self.subject is None:
            return []
        return draw_profiles(self.view.standings, self.subject.llm.slug)

    def stacked_profiles(self) -> list[Stacked]:
        """The charts of the profile one below the other, in one file."""
        top, stacked = 0, []
        for chart in self.profiles:
            stacked.append(Stacked(top, chart))
            top += round(chart.height) + STACK_GAP
        return stacked

    @property
    def stack_height(self) -> int:
        """The height of all charts of the profile."""
        return sum(round(chart.height) + STACK_GAP for chart in self.profiles)

    @cached_property
    def not_ranked(self) -> int:
        """The LLMs of the view that are not drawn, as a partial run has no rank."""
        standings, metric = self.view.standings, self.view.standings.ranking_metric
        if metric is None or metric.key not in standings.position:
            return 0
        place = standings.position[metric.key]
        return sum(1 for row in self.view.rows if (cell := row.cells[place]) and cell.is_aside)

    def x_options(self) -> list[Offered]:
        """What the first axis may show."""
        return self.options(self.x)

    def y_options(self) -> list[Offered]:
        """What the second axis may show."""
        return self.options(self.y)

    def options(self, chosen: Quantity | None) -> list[Offered]:
        """Returns all quantities as options."""
        return [Offered(key, each.title, each is chosen) for key, each in self.known.items()]

    def profile_options(self) -> list[Offered]:
        """The leading LLMs, and the one whose profile is drawn."""
        rows: Sequence[Standing] = self.view.standings.rows[:MOST_OFFERED]
        if self.subject and self.subject not in rows:
            rows = [*rows, self.subject]
        return [Offered(row.llm.slug, row.llm.name, row is self.subject) for row in rows]
