"""The pages that ask before a deletion say what moves and goes on public pages."""

import pytest
from django.urls import reverse

from leaderboard.models import LLM
from leaderboard.trail.difference import compare
from tests.admin.previewing import (
    REASON,
    board,
    differing_values,
    llm,
    metric,
    said,
    state,
    stored,
)
from tests.admin.two_maintainers import address, save, told
from tests.factories import make_benchmark, make_metric
from tests.page_reader import page_form


def delete_address(row):
    return address(row, "delete")


@pytest.mark.parametrize(
    ("row", "sentences"),
    [
        (
            lambda: llm("Alpha"),
            [
                "Board: 1 rank moves, 4 values go, Alpha leaves, 3 values get other digits, "
                "intervals, rank ranges or numbers of questions, 2 ranks in other columns move.",
                "Gamma 2 → 1: LLMs entered or left",
            ],
        ),
        (lambda: metric("speed"), ["Board: 3 values go, 1 column goes."]),
        (board, ["Board: the leaderboard goes, with 3 LLMs and 9 scores."]),
    ],
)
def test_a_deletion_says_what_goes_and_what_moves_and_does_just_that(anna, site, row, sentences):
    differing_values()
    row, leaderboard, before = row(), board(), stored()
    old = state(leaderboard)
    page = anna.get(delete_address(row))
    assert said(page) == sentences
    assert stored() == before
    form = page_form(page)
    asked = anna.post(delete_address(row), form)
    assert told(asked) == ["Visitors see it: say why it goes."]
    assert (said(asked), stored() == before) == (sentences, True)
    assert anna.post(delete_address(row), form | {"reason": REASON}).status_code == 302
    if row != leaderboard:
        difference = page.context["effects"][0].effect.difference
        assert difference == compare(old, state(leaderboard))


def test_a_deletion_that_moves_something_else_by_now_asks_again(anna, bob, site):
    differing_values()
    page = anna.get(delete_address(llm("Alpha")))
    save(bob, llm("Gamma"), {"score-one": "0.95", "reason": "Recounted."})
    before = stored()
    answer = anna.post(
        delete_address(llm("Alpha")), page_form(page) | {"reason": REASON}, follow=True
    )
    assert [str(message) for message in answer.context["messages"]] == [
        "It moves other ranks or values than when you were asked. Nothing was deleted yet. Look at "
        "it as it is now, and confirm again if it should go."
    ]
    assert stored() == before


def test_the_action_that_deletes_says_it_for_all_chosen(anna, site):
    rows = {"action": "delete_selected", "_selected_action": [llm("Alpha").pk, llm("Beta").pk]}
    place, before = reverse("admin:leaderboard_llm_changelist"), stored()
    page = anna.post(place, rows)
    assert said(page)[0].startswith("Board: 8 values go, 2 LLMs leave: Alpha, Beta, ")
    assert stored() == before
    assert anna.post(place, page_form(page) | rows | {"reason": REASON}).status_code == 302
    assert list(LLM.objects.published().values_list("name", flat=True)) == ["Gamma"]


def test_what_nobody_sees_is_deleted_without_a_word_of_effects(anna, site):
    page = anna.get(delete_address(make_metric("unused", benchmark=make_benchmark("Other"))))
    assert 'class="effects"' not in page.content.decode()


def test_what_cannot_be_deleted_is_not_tried(anna, site):
    page = anna.get(delete_address(metric("one").benchmark))
    assert 'class="effects"' not in page.content.decode()
