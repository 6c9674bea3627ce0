"""Given standard errors on forms: a corrected value neither loses nor keeps one unasked."""

import csv
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leaderboard.models import LLM, Metric, Score
from leaderboard.standings.loading import standings_for
from tests.admin.two_maintainers import address, form_id, opened, save, told
from tests.conftest import shared_sample
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.imports.command import NEW, run
from tests.page_reader import page_form

ASKED = (
    "The value was 1396.1 when this standard error was given. Type the one of the new value, empty "
    "the box to remove it, or tick “A standard error left as it is still holds”."
)
NO_VALUE = "There is no value with this standard error. Type it, or empty this."

RATINGS = """LLM,Rating,Rating standard error
Model One,1396.1,3.2
Model Two,1391.7,3.4
Model Three,1380.0,8.8
"""


@pytest.fixture
def rating(db):
    """A score of a metric that is no share of questions, with a standard error, on a leaderboard
    that visitors see."""
    metric = make_metric("rating", unit="points", is_share_of_questions=False)
    make_leaderboard([metric])
    return make_score(make_llm("Model One"), metric, "1396.1", standard_error="3.2")


def stored(score):
    score.refresh_from_db()
    return score.value, score.standard_error


def send(client, row, **changes):
    """The answer to the form of a row, with these changes and a reason."""
    named = {name.replace("__", "-"): value for name, value in changes.items()}
    return client.post(address(row), opened(client, row) | {"reason": "Recounted."} | named)


def test_only_what_has_no_error_of_its_own_has_a_box(anna):
    share = make_metric("share")
    errors = {
        "f1": make_metric("f1", is_share_of_questions=False),
        "latency": make_metric("latency", unit="other", unit_label="ms"),
        "imported": make_metric("imported"),
    }
    make_leaderboard([share, *errors.values()])
    llm = make_llm()
    make_score(llm, share, "0.5")
    make_score(llm, errors["imported"], "0.5", standard_error="0.01")
    form = opened(anna, llm)
    assert [name for name in form if name.startswith("error-")] == [
        f"error-{name}" for name in errors
    ]
    assert form["error-imported"] == "0.01"


def test_a_form_asks_as_often_for_one_standard_error_as_for_three(anna, rating):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            anna.get(address(rating.llm))
        return len(asked)

    few = queries()
    others = [make_metric(key, is_share_of_questions=False) for key in ("second", "third")]
    make_leaderboard(others, slug="more")
    for metric in others:
        make_score(rating.llm, metric, "0.5", standard_error="0.1")
    assert few == queries()


@pytest.mark.parametrize("form_of", ["llm", "score"])
@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ({"keep_errors": "on"}, "3.2"),
        ({"error": "2.9"}, "2.9"),
        ({"error": ""}, None),
    ],
)
def test_a_corrected_value_asks_once_what_becomes_of_its_error(anna, rating, form_of, answer, kept):
    row, value, error = {
        "llm": (rating.llm, "score-rating", "error-rating"),
        "score": (rating, "value", "standard_error"),
    }[form_of]
    asked = send(anna, row, **{value: "1397"})
    assert told(asked) == [ASKED]
    assert stored(rating) == (Decimal("1396.1"), Decimal("3.2"))
    shown = page_form(asked, form_id(row))
    assert (shown[value], shown[error]) == ("1397", "3.2")
    said = {error if name == "error" else name: text for name, text in answer.items()}
    assert anna.post(address(row), shown | said).status_code == 302
    assert stored(rating) == (Decimal("1397"), kept and Decimal(kept))
    assert Score.history.count() == 2


def test_nobody_is_asked_who_answered_at_once_or_changed_no_value(anna, rating):
    assert send(anna, rating.llm, score__rating="1397", error__rating="3").status_code == 302
    assert stored(rating) == (Decimal("1397"), Decimal("3"))
    assert send(anna, rating.llm, license="MIT").status_code == 302
    assert send(anna, rating.llm, error__rating="2.5").status_code == 302
    assert stored(rating) == (Decimal("1397"), Decimal("2.5"))
    assert rating.decimals == 2


