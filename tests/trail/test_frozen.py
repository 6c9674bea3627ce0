"""Standings read from the stored outputs of a state: all of it, and moved by no rule."""

import pytest

from leaderboard.models import Column, Leaderboard, Source
from leaderboard.models.payloads import parse_payload
from leaderboard.pages.selection import Selection
from leaderboard.pages.tables import StandingsTable
from leaderboard.pages.view import build_view
from leaderboard.standings import aggregates, cells, ranges, ranking, uncertainty
from leaderboard.standings.estimates import Given
from leaderboard.standings.loading import standings_for
from leaderboard.standings.records import LLMRecord
from leaderboard.trail.canonical import canonical_bytes
from leaderboard.trail.frozen import thaw
from leaderboard.trail.state import INTERVAL_DECIMALS, PAYLOAD_VERSION, load_state
from tests.exports.taking import UPDATED
from tests.factories import make_llm, make_metric, make_score
from tests.trail.editing import make_site

# What a state says of an LLM; ids are local.
FACTS = [name for name in LLMRecord._fields if name != "id"]


def stored(slug):
    """A state as a release stores it and reads it back."""
    state = load_state(Leaderboard.objects.get(slug=slug), UPDATED)
    return parse_payload(canonical_bytes(state), PAYLOAD_VERSION)


def content_of(standings):
    """Everything that a page shows of standings."""
    return {
        "columns": [metric.key for metric in standings.columns],
        "names": [(metric.full_name, metric.language) for metric in standings.columns],
        "shown": standings.default_columns,
        "ranked by": standings.ranking_metric.key,
        "unknown": standings.without_evidence,
        "cuts": standings.cuts(),
        "rows": [
            (
                [getattr(row.llm, name) for name in FACTS],
                row.rank,
                row.rank_range,
                row.coverage,
                row.tiers,
                [cell and content_of_cell(cell) for cell in row.cells],
            )
            for row in standings.rows
        ],
        "ranges": {key: standings.rank_ranges(key) for key in standings.position},
    }


def content_of_cell(cell):
    interval = cell.uncertainty.interval
    return (
        cell.value,
        cell.text,
        cell.exact,
        cell.origin,
        cell.rank,
        cell.heat,
        cell.tier,
        cell.is_partial,
        cell.uncertainty.question_count,
        interval and tuple(round(end, INTERVAL_DECIMALS) for end in interval),
    )


def make_every_kind():
    """Computed and unchecked aggregates, a partial run, mixed tiers, a hidden column, a metric
    without direction, an LLM without a score in the ranking metric, unknown facts."""
    make_site()
    board = Leaderboard.objects.get()
    one, two, mean, speed = (column.metric for column in board.columns.order_by("position"))
    Column.objects.filter(metric=two).update(shown_by_default=False)
    type(speed).objects.filter(pk=speed.pk).update(
        higher_is_better=None, unit="other", unit_label="ms"
    )
    paper = Source.objects.create(title="Vendor", tier="vendor")
    make_score(make_llm("Partial"), one, "0.9", source=paper, question_count=20)
    late = make_llm("Late")
    make_score(late, mean, "0.7")
    make_score(make_llm("Aside", released="2025-01-20"), speed, "12.5")
    Column.objects.create(leaderboard=board, metric=make_metric("lonely"), position=9)


@pytest.mark.parametrize("make", [None, make_every_kind])
def test_a_thawed_state_is_what_was_frozen_cell_by_cell(make, request, db):
    if make:
        make()
    else:
        request.getfixturevalue("anesbench")
    board = Leaderboard.objects.get()
    assert content_of(thaw(stored(board.slug))) == content_of(standings_for(board))


def test_the_table_of_the_seed_has_the_same_bytes(anesbench):
    board = Leaderboard.objects.get()
    tables = [
        StandingsTable(build_view(standings, Selection(intervals=wanted, sort="-amcqa-overall")))
        for wanted in (None, "all", "off")
        for standings in (standings_for(board), thaw(stored(board.slug)))
    ]
    for live, frozen in zip(tables[::2], tables[1::2], strict=True):
        assert (frozen.header_cells(), frozen.body()) == (live.header_cells(), live.body())


def test_no_rule_moves_what_was_frozen(anesbench, monkeypatch):
    state = stored("anesbench")
    before = content_of(thaw(state))

    def broken(*args, **kwargs):
        raise AssertionError("A rule was asked.")

    for module, name in (
        (ranking, "competition_ranks"),
        (ranges, "column_ranges"),
        (cells, "cell_ranges"),
        (cells, "column_cells"),
        (cells, "column_heats"),
        (aggregates, "shown_values"),
        (uncertainty, "share_uncertainty"),
        (uncertainty, "uncertainty_from"),
    ):
        monkeypatch.setattr(module, name, broken)
    assert content_of(thaw(state)) == before


def test_a_fact_that_an_old_state_does_not_know_is_unknown(anesbench):
    state = stored("anesbench")
    for facts in state["inputs"]["llms"].values():
        del facts["license"], facts["released"]
    llm = thaw(state).rows[0].llm
    assert (llm.license, llm.released) == ("", None)


def test_rows_that_have_stored_the_same_share_a_cell_and_no_others_do(anesbench):
    metric = Leaderboard.objects.get().ranking_metric
    for name, given in {"One": {}, "Two": {}, "Sure": {"standard_error": "0.01"}}.items():
        make_score(make_llm(name), metric, "0.5", **given)
    standings = thaw(stored("anesbench"))
    number = standings.ranking_metric.id
    one, two, sure = (standings.cell(slug, number) for slug in ("one", "two", "sure"))
    assert one is two
    assert (one.value, one.uncertainty.evidence) == (sure.value, None)
    assert sure.uncertainty.evidence == Given(0.01)
