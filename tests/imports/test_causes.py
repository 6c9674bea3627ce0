"""Lines that say the same, put together by their cause."""

import pytest
from django.utils import translation

from leaderboard.imports.causes import cause_of, group_by_cause
from leaderboard.imports.choices import Choices
from leaderboard.imports.preview import Line, State
from leaderboard.readers.results import describe_conflict
from tests.factories import make_llm, make_metric
from tests.imports.trying import preview_of, result

TYPE = "Type plain digits with a point, like 0.87."


def line(reason, remedy="", llm="Alpha", subject="accuracy", **more):
    text = f"{reason} {remedy}".strip()
    return Line(State.INVALID, "line 2", llm, subject, reason=text, remedy=remedy, **more)


def said(*lines):
    return [(cause.count, cause.text, cause.remedy) for cause in group_by_cause(lines)]


def test_what_differs_is_a_gap_and_what_is_alike_is_said():
    lines = [line(f"“{text}” is not a number here.", TYPE) for text in ("x", "y", "z")]
    assert said(*lines) == [(3, "“…” is not a number here.", TYPE)]
    assert said(*lines[:1], *lines[:1]) == [(2, "“x” is not a number here.", TYPE)]


@pytest.mark.parametrize(
    ("reasons", "text"),
    [
        (("1.5 is outside (0 to 1).", "-2 is outside (0 to 1)."), "… is outside (0 to 1)."),
        (("Only 10 of 100 questions.", "Only 7 of 100 questions."), "Only … of 100 questions."),
        (("line 3 says 0.5.", "line 12 says 0.25."), "line … says …."),
        (("100 道题中只有 40 道。", "100 道题中只有 7 道。"), "100 道题中只有 … 道。"),
        (("The unit of F1 is ms.", "The unit of F1 is ms."), "The unit of F1 is ms."),
        (("lm-eval-0.3 of B52", "lm-eval-0.4 of B52"), "lm-eval-… of B52"),
    ],
)
def test_numbers_are_gaps_but_not_those_in_words(reasons, text):
    (cause,) = group_by_cause(line(reason) for reason in reasons)
    assert cause.text == text


def test_other_words_are_another_cause_and_the_most_frequent_stands_first():
    lines = [line("“a” is no day."), line("“b” is no number."), line("“c” is no number.")]
    assert said(*lines) == [(2, "“…” is no number.", ""), (1, "“a” is no day.", "")]


def test_a_question_stands_before_what_is_wrong():
    lines = [line("No."), line("No."), line("Which sign?", llm="", is_asked=True)]
    causes = group_by_cause(lines)
    assert [(each.text, each.can_be_left_out) for each in causes] == [
        ("Which sign?", False), ("No.", True),
    ]  # fmt: skip


def test_the_llm_of_a_line_is_a_gap_too():
    lines = [line(f"{llm} has this score twice.", llm=llm) for llm in ("Alpha", "Beta (7B)")]
    assert said(*lines) == [(2, "“…” has this score twice.", "")]


def test_states_are_kept_apart():
    lines = [line("No."), Line(State.MISSING, "line 2", "Alpha", "accuracy", reason="No.")]
    assert [cause.state for cause in group_by_cause(lines)] == [State.INVALID, State.MISSING]


# Left out by their cause


@pytest.fixture
def content(db):
    make_metric()
    make_llm("Alpha")
    make_llm("Beta")


def test_cells_of_a_chosen_cause_are_left_out_and_no_others(content):
    results = result(value="7"), result("Beta", value="8"), result("Gamma", value="9")
    seen = preview_of(*results[:2])
    (cause,) = group_by_cause(seen.blocking)
    assert (cause.count, cause.text.partition(".")[0], cause.can_be_left_out) == (
        2, "… is outside the range of accuracy (0 to 1, proportion)", True,
    )  # fmt: skip
    chosen = Choices(causes=(cause.key,))
    preview = preview_of(*results, choices=chosen)
    assert [str(each.state) for each in preview.lines] == ["left out", "left out", "unmatched"]
    assert preview_of(result(value="0.7"), choices=chosen).counts == {State.NEW: 1}
    with translation.override("zh-hans"):
        assert len(preview_of(*results[:2], choices=chosen).blocking) == 2


def test_two_cells_that_contradict_each_other_are_not_left_out(content):
    problem = describe_conflict(result(value="0.5"), result(value="0.6"))
    (found,) = preview_of(problems=(problem,)).blocking
    (cause,) = group_by_cause([found])
    assert not cause.can_be_left_out
    chosen = Choices(causes=(cause_of(found),))
    assert len(preview_of(problems=(problem,), choices=chosen).blocking) == 1
