"""What an import writes past the models is what the models would have written."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from leaderboard.imports.bulk_rows import insert_rows
from leaderboard.imports.pending import reading_from_json, reading_to_json
from leaderboard.imports.preview import Values
from leaderboard.imports.writing import BulkWriter, load_scores, put_scores
from leaderboard.models import LLM, Score
from leaderboard.models.locks import content_lock
from leaderboard.readers.results import Reading, Result
from tests.factories import make_llm, make_metric, make_score

FULL = Values(Decimal("0.5"), 2, 100, Decimal("0.05"), None, date(2025, 1, 20), "by hand")
BARE = Values(Decimal("-1234567.12345678"), 8)


def stored(model):
    names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    return list(model.objects.order_by("pk").values(*names))


def test_new_rows_are_stored_as_a_bulk_create_stores_them(db):
    def make(name):
        llm = LLM(name=name, parameters=Decimal("7.25"), released=date(2025, 1, 2))
        llm.derive()
        return llm

    LLM.objects.bulk_create([make("Alpha"), LLM(name="β", name_key="β", slug="b")])
    expected = stored(LLM)
    LLM.objects.all().delete()
    rows = [make("Alpha"), LLM(name="β", name_key="β", slug="b")]
    insert_rows(LLM, rows)
    assert stored(LLM) == expected
    assert [row.pk for row in rows] == [LLM.objects.get(slug=row.slug).pk for row in rows]


def test_scores_are_added_changed_and_removed_with_their_history(db):
    metric = make_metric()
    llms = [make_llm(name) for name in ("new", "changed", "removed", "aside")]
    for llm in llms[1:]:
        make_score(llm, metric, "0.1", note="before")
    Score.history.all().delete()
    wanted = dict(zip([(llm.pk, metric.pk) for llm in llms], [FULL, BARE, None], strict=False))
    with content_lock():
        put_scores(load_scores(wanted), wanted, BulkWriter(None, "test"))
    shown = Score.objects.order_by("llm_id").values_list("llm__name", *Values._fields)
    assert list(shown) == [
        ("new", *FULL),
        ("changed", *BARE),
        ("aside", Decimal("0.1"), 2, None, None, None, None, "before"),
    ]
    history = Score.history.order_by("llm_id").values_list(
        "llm__name", "history_type", "value", "id"
    )
    ids = {score.llm.name: score.pk for score in Score.objects.all()}
    assert [row[:3] for row in history] == [
        ("new", "+", FULL.value),
        ("changed", "~", BARE.value),
        ("removed", "-", Decimal("0.1")),
    ]
    assert [row[3] for row in history[:2]] == [ids["new"], ids["changed"]]


def test_a_score_that_is_there_already_is_refused_whole(db):
    metric, llm = make_metric(), make_llm()
    make_score(llm, metric, "0.1")
    with pytest.raises(IntegrityError), content_lock():
        put_scores({}, {(llm.pk, metric.pk): FULL}, BulkWriter(None, "test"))


RESULTS = (
    Result("line 2", "Alpha", "accuracy", None),
    Result(
        "line 3", "Beta", "accuracy", Decimal("0.50"), 10, 20, Decimal("0.1"), "%",
        date(2025, 1, 2), "a note", "https://example.org", True, 1,
    ),
)  # fmt: skip


def test_a_waiting_result_keeps_what_it_states_and_only_that():
    packed = reading_to_json(Reading(results=RESULTS))
    assert packed["results"][0] == {"where": "line 2", "llm": "Alpha", "metric": "accuracy"}
    assert len(packed["results"][1]) == len(Result.__dataclass_fields__)


def test_waiting_results_of_earlier_versions_are_read():
    """They name every field, also those that are empty."""
    packed = reading_to_json(Reading(results=RESULTS))
    in_full = dict.fromkeys(("value", "question_count", "standard_error", "measured_on"))
    packed["results"] = [
        in_full | {"expected_count": None, "partial": False, "file": 0, "unit": ""} | result
        for result in packed["results"]
    ]
    texts = packed["results"][1]
    texts |= {"value": "0.50", "standard_error": "0.1", "measured_on": "2025-01-02"}
    assert reading_from_json(packed).results == RESULTS
