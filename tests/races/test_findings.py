"""Races that were lost once, each told as it happened on PostgreSQL."""

from decimal import Decimal
from threading import Event

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from leaderboard.imports.choices import Choices
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.storing import confirm
from leaderboard.imports.undo import undo
from leaderboard.models import LLM, Component, Leaderboard, Metric, Score
from leaderboard.readers.registry import ReadFile
from leaderboard.readers.results import Reading, ReportedFact

from .content import make_site, what_is_wrong
from .form_writers import AddLLM, AddOneToTwo, AddTwoToOne, Form, NarrowRange, Writer
from .racing import AFTER_LOCKING, AFTER_WRITING, BEFORE_WRITING, NEVER, Meeting, Told, race
from .writers import result


@pytest.fixture
def site(shared_site):
    return make_site()


def test_an_undo_leaves_an_edit_that_came_in_between(site):
    reading = Reading(facts=(ReportedFact("row 1", "Alpha", "parameters", "8"),))
    file = ReadFile("facts.csv", "c" * 64, "wide", reading)
    imported = confirm(file, Choices(), make_preview(reading, Choices()).digest)

    def edit():
        LLM.objects.get(name="Alpha")
        llm = LLM(pk=site.alpha.pk, homepage="https://alpha.example")
        llm.save(update_fields=["homepage"])

    race([lambda: undo(imported), edit], (BEFORE_WRITING, AFTER_WRITING))
    alpha = LLM.objects.get(name="Alpha")
    assert (alpha.parameters, alpha.homepage) == (7, "https://alpha.example")


class AddHighScore(Form):
    """85 where a percent is meant: right before the metric becomes a proportion, wrong after."""

    changes = {"score-percent": "85"}

    def row(self):
        return self.site.beta


class TurnIntoProportion(Form):
    changes = {"unit": "proportion", "minimum": "0", "maximum": "1"}

    def row(self):
        return Metric.objects.get(key="percent")


def test_a_metric_keeps_its_unit_if_somebody_adds_a_score_at_that_moment(site, clients, tmp_path):
    percent = Metric.objects.create(name="percent", key="percent", unit="percent")
    site.board.columns.create(metric=percent, position=9)
    pair = [
        AddHighScore(site, clients[0], tmp_path),
        TurnIntoProportion(site, clients[1], tmp_path),
    ]
    told = race([writer.write for writer in pair])
    assert sorted(each.is_saved for each in told) == [False, True]
    assert what_is_wrong() == []


def test_an_import_and_a_form_that_change_the_same_do_not_block_each_other(site, clients, tmp_path):
    """Forms locked scores and then the revision, imports the other way round."""
    reading = Reading(results=(result("Alpha", "first", "0.55"), result("Beta", "first", "0.45")))
    file = ReadFile("scores.csv", "d" * 64, "wide", reading)
    digest = make_preview(reading, Choices()).digest

    class EditScore(Form):
        changes = {"value": "0.7", "reason": "Measured again."}

        def row(self):
            return Score.objects.get(llm__name="Alpha", metric__key="first")

    form = EditScore(site, clients[0], tmp_path)

    def store():
        try:
            confirm(file, Choices(), digest)
        except OperationalError as error:
            return Told(False, 503, [str(error)])
        except Exception as error:
            return Told(False, texts=[str(error)])
        return Told(True)

    told = race([form.write, store], (AFTER_LOCKING, AFTER_LOCKING))
    assert [each.status for each in told if each.status >= 500] == []
    assert what_is_wrong() == []


def test_two_who_add_components_to_each_others_aggregates_are_both_answered(
    site, clients, tmp_path
):
    pair = [AddTwoToOne(site, clients[0], tmp_path), AddOneToTwo(site, clients[1], tmp_path)]
    told = race([writer.write for writer in pair])
    assert sorted((each.is_saved, each.status) for each in told) == [(False, 200), (True, 302)]
    assert Component.objects.filter(aggregate__in=[site.one, site.two]).count() == 3


def test_two_who_add_the_same_llm_at_once_end_in_a_sentence_beside_the_name(
    site, clients, tmp_path
):
    pair = [AddLLM(site, client, tmp_path) for client in clients]
    told = race([writer.write for writer in pair])
    assert sorted((each.is_saved, each.status) for each in told) == [(False, 200), (True, 302)]
    assert LLM.objects.filter(name="Gamma").count() == 1


def test_a_score_saved_before_its_leaderboard_is_published_is_on_the_page(site):
    """The score is stored in a transaction that ends after the publication began."""
    score = Score.objects.create(llm=site.alpha, metric=site.spare, value=Decimal("0.1"))
    meeting, saved = Meeting(), Event()

    def save_slowly():
        with transaction.atomic():
            score.value = Decimal("0.9")
            score.save()
            saved.set()
            meeting.wait_for(1)

    def publish():
        saved.wait()
        board = Leaderboard.objects.get(pk=site.draft.pk)
        board.is_published = True
        board.save()
        return Client().get("/leaderboard/draft.csv")  # and is kept

    results = race([save_slowly, publish], (NEVER, NEVER), meeting)
    assert results[0] is None
    assert b"0.9" in Client().get("/leaderboard/draft.csv").content
    assert what_is_wrong() == []


class AddAliasTwice(Writer):
    def prepare(self):
        self.address = reverse("admin:leaderboard_alias_add")
        self.data = {"name": "alpha/chat", "llm": str(self.site.alpha.pk), "metric": ""}

    def write(self):
        return self.client.post(self.address, self.data)


def test_an_alias_that_exists_is_refused_beside_its_name(site, clients, tmp_path):
    pair = [AddAliasTwice(site, client, tmp_path) for client in clients]
    pages = race([writer.write for writer in pair])
    assert sorted(page.status_code for page in pages) == [200, 302]
    refused = next(page for page in pages if page.status_code == 200)
    assert refused.context["adminform"].form.errors == {
        "name": ["This name stands for an LLM already."]
    }


def test_what_a_deadlock_undid_is_tried_once_more(site, clients, tmp_path, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer and no deadlock")
    failures = iter(["40P01", "40001", None])

    def fail(self):
        code = next(failures, None)  # a form that asks is sent twice
        if code:
            with connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$")

    monkeypatch.setattr(Metric, "check_range", fail)
    form = NarrowRange(site, clients[0], tmp_path)
    assert form.write().status == 503  # twice in a row
    failures = iter(["40P01", None])
    assert form.write().is_saved
    assert form.is_kept()
