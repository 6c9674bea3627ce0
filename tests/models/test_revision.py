import ast
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leaderboard.models import LLM, Column, Component, ContentRevision, Leaderboard, Score, Source
from leaderboard.models.revision import current_revision, publish_change
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)

db = pytest.mark.django_db


def token():
    return ContentRevision.objects.get().token


def renews(action):
    before = token()
    action()
    return token() != before


def make_content():
    """One of each kind that visitors see, and a draft LLM with all that belongs to it."""
    benchmark = make_benchmark()
    part = make_metric("part", benchmark=benchmark)
    board = make_leaderboard([make_aggregate("mean", [part])])
    llm = make_llm("Public", organization=make_organization("Public org"))
    make_score(llm, part, "0.5", source=Source.objects.create(title="Public source"))
    draft = make_llm("Draft", organization=make_organization("Draft org"), is_published=False)
    make_score(draft, part, "0.5", source=Source.objects.create(title="Draft source"))
    return board


def make_organization(name):
    return LLM.organization.field.related_model.objects.create(name=name)


PUBLIC = {
    "an LLM": lambda: LLM.objects.get(name="Public"),
    "its organization": lambda: LLM.objects.get(name="Public").organization,
    "its score": lambda: Score.objects.get(llm__name="Public"),
    "the source of its score": lambda: Source.objects.get(title="Public source"),
    "a leaderboard": Leaderboard.objects.get,
    "a column": Column.objects.get,
    "a shown metric": lambda: Column.objects.get().metric,
    "a component": Component.objects.get,
    "a component metric that is no column": lambda: Component.objects.get().metric,
    "its benchmark": lambda: Component.objects.get().metric.benchmark,
}


@db
@pytest.mark.parametrize("what", PUBLIC)
def test_saving_what_visitors_see_renews_the_revision(what):
    make_content()
    assert renews(PUBLIC[what]().save)


@db
@pytest.mark.parametrize("what", ["an LLM", "its score", "a column", "a component"])
def test_deleting_what_visitors_see_renews_the_revision(what):
    make_content()
    assert renews(PUBLIC[what]().delete)


@db
def test_deleting_a_benchmark_with_all_that_hangs_on_it_renews_the_revision():
    metric = make_metric("a", benchmark=make_benchmark())
    make_leaderboard([metric, make_metric("rank")])
    assert renews(metric.benchmark.delete)


@db
def test_deleting_a_selection_with_what_visitors_see_renews_the_revision():
    make_content()
    assert renews(LLM.objects.all().delete)


@db
def test_what_goes_with_an_llm_costs_its_history_and_nothing_else():
    metrics = [make_metric(f"m{number}") for number in range(12)]
    make_leaderboard(metrics)
    few, many = (make_llm(name, is_published=True) for name in ("Few", "Many"))
    make_score(few, metrics[0], "0.5")
    for metric in metrics:
        make_score(many, metric, "0.5")
    counts = []
    for llm in (few, many):
        with CaptureQueriesContext(connection) as asked:
            assert renews(llm.delete)
        counts.append(len(asked))
    assert counts[1] - counts[0] == len(metrics) - 1


@db
@pytest.mark.parametrize(
    "draft",
    [
        lambda: LLM.objects.get(name="Draft"),
        lambda: LLM.objects.get(name="Draft").organization,
        lambda: Score.objects.get(llm__name="Draft"),
        lambda: Source.objects.get(title="Draft source"),
    ],
    ids=["LLM", "organization", "score", "source"],
)
def test_a_draft_cannot_be_noticed_from_outside(draft):
    make_content()
    assert not renews(draft().save)


@db
def test_drafts_come_and_go_unnoticed():
    make_content()
    assert not renews(lambda: make_llm("Another draft", is_published=False))
    assert not renews(lambda: make_organization("Nobody's"))
    assert not renews(lambda: make_metric("unused"))
    assert not renews(lambda: Source.objects.create(title="Unused"))
    assert not renews(Score.objects.get(llm__name="Draft").delete)
    assert not renews(LLM.objects.get(name="Draft").delete)


@db
def test_an_unpublished_leaderboard_is_prepared_unnoticed():
    make_content()
    hidden = make_metric("hidden")

    def prepare():
        draft = make_leaderboard([hidden], slug="draft", is_published=False)
        make_score(LLM.objects.get(name="Public"), hidden, "0.5")
        draft.title = "Another title"
        draft.save()

    assert not renews(prepare)


@db
def test_publishing_and_unpublishing_renew_the_revision():
    board = make_content()
    draft = LLM.objects.get(name="Draft")
    for instance in (draft, board):
        for is_published in (not instance.is_published, instance.is_published):
            instance.is_published = is_published
            assert renews(instance.save)


