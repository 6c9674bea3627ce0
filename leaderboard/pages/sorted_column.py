"""The column that sorts the table, where it is not the ranking column: its cells stay in sight
beside the names, and say the rank that each LLM has in it."""

from leaderboard.standings.rows import Standing

from .view import View

CELL = '<td class="'


class SortedColumn:
    """Marks the cells of a column in rows that are written already, and kept for all orders."""

    def __init__(self, view: View, key: str):
        # Among the cells of a row, of which the first has the rank.
        self.place = view.column_keys.index(key) + 2 if key else 0
        self.position = view.standings.position.get(key)  # of a metric; facts rank nothing

    def mark(self, row_html: str, row: Standing) -> str:
        """Returns the row with its cell marked."""
        if not self.place:
            return row_html
        *before, cell = row_html.split(CELL, self.place)
        score = None if self.position is None else row.cells[self.position]
        rank = f' data-rank="{score.rank}"' if score and score.rank else ""
        return f'{CELL.join(before)}<td{rank} class="by {cell}'