def test_a_new_score_takes_its_error_along_and_an_emptied_one_takes_it_away(anna, rating):
    other = make_llm("Model Two")
    typed = {"score-rating": "1391.7", "error-rating": "3.4"}
    save(anna, other, typed)
    assert stored(other.scores.get()) == (Decimal("1391.7"), Decimal("3.4"))
    save(anna, other, {"score-rating": "", "reason": "Withdrawn."})
    assert not other.scores.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"error__rating": "3.3", "score__rating": ""}, NO_VALUE),
        ({"error__rating": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"error__rating": "1e15"}, "“1e15” is too large. Type a number below 10¹⁵."),
        ({"error__rating": "±3"},
         "“±3” is not a number here: type plain digits 0–9 and a point, without special characters "
         "or spaces."),
    ],
)  # fmt: skip
def test_an_error_that_cannot_be_stored_is_refused_beside_its_box(anna, rating, typed, sentence):
    assert told(send(anna, rating.llm, **typed)) == [sentence]
    assert stored(rating) == (Decimal("1396.1"), Decimal("3.2"))


def test_a_changed_error_of_a_published_score_takes_a_reason(anna, rating):
    refused = send(anna, rating.llm, error__rating="9", reason="")
    assert told(refused) == ["Say why these published scores change: rating."]


def test_an_error_that_somebody_else_changed_is_not_overwritten(anna, bob, rating):
    form = opened(bob, rating.llm) | {"license": "GPL"}
    save(anna, rating.llm, {"error-rating": "2.5", "reason": "Recounted."})
    refused = bob.post(address(rating.llm), form)
    assert told(refused)[1:] == [
        "Standard error was changed to “2.5” on WHEN by anna while you had this "
        "form open; you opened it with “3.2” and left it so. The form has the newer value now."
    ]
    assert page_form(refused, "llm_form")["error-rating"] == "2.5"


def test_a_box_that_was_not_sent_leaves_the_error_as_it_is(anna, rating):
    form = opened(anna, rating.llm) | {"license": "GPL"}
    del form["error-rating"]
    assert anna.post(address(rating.llm), form).status_code == 302
    assert stored(rating) == (Decimal("1396.1"), Decimal("3.2"))
    form = opened(anna, rating.llm) | {"score-rating": "1397", "reason": "Recounted."}
    del form["error-rating"]
    assert told(anna.post(address(rating.llm), form)) == [ASKED]


def test_the_history_of_an_llm_shows_errors_with_their_values(anna, rating):
    save(anna, rating.llm, {"error-rating": "2.5", "reason": "Recounted."})
    page = anna.get(address(rating.llm, "history")).content.decode()
    assert "1396.1 (standard error 3.2) → 1396.1 (standard error 2.5)" in page


def test_a_role_that_may_only_look_gets_no_boxes(client, django_user_model, rating):
    user = django_user_model.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_llm"))
    client.force_login(user)
    page = client.get(address(rating.llm))
    assert page.status_code == 200
    assert 'name="error-rating"' not in page.content.decode()
    assert client.post(address(rating.llm), {"error-rating": "1"}).status_code == 403


@pytest.mark.parametrize("sample", ["own", "shared"])
def test_a_corrected_rating_keeps_interval_and_range_or_they_are_removed_knowingly(
    anna, tmp_path, sample
):
    ratings = RATINGS if sample == "own" else shared_sample("cases/ratings.csv").read_text()
    rows = [
        f"{row['LLM']},Rating,{row['Rating']},{row['Rating standard error']}"
        for row in csv.DictReader(ratings.splitlines())
    ]
    table = tmp_path / "long.csv"
    table.write_text("\n".join(["model,metric,value,standard_error", *rows]))
    run(table, *NEW)
    board = make_leaderboard([Metric.objects.get()])
    llm = LLM.objects.get(name="Model One")

    def first():
        row = standings_for(board).row("model-one")
        interval = row.cells[0].uncertainty.interval
        rank_range = row.rank_range
        return (
            interval and tuple(round(end, 2) for end in interval),
            rank_range and (rank_range.best, rank_range.worst),
        )

    assert first() == ((1389.83, 1402.37), (1, 3))
    asked = send(anna, llm, score__rating="1397")
    shown = page_form(asked, "llm_form")
    assert anna.post(address(llm), shown | {"keep_errors": "on"}).status_code == 302
    assert first() == ((1390.73, 1403.27), (1, 3))
    save(anna, llm, {"score-rating": "1396.1", "error-rating": "", "reason": "Not theirs."})
    assert first() == (None, None)
