"""One waiting import in two windows: nobody is told what is not so, and no decision is erased."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from leaderboard.admin.import_preview import PendingPage
from leaderboard.imports import storing
from leaderboard.imports.choices import Choices
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.pending import reading_to_json
from leaderboard.imports.storing import confirm
from leaderboard.models import Import, Score
from leaderboard.readers.registry import ReadFile
from leaderboard.readers.results import Reading
from tests.admin.two_maintainers import address
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.imports.trying import result
from tests.page_reader import page_form

SHA = "a" * 64


@pytest.fixture
def metric(db):
    metric = make_metric(question_count=100)
    make_leaderboard([metric])
    make_score(make_llm("Alpha"), metric, "0.5")
    return metric


def wait(*llms):
    """A waiting import of a score of each, and its reading."""
    reading = Reading(results=tuple(result(llm, value="0.9") for llm in llms))
    imported = Import.objects.create(
        file_name="f.csv", file_sha256=SHA, format="wide", reading=reading_to_json(reading),
        choices={},
    )  # fmt: skip
    return imported, reading


def said(page):
    return [str(message) for message in page.context["messages"]]


@pytest.mark.parametrize("data", [{"do": "discard"}, {"do": "refuse", "refusal": "No."}])
def test_what_another_window_imported_is_neither_put_away_nor_refused(
    metric, anna, monkeypatch, data
):
    imported, reading = wait("Alpha")
    look = PendingPage.find_pending

    def confirm_and_look(page):
        digest = make_preview(reading, Choices()).digest
        file = ReadFile("f.csv", SHA, "wide", reading)
        confirm(file, Choices(), digest, pending=Import.objects.get())
        return look(page)

    monkeypatch.setattr(PendingPage, "find_pending", confirm_and_look)
    page = anna.post(address(imported), data, follow=True)
    assert said(page) == [
        "This file was imported, refused or put away already, from another window."
    ]
    assert Import.objects.get().state == Import.State.DONE
    assert Score.objects.get().value == Decimal("0.9")


def test_what_another_window_put_away_is_not_imported(metric, anna, monkeypatch):
    imported, reading = wait("Alpha")
    check = storing.check_source

    def put_away_and_check(file):
        Import.objects.all().delete()
        return check(file)

    monkeypatch.setattr(storing, "check_source", put_away_and_check)
    data = {"do": "confirm", "digest": make_preview(reading, Choices()).digest}
    page = anna.post(address(imported), data)
    assert page.status_code == 302
    assert Score.objects.get().value == Decimal("0.5")


def test_a_page_from_before_the_decision_of_another_erases_nothing(metric, anna, bob):
    imported, _reading = wait("New one", "New two")
    forms = [page_form(client.get(address(imported)), "choices") for client in (anna, bob)]
    anna.post(address(imported), forms[0] | {"llm-0-to": "create"})
    decided = Import.objects.get().choices
    page = bob.post(address(imported), forms[1] | {"llm-1-to": "create"}, follow=True)
    assert said(page)[0].startswith("This file was decided about meanwhile")
    assert Import.objects.get().choices == decided
    bob.post(address(imported), page_form(page, "choices") | {"llm-1-to": "create"})
    assert {*Import.objects.get().choices["llms"]} == {"New one", "New two"}


def test_a_decision_at_the_same_moment_erases_nothing(metric, anna, monkeypatch):
    imported, _reading = wait("New one")
    form = page_form(anna.get(address(imported)), "choices")
    store = PendingPage.store_choices

    def decide_and_store(page):
        Import.objects.update(choices={"reason": "Nightly"})
        return store(page)

    monkeypatch.setattr(PendingPage, "store_choices", decide_and_store)
    anna.post(address(imported), form | {"llm-0-to": "create"})
    assert Import.objects.get().choices == {"reason": "Nightly"}


def test_words_that_a_window_did_not_show_are_not_published_by_it(metric, anna, bob):
    imported, reading = wait("Alpha")
    form = page_form(bob.get(address(imported)), "choices")
    confirmation = {
        "do": "confirm", "digest": make_preview(reading, Choices()).digest,
        "decided": form["decided"],
    }  # fmt: skip
    anna.post(address(imported), form | {"reason": "Nightly", "source_title": "Paper"})
    page = bob.post(address(imported), confirmation, follow=True)
    assert said(page)[0].startswith("This file was decided about meanwhile")
    assert Score.objects.get().value == Decimal("0.5")
    bob.post(address(imported), page_form(page, "confirmation") | {"do": "confirm"})
    assert Score.objects.get().value == Decimal("0.9")


def test_how_a_table_is_read_is_not_reverted_from_another_window(metric, anna, bob):
    upload = SimpleUploadedFile("elo.csv", b"llm;accuracy\nAlpha;0,9\nBeta;1.200\n")
    anna.post("/admin/leaderboard/import/add/", {"file": upload})
    imported = Import.objects.get()
    forms = [page_form(client.get(address(imported)), "choices") for client in (anna, bob)]
    (decimal,) = [name for name in forms[0] if name.endswith("decimal")]
    other = {",": ".", ".": ","}[forms[0][decimal] or "."]
    anna.post(address(imported), forms[0] | {decimal: other})
    read = Import.objects.get().reading
    page = bob.post(address(imported), forms[1] | {"reason": "Nightly"}, follow=True)
    assert said(page)[0].startswith("This file was decided about meanwhile")
    assert Import.objects.get().reading == read


def test_a_refused_import_does_not_say_that_it_was_imported(metric, anna):
    imported, _reading = wait("Alpha")
    Import.objects.update(state=Import.State.REFUSED, reading=None, refusal="No.")
    page = anna.get(address(imported)).content.decode()
    assert ("<dt>Handed in</dt>" in page, "<dt>Imported</dt>" in page) == (True, False)
