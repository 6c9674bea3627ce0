"""The page of a preview as a report: a summary, what to decide first, problems by their cause."""

import re

import pytest

from tests.admin.test_import_admin import (
    board,  # noqa: F401 (a fixture)
    confirm,
    maintainer,  # noqa: F401 (a fixture)
    post,
    scores,
    upload,
)
from tests.factories import make_llm
from tests.page_reader import page_form

pytestmark = pytest.mark.django_db
PROBLEMS = """llm,accuracy,released
Alpha,0.875,2025-01-02
Beta,>0.9,spring
Gamma,<0.3,autumn
Delta,0.75,
Omega,nan,
"""


def summary(page):
    return {each.name: each.number for each in page.context["summary"]}


def tasks(page):
    return {each.place: each.text for each in page.context["tasks"]}


def causes(page):
    return [(each.count, each.text, each.remedy) for each in page.context["problems"]]


def upload_with_facts(maintainer):  # noqa: F811
    """The preview in which all facts change: those that nobody ticks are no problems."""
    return post(maintainer, upload(maintainer, PROBLEMS), other_facts="all")


@pytest.fixture
def llms(board):  # noqa: F811
    for name in ("Gamma", "Omega"):
        make_llm(name)


def test_the_summary_comes_first_and_says_five_numbers(maintainer, llms):  # noqa: F811
    page = upload_with_facts(maintainer)
    assert summary(page) == {
        "new": 0, "changed": 2, "unchanged": 1, "to-decide": 1, "not-read": 4, "missing": 1,
    }  # fmt: skip
    text = re.sub(r"<[^>]+>|\s+", " ", page.content.decode().partition('class="tally"')[2])
    said = " ".join(text.split())
    assert (
        said[1:]
        .strip()
        .startswith("0 new 2 changed 1 unchanged 1 to decide 4 not read 1 without a number")
    )
    assert tasks(page) == {
        "problems": "4 cells that cannot be imported as they are: mend them in the file, say how "
        "they are to be read, or leave them out.",
        "llms": "1 name of an LLM that matches nothing here.",
    }
    for place in tasks(page):
        assert page.content.decode().count(f'id="{place}"') == 1


def test_problems_stand_by_their_cause_with_one_remedy_before_the_names(
    maintainer, llms  # noqa: F811
):  # fmt: skip
    page = upload_with_facts(maintainer)
    assert causes(page) == [
        (2, "“…” is not a number here.", "Type plain digits with a point, like 0.87."),
        (2, "“…” is not a day. Type it as 2025-01-20.", ""),
    ]
    text = page.content.decode()
    places = [text.index(f'id="{name}"') for name in ("problems", "choices", "llms", "others")]
    assert places == sorted(places)


def test_the_remark_stands_beside_the_value_that_it_is_about(maintainer, llms):  # noqa: F811
    page = upload(maintainer, PROBLEMS)
    row = '<td>&gt;0.9</td><td class="remark">“&gt;0.9” is not a number here.</td>'
    assert page.content.decode().count(row) == 1


def test_cells_of_one_cause_are_left_out_with_one_click_and_taken_back(
    maintainer, llms  # noqa: F811
):  # fmt: skip
    page = upload_with_facts(maintainer)
    keys = [cause.key for cause in page.context["problems"]]
    page = post(maintainer, page, other_llms="leave out", **{"leave-out-cause": keys[0]})
    assert (summary(page)["not-read"], summary(page)["left-out"]) == (2, 3)
    page = post(maintainer, page, **{"take-cause": keys[0]})
    assert (summary(page)["not-read"], summary(page)["left-out"]) == (4, 1)
    for key in keys:
        page = post(maintainer, page, **{"leave-out-cause": key})
    assert (tasks(page), summary(page)["left-out"]) == ({}, 5)
    confirm(maintainer, page)
    assert scores() == {("Alpha", "accuracy"): "0.875", ("Beta", "accuracy"): "0.75"}


@pytest.mark.parametrize("key", ["\x00", "x" * 16, "", "0" * 17])
def test_a_cause_that_is_none_is_not_stored(maintainer, llms, key):  # noqa: F811
    page = post(maintainer, upload(maintainer, PROBLEMS), **{"leave-out-cause": key})
    assert (page.status_code, page.context["choices"].causes) == (200, [])


def test_a_question_is_to_decide_and_no_cell_that_is_wrong(maintainer, board):  # noqa: F811
    page = upload(maintainer, "llm;accuracy;elo;b\nAlpha;0;1.200;3\n")
    assert (summary(page)["to-decide"], summary(page)["not-read"]) == (2, 0)
    assert list(tasks(page)) == ["layout", "metrics"]
    page = post(maintainer, page, other_metrics="create")
    assert summary(page)["to-decide"] == 2  # its unit is asked
    assert [each.is_asked for each in page.context["problems"]] == [True, True]


def test_a_preview_without_a_problem_says_so_by_its_button(maintainer, board):  # noqa: F811
    page = upload(maintainer, "llm,accuracy\nAlpha,0.875\n")
    assert (tasks(page), causes(page)) == ({}, [])
    assert page_form(page)
    (changed,) = page.context["lines"]
    assert (changed.total, changed.has_old, changed.has_counts, changed.has_remarks) == (
        1, True, False, False,
    )  # fmt: skip
