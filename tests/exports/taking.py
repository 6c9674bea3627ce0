"""Exports as a program takes them."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

from django.urls import reverse

from leaderboard.models import LeaderboardState, Organization, Source
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)

ENDINGS = ["csv", "json", "jsonl", "md", "tex", "bib"]


UPDATED = datetime(2026, 3, 1, 12, tzinfo=UTC)


FILTERED = {"q": "qwen", "weights": "open", "min_size": "10", "sort": "-amcqa-overall"}


def export(client, ending="csv", slug="board", **query):
    return client.get(reverse("export", args=[slug, ending]), query)


def csv_rows(response):
    return list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))


def make_tiny_leaderboard():
    """Two metrics of a benchmark and their mean; one score is missing."""
    bench = make_benchmark("Be_nch", language="English")
    share = {"benchmark": bench, "question_count": 100, "is_share_of_questions": True}
    a = make_metric("a", name="first", **share)
    b = make_metric("b", name="second", **share)
    maker = Organization.objects.create(name="Maker & Co")
    source = Source.objects.create(title="Paper", tier=Source.Tier.INDEPENDENT)
    alpha = make_llm(
        "Alpha", organization=maker, parameters=Decimal("30.5"), active_parameters=3,
        open_weights=True, license="MIT", domain="general", reasoning=False,
        released=date(2025, 1, 20),
    )  # fmt: skip
    make_score(alpha, a, "0.8", source=source)
    make_score(alpha, b, "0.71234567", source=source)
    make_scores({"Beta_2": {a: "0.5"}})
    board = make_leaderboard(
        [a, b, make_aggregate("mean", [a, b], name="Mean")],
        citation="@article{x,\n  year = {2025}\n}\n",
    )
    LeaderboardState.objects.all().delete()
    LeaderboardState.objects.create(leaderboard=board, token="abc", changed_at=UPDATED)
    return board
