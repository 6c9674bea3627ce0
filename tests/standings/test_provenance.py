"""Where scores come from, and which tier an aggregate has by that."""

import pytest

from leaderboard.models import Source
from leaderboard.standings.loading import standings_for
from leaderboard.standings.shown import Origin
from tests.factories import (
    make_aggregate,
    make_llm,
    make_metric,
    make_score,
)
from tests.standings.reading import make_pair, only_cell

pytestmark = pytest.mark.django_db


def make_source(tier):
    """A source of that tier; none for “”."""
    title = f"Source {Source.objects.count()}"
    return Source.objects.create(title=title, tier=tier) if tier else None


@pytest.mark.parametrize("tier", Source.Tier.values)
def test_a_score_has_the_tier_of_its_source(tier):
    metric, source = make_metric(), make_source(tier)
    make_score(make_llm(), metric, "0.5", source=source)
    cell = only_cell(metric)
    assert (cell.tier, cell.source_id) == (tier, source.id)


def test_a_score_without_a_source_is_of_unknown_origin():
    metric = make_metric()
    make_score(make_llm(), metric, "0.5")
    cell = only_cell(metric)
    assert (cell.tier, cell.source_id) == ("unknown", None)


@pytest.mark.parametrize(
    ("tiers", "reported", "least"),
    [
        (("independent", "independent"), None, "independent"),
        (("independent", "maintainer"), None, "maintainer"),
        (("vendor", "maintainer"), None, "vendor"),
        (("vendor", "independent"), None, "vendor"),
        (("vendor", "unknown"), None, "unknown"),
        (("independent", ""), None, "unknown"),
        # a reported one that agrees rests on its own source too
        (("independent", "independent"), "independent", "independent"),
        (("independent", "independent"), "vendor", "vendor"),
        (("independent", "vendor"), "maintainer", "vendor"),
        (("maintainer", "maintainer"), "unknown", "unknown"),
        (("independent", ""), "independent", "unknown"),
        (("independent", "independent"), "", "unknown"),
    ],
)
def test_an_aggregate_carries_the_least_trusted_tier_of_its_components(tiers, reported, least):
    a, b = metrics = [make_metric("a"), make_metric("b")]
    mean = make_aggregate("mean", [a, b])
    llm = make_llm()
    for metric, tier in zip(metrics, tiers, strict=True):
        make_score(llm, metric, "0.5", source=make_source(tier))
    if reported is not None:
        make_score(llm, mean, "0.5", source=make_source(reported))
    cell = only_cell(a, b, mean)
    assert (cell.origin, cell.tier) == (
        Origin.COMPUTED if reported is None else Origin.REPORTED,
        least,
    )


def test_a_refused_aggregate_lends_neither_its_source_nor_its_tier():
    a, b, mean, board = make_pair()
    llm = make_llm()
    for metric, value in ((a, "0.5"), (b, "0.5"), (mean, "0.9")):
        tier = "unknown" if metric == mean else "independent"
        make_score(llm, metric, value, source=make_source(tier))
    cell = standings_for(board).rows[0].cells[2]
    assert (cell.text, cell.tier, cell.source_id) == ("0.50", "independent", None)


def test_an_aggregate_that_cannot_be_checked_has_the_tier_of_its_own_source():
    a, _, mean, board = make_pair()
    llm = make_llm()
    make_score(llm, a, "0.5", source=make_source("vendor"))
    make_score(llm, mean, "0.5", source=make_source("maintainer"))
    row = standings_for(board).rows[0]
    assert [cell and cell.tier for cell in row.cells] == ["vendor", None, "maintainer"]
    assert row.tiers == {"vendor", "maintainer"}
