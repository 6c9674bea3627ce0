"""Forms that redefine say what moves before anything is stored, and ask visitors' question: why."""

from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leaderboard.admin.leaderboards import LeaderboardAdmin
from leaderboard.admin.previews import BACK, OTHER_EFFECT
from leaderboard.models import LLM, Benchmark, Leaderboard, LeaderboardState, Score
from leaderboard.trail import state_log, trying
from leaderboard.trail.difference import compare
from leaderboard.trail.entries import load_trail
from tests.admin.previewing import (
    REASON,
    asks,
    board,
    confirmed,
    differing_values,
    llm,
    metric,
    reasons_since,
    said,
    send,
    state,
    stored,
)
from tests.admin.two_maintainers import address, confirm, opened, save, told
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.page_reader import page_form

# Every kind of form

KINDS = {
    "unit": (lambda: metric("spare"), {"unit": "other", "unit_label": "ms"}),
    "direction": (lambda: metric("speed"), {"higher_is_better": "False"}),
    "no direction": (lambda: metric("speed"), {"higher_is_better": ""}),
    "range": (lambda: metric("speed"), {"minimum": "0", "maximum": "9"}),
    "decimals": (lambda: metric("mean"), {"decimals": "4"}),
    "question count": (lambda: metric("two"), {"question_count": "20"}),
    "share of questions": (lambda: metric("one"), {"is_share_of_questions": None}),
    "the questions of another": (
        lambda: metric("two"), {"question_count": "", "questions_of": lambda: metric("one").pk}
    ),
    "kind": (lambda: metric("mean"), {"aggregate": "question-weighted mean"}),
    "component": (lambda: metric("mean"), {"components-1-DELETE": "on"}),
    "weights": (
        lambda: metric("mean"),
        {"aggregate": "question-weighted mean", "components-0-weight": "9",
         "components-1-weight": "1"},
    ),
    "column": (board, {"columns-3-DELETE": "on"}),
    "order": (board, {"columns-0-position": "8"}),
    "hidden column": (board, {"columns-3-shown_by_default": None}),
    "ranking metric": (board, {"ranking_metric": lambda: metric("speed").pk}),
    "partial runs": (board, {"ranks_partial_runs": "on"}),
    "a leaderboard withdrawn": (board, {"is_published": None}),
    "an LLM withdrawn": (lambda: llm("Beta"), {"is_published": None}),
    "an LLM published": (lambda: llm("Hidden"), {"is_published": "on"}),
    "a human baseline": (lambda: llm("Gamma"), {"kind": "human"}),
    "a system": (lambda: llm("Gamma"), {"kind": "system"}),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_that_redefines_says_what_moves_and_stores_it_once_with_its_reason(anna, site, kind):
    differing_values()
    find, changes = KINDS[kind]
    changes = {name: text() if callable(text) else text for name, text in changes.items()}
    row, leaderboard = find(), board()
    old, before = state(leaderboard), stored()

    asked = send(anna, row, changes)

    assert (asked.status_code, asks(asked), stored() == before) == (200, True, True)
    assert [str(each) for each in asked.wsgi_request._messages] == []
    effect = asked.context["effects"][0].effect
    done = confirmed(anna, row, asked)
    assert done.status_code == 302
    reasons = reasons_since(before)
    assert reasons
    assert {reason for some in reasons.values() for reason in some} == {REASON}
    assert LogEntry.objects.count() == 1
    assert LeaderboardState.objects.count() == len(before["leaderboard.LeaderboardState"]) + 1
    leaderboard.refresh_from_db()
    (entry,) = load_trail().entries(load_trail().tokens[:1])
    assert entry.reasons == [REASON]
    if leaderboard.is_published:
        assert effect.difference == compare(old, state(leaderboard))
        told = [entry.parts[0].stored.get(name, 0) for name in ("moved", "values", "ranges")]
        found = effect.difference
        assert told == [len(found.moves), found.values, found.ranges]
    else:
        assert effect.is_withdrawn
    assert not asks(send(anna, row, {}))  # what is stored as it was moves nothing


SENTENCES = {
    "kind": ["Board: 3 values change."],
    "direction": ["Board: 2 ranks in other columns move."],
    "range": ["Board: no rank and no value moves."],
    "ranking metric": [
        "Board: 3 ranks move.",
        "Gamma 2 → 1: columns or ranking",
        "Beta – → 2: columns or ranking",
        "Alpha 1 → 3: columns or ranking",
    ],
    "column": ["Board: 3 values go, 1 column goes."],
    "a human baseline": [
        "Board: 1 rank moves, Gamma: model → human baseline, 4 values get other digits, intervals, "
        "rank ranges or numbers of questions, 6 ranks in other columns move.",
        "Gamma 2 → –: who competes",
    ],
    "a system": ["Board: Gamma: model → system."],
    "a leaderboard withdrawn": ["Board: the leaderboard goes, with 3 LLMs and 9 scores."],
    "an LLM withdrawn": [
        "Board: 4 values go, Beta leaves, 2 values get other digits, intervals, rank ranges or "
        "numbers of questions, 2 ranks in other columns move."
    ],
}


@pytest.mark.parametrize("kind", SENTENCES)
def test_the_effect_is_said_in_words(anna, site, kind):
    differing_values()
    find, changes = KINDS[kind]
    changes = {name: text() if callable(text) else text for name, text in changes.items()}
    assert said(send(anna, find(), changes)) == SENTENCES[kind]


def test_redefining_the_seeds_average_says_its_ranks_and_values(anna, anesbench):
    average = metric("average")
    asked = send(anna, average, {"aggregate": "question-weighted mean"})
    sentence, *moves = said(asked)
    assert sentence.startswith("LeaderBoard - AnesBench: 8 ranks move, 3 values change, ")
    assert len(moves) == 8
    assert "internlm3-8b-instruct 11 → 18: components or weights" in moves
    average.refresh_from_db()
    assert average.aggregate == "mean"


def test_the_first_twenty_moves_are_named_and_the_others_counted(anna, anesbench):
    leaderboard = Leaderboard.objects.get()
    asked = send(anna, leaderboard, {"ranking_metric": metric("anesbench-system2").pk})
    count = len(asked.context["effects"][0].effect.difference.moves)
    assert count > 21
    assert len(said(asked)) == 1 + 20 + 1
    assert said(asked)[-1] == f"… and {count - 20} more"


# The reason


def test_without_a_reason_a_sentence_says_so_and_what_was_typed_is_still_there(anna, site):
    row, before = metric("mean"), stored()
    asked = send(anna, row, {"components-1-DELETE": "on", "description": "Of\r\ntwo."})
    assert told(asked) == []
    again = confirmed(anna, row, asked, reason=" ")
    assert told(again) == ["Visitors saw something else: say why it changes."]
    private = confirmed(anna, row, again, reason="See /home/anna/x.json")
    assert "names a place on somebody's machine" in told(private)[0]
    assert page_form(private, "check")["public_reason"] == "See /home/anna/x.json"
    assert stored() == before
    assert confirmed(anna, row, private).status_code == 302
    row.refresh_from_db()
    assert (row.description, row.components.count()) == ("Of\r\ntwo.", 1)


def test_the_reason_typed_on_the_form_of_an_llm_is_offered(anna, site):
    changes = {"is_published": None, "reason": "Withdrawn by its maker."}
    asked = send(anna, llm("Beta"), changes)
    assert page_form(asked, "check")["public_reason"] == "Withdrawn by its maker."


def test_what_only_comes_needs_no_reason(anna, site):
    new = make_metric("new", unit="points", is_share_of_questions=False)
    columns = {"columns-4-metric": str(new.pk), "columns-4-position": "9"}
    asked = send(anna, board(), columns)
    assert said(asked) == ["Board: 1 column comes."]
    assert confirmed(anna, board(), asked, reason="").status_code == 302


def test_a_leaderboard_becomes_public_with_a_preview_and_without_a_reason(anna, site):
    draft = make_leaderboard([metric("one")], slug="draft", title="New", is_published=False)
    asked = send(anna, draft, {"is_published": "on"})
    assert said(asked) == ["New: 3 LLMs and 3 scores become public."]
    assert confirmed(anna, draft, asked, reason="").status_code == 302
    draft.refresh_from_db()
    assert draft.is_published


def test_a_new_leaderboard_that_is_published_at_once_is_previewed(anna, site):
    place = reverse("admin:leaderboard_leaderboard_add")
    form = page_form(anna.get(place), "leaderboard_form") | {
        "title": "New", "slug": "new", "is_published": "on",
        "ranking_metric": str(metric("one").pk), "columns-0-metric": str(metric("one").pk),
        "columns-0-position": "0",
    }  # fmt: skip
    asked = anna.post(place, form)
    assert said(asked) == ["New: 3 LLMs and 3 scores become public."]
    assert Leaderboard.objects.count() == 1
    assert anna.post(place, page_form(asked, "check")).status_code == 302
    assert Leaderboard.objects.get(slug="new").is_published


# What needs no second click


def at_once(client, row, changes):
    response = send(client, row, changes)
    assert response.status_code == 302, (told(response), asks(response))


def test_texts_and_single_scores_are_saved_at_once(anna, site):
    differing_values()
    at_once(anna, metric("mean"), {"description": "Of two.", "description-zh-hans": "两项"})
    at_once(anna, board(), {"title": "Another", "introduction": "Hello.", "position": "3"})
    at_once(anna, llm("Alpha"), {"score-one": "0.1", "reason": "Recounted.", "license": "MIT"})
    score = Score.objects.get(llm__name="Alpha", metric__key="two")
    at_once(anna, score, {"value": "0.99", "reason": "Recounted."})
    at_once(anna, Benchmark.objects.get(), {"version": "2"})


def test_drafts_are_saved_at_once(anna, db):
    part, other = make_metric("part"), make_metric("other")
    draft = make_leaderboard([part, other], is_published=False)
    make_score(make_llm("Alpha"), part, "0.5")
    make_score(make_llm("Beta"), part, "0.7")
    at_once(anna, part, {"higher_is_better": "False", "question_count": "7"})
    at_once(anna, draft, {"columns-1-DELETE": "on", "ranking_metric": str(part.pk)})
    at_once(anna, llm("Beta"), {"is_published": None})


# What changes in between


def test_an_effect_that_is_another_by_now_is_shown_anew(anna, bob, site):
    differing_values()
    row = metric("mean")
    asked = send(anna, row, {"components-1-DELETE": "on"})
    save(bob, llm("Gamma"), {"score-one": "0.95", "reason": "Recounted."})
    before = stored()

    again = confirmed(anna, row, asked)

    assert (again.status_code, stored() == before) == (200, True)
    assert str(OTHER_EFFECT) in unescape(again.content.decode())
    assert said(again) != said(asked)
    assert page_form(again, "check")["public_reason"] == REASON
    assert confirmed(anna, row, again).status_code == 302
    assert row.components.count() == 1


def test_an_unrelated_edit_in_between_does_not_ask_again(anna, bob, site):
    asked = send(anna, metric("mean"), {"components-1-DELETE": "on"})
    save(bob, llm("Gamma"), {"license": "MIT"})
    assert confirmed(anna, metric("mean"), asked).status_code == 302


def test_a_form_that_somebody_else_saved_meanwhile_is_refused_with_its_reason(anna, bob, site):
    row = metric("mean")
    asked = send(anna, row, {"components-1-DELETE": "on"})
    save(bob, row, {"description": "Theirs."})
    before = stored()
    refused = confirmed(anna, row, asked)
    assert (asks(refused), stored() == before) == (False, True)
    assert "Description was changed to “Theirs.”" in told(refused)[1]
    form = page_form(refused, "metric_form")
    assert (form["components-1-DELETE"], form["public_reason"]) == ("on", REASON)
    again = anna.post(address(row), form)
    assert page_form(again, "check")["public_reason"] == REASON
    assert confirmed(anna, row, again).status_code == 302
    row.refresh_from_db()
    assert (row.description, row.components.count()) == ("Theirs.", 1)


def test_the_way_back_leads_to_the_form_as_it_was_filled(anna, site):
    row, before = metric("mean"), stored()
    asked = send(anna, row, {"components-1-DELETE": "on", "description": "Typed."})
    back = anna.post(address(row), page_form(asked, "check") | {"edit_again": "1"})
    assert told(back) == [str(BACK)]
    form = page_form(back, "metric_form")
    assert (form["components-1-DELETE"], form["description"]) == ("on", "Typed.")
    assert stored() == before
    assert confirm(anna, row, anna.post(address(row), form)).status_code == 302


@pytest.mark.parametrize("pressed", ["_continue", "_addanother"])
def test_the_button_that_was_pressed_counts_after_the_confirmation(anna, site, pressed):
    row = metric("mean")
    asked = send(anna, row, {"components-1-DELETE": "on", pressed: "1"})
    place = confirmed(anna, row, asked)["Location"]
    assert place.endswith("/change/" if pressed == "_continue" else "/add/")


# Who may


def test_who_may_only_look_is_shown_no_effect_and_changes_nothing(client, django_user_model, site):
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(
        *Permission.objects.filter(codename__in=["view_metric", "view_component"])
    )
    client.force_login(viewer)
    before, row = stored(), metric("mean")
    assert client.get(address(row)).status_code == 200
    form = {"aggregate": "question-weighted mean", "shown_effect": "x", "public_reason": REASON}
    assert client.post(address(row), form).status_code == 403
    assert client.get(address(row, "delete")).status_code == 403
    assert stored() == before


# Lists


def test_a_list_in_which_something_is_withdrawn_asks_too(anna, site, monkeypatch):
    monkeypatch.setattr(LeaderboardAdmin, "list_editable", ["is_published"])
    draft = make_leaderboard([metric("one")], slug="draft", title="New", is_published=False)
    place, before = reverse("admin:leaderboard_leaderboard_changelist"), stored()
    form = page_form(anna.get(place), "changelist-form") | {"_save": "Save"}
    numbers = {form[f"form-{number}-id"]: number for number in range(2)}
    del form[f"form-{numbers[str(board().pk)]}-is_published"]
    form[f"form-{numbers[str(draft.pk)]}-is_published"] = "on"
    form = {name: text for name, text in form.items() if name != "action"}

    asked = anna.post(place, form)

    assert said(asked) == [
        "Board: the leaderboard goes, with 3 LLMs and 9 scores.",
        "New: 3 LLMs and 3 scores become public.",
    ]
    assert stored() == before
    sent = page_form(asked, "check") | {"public_reason": REASON}
    assert anna.post(place, sent).status_code == 302
    assert reasons_since(before) == {"Leaderboard": {REASON}}
    assert not Leaderboard.objects.get(slug="board").is_published
    assert Leaderboard.objects.get(slug="draft").is_published


# Size


def test_a_leaderboard_that_is_too_large_is_not_compared_and_asks_for_a_reason(
    anna, site, monkeypatch
):
    monkeypatch.setattr(trying, "LARGEST_TRIED", 8)
    row = metric("mean")
    asked = send(anna, row, {"components-1-DELETE": "on"})
    assert said(asked) == [
        "Board: it has 9 scores, too many to be compared here: any value and rank may move."
    ]
    assert told(confirmed(anna, row, asked, reason="")) == [
        "Visitors saw something else: say why it changes."
    ]
    assert confirmed(anna, row, asked).status_code == 302
    assert said(anna.get(address(board(), "delete"))) == [
        "Board: the leaderboard goes, with its LLMs and 9 scores."
    ]


def test_what_was_undone_reaches_no_log_however_large_the_leaderboard(anna, site, monkeypatch):
    monkeypatch.setattr(state_log, "LARGEST_COMPARED", 0)  # taken as changed by whatever is noted
    before = stored()
    assert asks(send(anna, metric("mean"), {"components-1-DELETE": "on"}))
    assert stored() == before


def count_queries(client, row, changes):
    form = opened(client, row) | changes
    with CaptureQueriesContext(connection) as queries:
        assert asks(client.post(address(row), form))
    return len(queries)


def test_a_preview_takes_as_many_queries_for_many_llms_as_for_few(anna, site):
    changes = {"components-1-DELETE": "on"}
    few = count_queries(anna, metric("mean"), changes)
    for number in range(20):
        for each in (metric("one"), metric("two")):
            extra = LLM.objects.get_or_create(name=f"Extra {number}", is_published=True)[0]
            make_score(extra, each, f"0.{number + 10}")
    assert count_queries(anna, metric("mean"), changes) == few < 110
