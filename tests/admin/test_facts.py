"""Facts that a site defines, their values and columns, as maintainers edit them."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from leaderboard.models import Fact, FactColumn, FactValue, Leaderboard
from tests.admin.test_deleted import delete, restore
from tests.admin.two_maintainers import address, confirm, maintainer, opened, save, told
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.facts import give_value, make_fact, show_facts
from tests.page_reader import page_headers, page_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(django_user_model):
    return maintainer(django_user_model, "anna")


@pytest.fixture
def board():
    metric = make_metric("score")
    board = make_leaderboard([metric])
    make_score(make_llm("Alpha"), metric, "0.5")
    return board


def llm():
    return Leaderboard.objects.get().ranking_metric.scores.get().llm


def value_row(fact, value, number=0, **more):
    """What a row of the form of an LLM sends."""
    start = f"fact_values-{number}-"
    row = {"fact": fact.pk, "value": value, "as_of": "", "source": "", "note": ""} | more
    return {"fact_values-TOTAL_FORMS": str(number + 1)} | {
        start + name: str(each) for name, each in row.items()
    }


def column_row(number=0, **values):
    """What a row of the form of a leaderboard sends."""
    start = f"fact_columns-{number}-"
    row = {"position": number, "field": "", "fact": "", "shown_by_default": "on"} | values
    return {"fact_columns-TOTAL_FORMS": str(number + 1)} | {
        start + name: str(each) for name, each in row.items()
    }


def test_a_maintainer_defines_a_fact_gives_it_a_value_and_shows_it(anna, board, client):
    form = {"name": "Context length", "key": "", "kind": "number", "unit": "tokens", "decimals": ""}
    assert anna.post(reverse("admin:leaderboard_fact_add"), form).status_code == 302
    fact = Fact.objects.get()
    assert (fact.key, fact.history.count()) == ("context_length", 1)
    save(anna, llm(), value_row(fact, "1e5", source="https://example.org/", as_of="2026-01-02"))
    assert FactValue.objects.get().value == "100000"
    save(anna, board, column_row(fact=fact.pk))
    assert [header.key for header in page_headers(client.get("/"))] == [
        "llm", "context_length", "score",
    ]  # fmt: skip
    assert "100,000</td>" in client.get("/").content.decode()
    assert FactColumn.history.get().history_user.username == "anna"


def test_a_field_of_llms_is_chosen_from_its_own_list(anna, board, client):
    save(anna, board, column_row(field="license"))
    assert [header.key for header in page_headers(client.get("/"))] == ["llm", "license", "score"]


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        (
            "number",
            "much",
            "“much” is not a number here: type plain digits with a point, like 0.87.",
        ),
        ("date", "last year", "Type a day, month or year, as 2025-01-20, 2025-01 or 2025."),
        ("date", "2025-02-30", "Type a day, month or year, as 2025-01-20, 2025-01 or 2025."),
        ("answer", "perhaps", "Type yes or no. Leave the row out if it is unknown."),
        (
            "link",
            "javascript:alert(1)",
            "This is not a web address. Type the address of a page, like https://example.org/page.",
        ),
    ],
)
def test_a_value_of_another_kind_is_refused_with_a_sentence(anna, board, kind, value, sentence):
    fact = make_fact("A fact", kind)
    response = anna.post(address(llm()), opened(anna, llm()) | value_row(fact, value))
    assert told(response) == [sentence]
    assert not FactValue.objects.exists()


@pytest.mark.parametrize("chosen", [{}, {"field": "license", "both": True}])
def test_a_column_shows_exactly_one_fact(anna, board, chosen):
    fact = make_fact("A fact")
    if chosen.pop("both", False):
        chosen["fact"] = fact.pk
    sent = opened(anna, board) | column_row(number=0, **chosen)
    response = confirm(anna, board, anna.post(address(board), sent))
    assert response.status_code != 500
    if chosen:
        assert told(response) == ["Choose one fact for the column, from either list."]
    assert not FactColumn.objects.exists()


def test_a_fact_keeps_its_kind_while_it_has_values(anna, board):
    fact = make_fact("A fact")
    give_value(llm(), fact, "1")
    response = anna.post(address(fact), opened(anna, fact) | {"kind": "text"})
    assert told(response)[-1:] == ["1 LLMs have a value of another kind. Remove those first."]


@pytest.mark.parametrize("key", ["license", "open_weights", "length", "price_low", "Price_in"])
def test_a_key_that_could_be_another_columns_is_refused(anna, key):
    form = {"name": "Price", "key": key, "kind": "number", "unit": "", "decimals": ""}
    response = anna.post(reverse("admin:leaderboard_fact_add"), form)
    assert response.status_code == 200
    assert told(response)
    assert not Fact.objects.exists()


def test_a_fact_that_is_deleted_takes_its_values_and_columns_and_comes_back(anna, board, client):
    fact = make_fact("A fact")
    show_facts(board, fact)
    give_value(llm(), fact, "7")
    before = shown(client)
    delete(anna, fact)
    assert (Fact.objects.count(), FactValue.objects.count(), FactColumn.objects.count()) == (
        0, 0, 0,
    )  # fmt: skip
    assert [header.key for header in page_headers(client.get("/"))] == ["llm", "score"]
    restore(anna)
    assert shown(client) == before


def shown(client):
    response = client.get("/")
    return page_headers(response), page_rows(response)


def test_the_usual_facts_are_a_fixture_that_changes_nothing_when_loaded_twice():
    call_command("loaddata", "facts", verbosity=0)
    call_command("loaddata", "facts", verbosity=0)
    assert [fact.key for fact in Fact.objects.order_by("key")] == [
        "context_length", "knowledge_cutoff", "price_in", "price_out",
    ]  # fmt: skip
    assert Fact.history.count() == 4