@db
def test_a_score_that_moves_to_a_draft_renews_the_revision():
    make_content()
    score = Score.objects.get(llm__name="Public")
    score.llm = make_llm("Other draft", is_published=False)
    assert renews(score.save)
    assert not renews(score.save)


@db
def test_the_revision_stays_with_the_content_when_a_write_fails():
    make_content()
    before = ContentRevision.objects.values().get()
    score = Score.objects.get(llm__name="Public")

    def save_and_fail():
        with transaction.atomic():
            score.value = Decimal("0.75")
            score.save()
            assert token() != before["token"]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        save_and_fail()
    assert ContentRevision.objects.values().get() == before
    assert Score.objects.get(pk=score.pk).value == Decimal("0.5")


@db
def test_a_revision_has_a_token_of_its_own_and_its_time():
    tokens = set()
    for _ in range(20):
        publish_change()
        tokens.add(current_revision().token)
    assert len(tokens) == 20
    age = timezone.now() - current_revision().changed_at
    assert timedelta(0) <= age < timedelta(minutes=1)


@db
def test_before_any_content_the_revision_is_empty():
    assert current_revision().token == ""
    assert not ContentRevision.objects.exists()


# Writes that no signal notices

BULK = {"update", "bulk_create", "bulk_update", "aupdate", "abulk_create", "abulk_update"}
BULK |= {"_raw_delete", "_update", "bulk_create_with_history", "bulk_update_with_history"}
# Calls of such a name that write no content, as “file: receiver.name”; each with its reason.
HARMLESS: set[str] = {
    # The methods themselves, which take the content lock.
    "models/base.py: super().update",
    "models/base.py: super().bulk_create",
    # An import publishes once, at its end.
    "imports/bulk_rows.py: model.objects.bulk_create",
    # An undo likewise; and rows that are no content.
    "imports/undo.py: Import.objects.filter(source__in=set(ours[model]) - kept).update",
    "admin/import_preview.py: self.find_pending().update",
    "admin/import_preview.py: rows.update",
    # What is put back is published once, at its end.
    "trail/deletions.py: bulk_create_with_history",
    # Reasons in the history, from which a name is taken; it publishes at its end.
    "trail/taken_out.py: same.update",
    # What a row of the state log changed; not content.
    "trail/filling.py: LeaderboardState.objects.filter(pk=row.pk, difference__isnull=True).update",
    # What a deletion would change is looked at, and undone.
    "trail/trying.py: rows._raw_delete",
    # Of a login, not of content.
    "accounts/devices.py: devices.filter(last_t__gt=step + FARTHEST).update",
    "accounts/devices.py: "
    "devices.filter(throttling_failure_count__gt=MOST_COUNTED_FAILURES).update",
    "accounts/devices.py: devices.filter(throttling_failure_timestamp__gt=now + CLOCK_SKEW).update",
    "accounts/second_factor.py: StaticToken.objects.bulk_create",
    "publishing/tree.py: digest.update",
    # Of a hash, of notes, and of what a form was sent.
    "imports/settings.py: self.counts.update",
    "readers/gathering.py: llms.update",
    "readers/files/xlsx.py: written.update",
    "readers/files/xlsx.py: percent.update",
    "models/locks.py: _here.last_acts.setdefault(act, set()).update",
    "imports/writing.py: self.touched.update",
    "operations/manifest.py: digest.update",
    "api/handing_in.py: sum_.update",
    # Of a token: when it was used, and that it ended; not content.
    "models/api_tokens.py: APIToken.objects.filter(pk=self.pk).update",
    "models/api_tokens.py: APIToken.objects.filter(pk=self.pk, revoked_at=None).update",
    # Of a link to a draft: that it ended; it is no content, and this takes the content lock.
    "models/draft_links.py: DraftLink.objects.filter(pk=self.pk, revoked_at=None).update",
    "admin/forms.py: data.update",
    "admin/translations.py: data.update",
}


def bulk_writes(tree):
    """“Score.objects.update” for every call that could write rows unnoticed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in BULK:
                yield ast.unparse(node.func)


def test_the_scan_finds_every_way_to_write_in_bulk():
    tree = ast.parse("""
Score.objects.filter(llm=1).update(value=0)
self.rows().bulk_create([])
bulk_update_with_history(rows, Score, ["value"])
score.save(update_fields=["value"])
ContentRevision.objects.update_or_create(pk=1)
""")
    assert list(bulk_writes(tree)) == [
        "Score.objects.filter(llm=1).update",
        "self.rows().bulk_create",
        "bulk_update_with_history",
    ]


def test_nothing_writes_content_past_the_revision():
    root = settings.BASE_DIR / "leaderboard"
    found = {
        f"{path.relative_to(root)}: {call}"
        for path in sorted(root.rglob("*.py"))
        if "migrations" not in path.parts
        for call in bulk_writes(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == HARMLESS
