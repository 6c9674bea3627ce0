"""What an edit changes on one leaderboard, from its states before and after. Pure."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from .causes import Group
from .difference import Change, Difference, State, compare

NOTHING = Difference((), (), 0)
REDEFINING = (Group.KINDS, Group.DEFINITIONS, Group.COMPONENTS, Group.COLUMNS)
ARRANGING = ("columns", "shown_by_default")  # fields of Group.COLUMNS that leave all values alone


class Seen(NamedTuple):
    """A published leaderboard at one moment."""

    title: str
    scores: int
    state: State | None  # None for one that is too large to be compared


class Cells(NamedTuple):
    """Numbers of shown values."""

    came: int  # with an LLM or a column
    gone: int
    beside: int  # which stay, with other digits, interval, rank range or number of questions
    places: int  # whose rank within a column that does not rank the leaderboard differs


@dataclass(frozen=True)
class Effect:
    """What an edit changes on a leaderboard; `old` or `new` is None if it is not public then."""

    old: Seen | None
    new: Seen | None

    def __bool__(self) -> bool:
        """Whether visitors see anything else."""
        is_new = self.new is not None and self.old is None
        return bool(is_new or self.entering or self.arrangements or self.changes_what_was_shown)

    @cached_property
    def changes_what_was_shown(self) -> bool:
        """Whether something that visitors saw moves, goes, or means something else; what only
        comes to it does not."""
        return bool(
            self.is_withdrawn
            or self.is_uncounted
            or self.difference.moves
            or self.difference.values
            or self.cells.gone
            or self.cells.beside
            or self.cells.places
            or self.leaving
            or self.redefinitions
        )

    @property
    def title(self) -> str:
        """The title of the leaderboard, after the edit if it is public then."""
        seen = self.new or self.old
        return seen.title if seen else ""

    @property
    def is_withdrawn(self) -> bool:
        """Whether the leaderboard is not public any more."""
        return self.old is not None and self.new is None

    @property
    def is_uncounted(self) -> bool:
        """Whether it is public before and after, and too large to be compared."""
        return self.old is not None and self.new is not None and self.states is None

    @property
    def states(self) -> tuple[State, State] | None:
        """Both states; None where they cannot be compared."""
        if self.old and self.new and self.old.state and self.new.state:
            return self.old.state, self.new.state
        return None

    @cached_property
    def difference(self) -> Difference:
        """The difference of the states; an empty one where they cannot be compared."""
        return compare(*self.states) if self.states else NOTHING

    @cached_property
    def cells(self) -> Cells:
        """How many shown values come, go, and stand beside other figures than before."""
        return count_cells(*self.states) if self.states else Cells(0, 0, 0, 0)

    @cached_property
    def entering(self) -> list[str]:
        """The names of the LLMs that enter."""
        changes = self.difference.of(Group.LLMS)
        return sorted(each.llm for each in changes if each.field == "llm" and each.old is None)

    @cached_property
    def leaving(self) -> list[str]:
        """The names of the LLMs that leave."""
        changes = self.difference.of(Group.LLMS)
        return sorted(each.llm for each in changes if each.field == "llm" and each.new is None)

    @cached_property
    def redefinitions(self) -> list[Change]:
        """Changes of how numbers are made, read or ranked, and of which LLMs compete."""
        return [
            change
            for change in self.difference.changes
            if change.group in REDEFINING and change.field not in (*ARRANGING, "name")
        ]

    @cached_property
    def arrangements(self) -> list[Change]:
        """Changes of which columns there are, in which order, and which are shown at first."""
        return [change for change in self.difference.of(Group.COLUMNS) if change.field in ARRANGING]

    @cached_property
    def new_columns(self) -> int:
        """How many columns come."""
        return len(self.columns[1] - self.columns[0])

    @cached_property
    def lost_columns(self) -> int:
        """How many columns go."""
        return len(self.columns[0] - self.columns[1])

    @cached_property
    def columns(self) -> list[set[str]]:
        """The keys of the columns before and after."""
        return [
            {column["metric"] for column in state["inputs"]["columns"]}
            for state in self.states or ()
        ] or [set(), set()]

    @property
    def facts(self) -> tuple[Any, ...]:
        """Everything that is said of the effect; equal for equal effects."""
        sizes = [seen and (seen.title, seen.scores) for seen in (self.old, self.new)]
        return (*sizes, self.difference, self.cells)


def count_cells(old: State, new: State) -> Cells:
    """Returns how many shown values came and went, and beside how many something else differs."""
    before, after = cells_by_place(old), cells_by_place(new)
    llms = {llm for llm, _key in before} & {llm for llm, _key in after}
    columns = {key for _llm, key in before} & {key for _llm, key in after}
    came, gone = (
        sum(llm not in llms or key not in columns for llm, key in cells)
        for cells in (after, before)
    )
    both = before.keys() & after.keys()
    beside = sum(
        before[place]["value"] == after[place]["value"]
        and figures_beside(before[place]) != figures_beside(after[place])
        for place in both
    )
    ranking = new["inputs"]["ranking_metric"]
    places = sum(
        before[place]["rank"] != after[place]["rank"] for place in both if place[1] != ranking
    )
    return Cells(came, gone, beside, places)


def cells_by_place(state: State) -> dict[tuple[str, str], State]:
    """{(LLM, metric): cell}"""
    return {
        (row["llm"], key): cell
        for row in state["outputs"]["rows"]
        for key, cell in row["cells"].items()
    }


def figures_beside(cell: State) -> list[Any]:
    """What stands beside a value, less its rank in its column."""
    return [part for name, part in cell.items() if name != "rank"]
