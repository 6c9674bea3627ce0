"""How a table is read, shown with the preview of an import and changed there."""

import json

import pytest

from leaderboard.models import LLM, Import, Score
from tests.admin.test_import_admin import (
    LM_EVAL,
    confirm,
    maintainer,  # noqa: F401 (a fixture)
    post,
    scores,
    shown,
    told,
    upload,
)
from tests.factories import make_llm, make_metric, make_scores
from tests.page_reader import page_form

pytestmark = pytest.mark.django_db


def make_here(**llms):
    """LLMs and a metric in points, so that no name has to be decided about."""
    metric = make_metric("elo", unit="points", maximum=None)
    make_scores({name: {metric: value} for name, value in llms.items()})
    return metric


def settings(response):
    """{name: chosen} of the layout that the page shows."""
    (layout,) = response.context["layouts"].forms
    fields = [*layout.settings, *(row.field for row in layout.columns)]
    return {field.label: field.initial for field in fields}


def test_an_ambiguous_sign_is_asked_and_chosen(maintainer):  # noqa: F811
    make_here(Alpha="1")
    page = upload(maintainer, "llm;elo\nAlpha;1.200\n")
    assert settings(page) == {
        "LLMs stand": "rows", "Decimal sign": "", "llm": "name of the LLM", "elo": "metric",
    }  # fmt: skip
    assert shown(page) == {"invalid": 1}
    assert '<details class="layout" open>' in page.content.decode()
    page = post(maintainer, page, decimal=",")
    assert (shown(page), settings(page)["Decimal sign"]) == ({"changed": 1}, ",")
    confirm(maintainer, page)
    assert scores() == {("Alpha", "elo"): "1.2E+3"}


def test_a_guessed_sign_can_be_changed_and_changed_back(maintainer):  # noqa: F811
    make_here(Alpha="1", Beta="1")
    page = upload(maintainer, "llm;elo\nAlpha;1.200\nBeta;0,5\n")
    assert (shown(page), settings(page)["Decimal sign"]) == ({"changed": 2}, ",")
    assert '<details class="layout">' in page.content.decode()
    page = post(maintainer, page, decimal=".")
    assert shown(page) == {"changed": 1, "invalid": 1}
    page = post(maintainer, page, decimal=",")
    assert shown(page) == {"changed": 2}


def test_a_column_gets_another_role_and_the_source_that_was_typed_stays(maintainer):  # noqa: F811
    make_here(Alpha="1")
    page = upload(maintainer, "llm,Creator,elo,other\nAlpha,Lab,2,3\n", source_title="The May run")
    assert shown(page) == {"changed": 1, "facts kept": 1, "unmatched": 1}
    page = post(maintainer, page, **{"column-1": "left out", "column-3": "standard error"})
    assert shown(page) == {"changed": 1}
    assert page.context["layouts"].forms[0].columns[3].column.of == "elo"
    confirm(maintainer, page)
    score = Score.objects.get()
    assert (str(score.value), str(score.standard_error)) == ("2.00000000", "3.00000000")
    assert score.source.title == "The May run"


def test_what_stands_behind_plus_minus_is_chosen(maintainer):  # noqa: F811
    make_here(Alpha="1")
    page = upload(maintainer, "llm,elo\nAlpha,1492 ± 6\n")
    assert settings(page)["elo ±"] == ""
    page = post(maintainer, page, **{"column-2": "standard error"})
    confirm(maintainer, page)
    assert str(Score.objects.get().standard_error) == "6.00000000"


def test_llms_side_by_side_can_be_said_and_unsaid(maintainer):  # noqa: F811
    make_here(Alpha="1", Beta="2")
    page = upload(maintainer, ",Alpha,Beta\nelo,5,2\n", llms_in="columns")
    assert shown(page) == {"changed": 1, "unchanged": 1}
    page = post(maintainer, page, llms_in="rows")
    assert any("No column names the LLM" in text for text in told(page))
    assert shown(page) == {"changed": 1, "unchanged": 1}


@pytest.mark.parametrize(
    "said", [{"column-0": "metric"}, {"column-1": "name of the LLM"}, {"column-1": "no role"}]
)
def test_roles_that_make_no_sense_are_answered_and_change_nothing(maintainer, said):  # noqa: F811
    make_here(Alpha="1")
    page = upload(maintainer, "llm,elo,b\nAlpha,5,6\n")
    before = Import.objects.get().reading
    page = post(maintainer, page, **said)
    assert page.status_code == 200
    if "column-0" in said or said == {"column-1": "no role"}:
        assert Import.objects.get().reading == before


def test_the_layout_of_many_columns_is_one_select_each(maintainer):  # noqa: F811
    make_llm("Alpha")
    header = ",".join(f"task {number}" for number in range(120))
    page = upload(maintainer, f"llm,{header}\nAlpha,{','.join(['1'] * 120)}\n")
    assert len(page.context["layouts"].forms[0].columns) == 121
    assert LLM.objects.count() == 1


def test_a_results_file_has_no_layout(maintainer):  # noqa: F811
    page = upload(maintainer, json.dumps(LM_EVAL), "results.json")
    assert page.context["layouts"].forms == []
    assert page_form(page)
