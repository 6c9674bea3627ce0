"""How wide the table is, estimated in letters, since only a browser can measure it."""

from leaderboard.standings.standings import Standings

from .fact_columns import letters_of
from .view import View

LONGEST_ON_PHONE = 15  # letters of a value: 1,234,567.12345
WIDEST = 105  # letters of all metric headers in a table that fits a wide screen


def fits(view: View) -> bool:
    """Is the table narrow enough for a wide screen, by an estimate in letters?

    The page scrolls a table that fits; another one scrolls in a region of its own.
    """
    widest = widest_texts(view.standings)
    margins = 17 if view.selection.intervals == "all" else 0
    letters = [
        max(len(metric.name), widest[metric.key] + 2 + margins) + 3 for metric in view.columns
    ]
    letters += [letters_of(view.standings, fact) for fact in view.facts]
    return sum(letters) <= WIDEST


def is_vast(standings: Standings) -> bool:
    """Is a value of the ranking metric too long to stay beside the names on a phone?"""
    ranking = standings.ranking_metric
    return ranking is not None and widest_texts(standings).get(ranking.key, 0) > LONGEST_ON_PHONE


def widest_texts(standings: Standings) -> dict[str, int]:
    """{metric: letters of its longest score}, found once for all views of the standings; a share
    needs four of them in any case."""

    def find() -> dict[str, int]:
        columns = zip(standings.position, standings.distinct_cells(), strict=True)
        return {key: max([4, *(len(cell.text) for cell in cells)]) for key, cells in columns}

    found: dict[str, int] = standings.compute_once("widest texts", find)
    return found
