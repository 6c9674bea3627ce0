"""Where scores come from, why they change and which facts do, said in the forms of an import."""

import pytest

from leaderboard.models import LLM, Score, Source
from tests.admin.test_import_admin import (
    board,  # noqa: F401 (a fixture)
    confirm,
    maintainer,  # noqa: F401 (a fixture)
    post,
    shown,
    upload,
)

pytestmark = pytest.mark.django_db
FILE = "llm,accuracy\nAlpha,0.875\n"
FACTS = "llm,accuracy,license,domain\nAlpha,0.875,MIT,medical\nBeta,0.75,GPL,\n"


def source_of(name):
    return Score.objects.get(llm__name=name).source


def test_an_upload_names_a_source_that_is_here_and_a_reason(maintainer, board):  # noqa: F811
    paper = Source.objects.create(title="The paper")
    confirm(maintainer, upload(maintainer, FILE, source="The paper", reason="Measured again."))
    assert source_of("Alpha") == paper
    changes = maintainer.get("/changes/").content.decode()
    assert "Measured again." in changes
    assert "scores.csv" not in changes


def test_the_preview_makes_a_source_of_what_is_said(maintainer, board):  # noqa: F811
    said = {"source_title": "Run of May", "source_evaluator": "The lab", "tier": "independent"}
    confirm(maintainer, post(maintainer, upload(maintainer, FILE), **said))
    made = source_of("Alpha")
    assert (made.title, made.evaluator, made.tier) == ("Run of May", "The lab", "independent")


def test_a_source_that_is_not_here_is_refused_where_it_was_typed(maintainer, board):  # noqa: F811
    page = upload(maintainer, FILE, source="No such paper")
    assert page.context["form"].errors.keys() == {"source"}
    page = post(maintainer, upload(maintainer, FILE), source="No such paper")
    assert page.context["form"].errors.keys() == {"source"}


def test_only_ticked_facts_of_llms_that_are_here_change(maintainer, board):  # noqa: F811
    page = upload(maintainer, FACTS)
    assert shown(page)["facts kept"] == 3
    boxes = page.context["facts"].boxes
    alphas = next(box for box in boxes if (box.line.llm, box.line.subject) == ("Alpha", "license"))
    page = post(maintainer, page, facts=[alphas.key], facts_shown=page.context["facts"].shown)
    assert [box.is_ticked for box in page.context["facts"].boxes] == [
        box.key == alphas.key for box in boxes
    ]
    confirm(maintainer, page)
    facts = LLM.objects.order_by("name").values_list("name", "license", "domain")
    assert list(facts) == [("Alpha", "MIT", ""), ("Beta", "", "")]
