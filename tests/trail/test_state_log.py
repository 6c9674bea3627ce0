"""The state log: an edit is a new state of the leaderboards that it changes, and of no other."""

from decimal import Decimal

import pytest
from django.db import transaction

from leaderboard.models import LLM, Column, Leaderboard, LeaderboardState, Score, Source
from leaderboard.models.locks import content_lock
from leaderboard.models.revision import publish_change
from leaderboard.trail import state_log
from leaderboard.trail.state import hash_content, load_state
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)

pytestmark = pytest.mark.django_db
ENDINGS = ("csv", "json", "jsonl", "md", "tex", "bib")


class Site:
    """Two leaderboards without a common metric, and an LLM on both of them."""

    def __init__(self):
        bench = make_benchmark("First bench")
        self.part = make_metric("part", benchmark=bench)
        self.mean = make_aggregate("mean", [self.part], benchmark=bench)
        self.first = make_leaderboard([self.mean], slug="first", title="First")
        self.other = make_metric("other", benchmark=make_benchmark("Second bench"))
        self.second = make_leaderboard([self.other], slug="second", title="Second", position=1)
        self.alpha = make_llm("Alpha", is_published=True)
        self.source = Source.objects.create(title="Source")
        self.score = make_score(self.alpha, self.part, "0.5", source=self.source)
        make_score(self.alpha, self.other, "0.6")
        make_score(make_llm("Beta", is_published=True), self.part, "0.4")


@pytest.fixture
def site():
    return Site()


def log(slug):
    return list(LeaderboardState.objects.filter(leaderboard__slug=slug).values())


def changed_by(edit):
    """The slugs of the leaderboards whose log grew."""
    before = {slug: log(slug) for slug in ("first", "second")}
    edit()
    after = {slug: log(slug) for slug in ("first", "second")}
    assert all(after[slug][: len(rows)] == rows for slug, rows in before.items())
    return {slug for slug in after if len(after[slug]) > len(before[slug])}


def setting(row, **values):
    def edit():
        for name, value in values.items():
            setattr(row, name, value)
        row.save()

    return edit


EDITS = {
    "a value of a component": (lambda s: setting(s.score, value=Decimal("0.7")), {"first"}),
    "its digits": (lambda s: setting(s.score, decimals=3), {"first"}),
    "its note": (lambda s: setting(s.score, note="Five shots"), {"first"}),
    "its source": (lambda s: setting(s.source, tier="vendor"), {"first"}),
    "a metric": (lambda s: setting(s.part, question_count=9), {"first"}),
    "a benchmark": (lambda s: setting(s.part.benchmark, version="2"), {"first"}),
    "a text": (lambda s: setting(s.second, introduction="Hello"), {"second"}),
    "a column": (
        lambda s: lambda: Column.objects.create(leaderboard=s.second, metric=s.part, position=1),
        {"second"},
    ),
    "a name": (lambda s: setting(s.alpha, name="Gamma"), {"first", "second"}),
    "an LLM on one": (
        lambda s: setting(LLM.objects.get(name="Beta"), is_published=False),
        {"first"},
    ),
    "a deleted LLM": (lambda s: s.alpha.delete, {"first", "second"}),
    "a deleted benchmark": (lambda s: lambda: delete_second_benchmark(s), {"second"}),
    "a deleted score": (lambda s: s.score.delete, {"first"}),
    "a form saved as it was": (lambda s: s.score.save, set()),
    "what leaderboards do not show": (lambda s: setting(s.alpha, description="Long"), set()),
    "a draft": (lambda s: lambda: make_score(make_draft(), s.part, "0.1"), set()),
    "everything, and nothing of it changed": (lambda s: publish_change, set()),
}


def make_draft():
    return make_llm("Draft", is_published=False)


def delete_second_benchmark(site):
    with content_lock():
        site.second.ranking_metric = site.part
        site.second.save()
        site.other.benchmark.delete()


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_is_a_new_state_of_what_it_changes_and_of_no_other(site, what):
    make, expected = EDITS[what]
    assert changed_by(make(site)) == expected


@pytest.mark.parametrize("what", EDITS)
def test_without_hashes_no_change_is_missed(site, what, monkeypatch):
    """Notes of what an edit touches are enough where a leaderboard is too large to compare."""
    make, expected = EDITS[what]
    monkeypatch.setattr(state_log, "LARGEST_COMPARED", -1)
    edit = make(site)
    assert changed_by(edit) >= expected
    if what == "a form saved as it was":
        assert changed_by(edit) == set()


def test_a_draft_leaves_no_trace_on_a_large_leaderboard(site, monkeypatch):
    monkeypatch.setattr(state_log, "LARGEST_COMPARED", -1)
    draft = make_draft()
    assert changed_by(lambda: make_score(draft, site.part, "0.1")) == set()
    assert changed_by(draft.delete) == set()


def test_an_edit_of_several_rows_is_one_state_with_the_hash_of_what_is_there_then(site):
    def edit():
        with content_lock():
            site.score.value = Decimal("0.7")
            site.score.save()
            site.alpha.license = "MIT"
            site.alpha.save()

    before = len(log("first"))
    edit()
    assert len(log("first")) == before + 1
    last = LeaderboardState.objects.of(site.first).first()
    assert last.sha256 == hash_content(load_state(site.first, last.changed_at))


def test_a_write_that_fails_leaves_no_state(site):
    def fail():
        with transaction.atomic(), content_lock():
            site.score.value = Decimal("0.7")
            site.score.save()
            raise RuntimeError

    def edit():
        with pytest.raises(RuntimeError):
            fail()

    assert changed_by(edit) == set()


def test_an_unpublished_leaderboard_has_no_log():
    draft = make_leaderboard([make_metric()], slug="draft", is_published=False)
    draft.title = "Other"
    draft.save()
    assert log("draft") == []
    draft.is_published = True
    draft.save()
    assert len(log("draft")) == 1


def test_an_edit_leaves_date_citation_and_exports_of_another_leaderboard_alone(site, client):
    def files(slug):
        return [client.get(f"/leaderboard/{slug}.{ending}").content for ending in ENDINGS]

    second = files("second")
    page = client.get("/leaderboard/second/").content
    site.score.value = Decimal("0.7")
    site.score.save()
    assert files("second") == second
    assert client.get("/leaderboard/second/").content == page
    newest = LeaderboardState.objects.of(site.first).first()
    assert f"revision {newest.token}" in client.get("/leaderboard/first.bib").content.decode()
    assert client.get("/leaderboard/first.json").json()["leaderboard"]["revision"] == newest.token


def test_the_log_outlives_its_leaderboard(site):
    rows = list(LeaderboardState.objects.filter(leaderboard=site.second.pk))
    number = site.second.pk
    site.second.delete()
    *before, last = LeaderboardState.objects.filter(leaderboard=number)
    assert (before, last.is_withdrawal) == (rows, True)


def test_a_fixture_is_one_state(anesbench):
    """Loaded again it is none: models/test_loaddata.py compares every table."""
    assert len(log("anesbench")) == 1
    board = Leaderboard.objects.get()
    Score.objects.first().delete()
    assert LeaderboardState.objects.of(board).count() == 2
