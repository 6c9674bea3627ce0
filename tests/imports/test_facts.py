"""Facts of LLMs that are here change only where somebody said so."""

import pytest

from leaderboard.imports.choices import Choices
from leaderboard.imports.preview import State
from leaderboard.imports.undo import undo
from leaderboard.models import LLM, Import
from leaderboard.readers.results import ReportedFact
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.imports.command import run
from tests.imports.trying import import_, preview_of, result

pytestmark = pytest.mark.django_db


def fact(field, text, llm="Alpha"):
    return ReportedFact(f"line 2, {field}", llm, field, text)


def facts_of(name="Alpha"):
    return LLM.objects.values_list("license", "parameters", "domain").get(name=name)


FACTS = (fact("license", "MIT"), fact("parameters", "7"), fact("domain", "medical"))


@pytest.fixture
def alpha(db):
    return make_llm("Alpha", license="BSD", parameters=None, domain="")


def test_nothing_is_ticked_of_an_llm_that_is_here(alpha):
    preview = preview_of(*(), facts=FACTS, choices=Choices())
    assert [line.state for line in preview.lines] == [State.KEPT_FACT] * 3
    assert [line.fact.key for line in preview.open_facts] == [
        f"{alpha.pk}:license", f"{alpha.pk}:parameters", f"{alpha.pk}:domain",
    ]  # fmt: skip
    assert (preview.facts, preview.change_count, preview.blocking) == ([], 0, [])


@pytest.mark.parametrize(
    ("rule", "ticked", "expected"),
    [
        ("", ["domain"], ("BSD", None, "medical")),
        ("empty", [], ("BSD", 7, "medical")),
        ("empty", ["license"], ("MIT", 7, "medical")),
        ("all", [], ("MIT", 7, "medical")),
    ],
)
def test_what_is_ticked_changes_and_an_undo_gives_it_back(alpha, rule, ticked, expected):
    choices = Choices(other_facts=rule, facts=[f"{alpha.pk}:{field}" for field in ticked])
    imported = import_(facts=FACTS, choices=choices)
    assert facts_of() == expected
    undo(imported)
    assert facts_of() == ("BSD", None, "")


def test_an_empty_cell_is_no_change(alpha):
    empty = (fact("license", ""), fact("license", "unknown"))
    assert preview_of(facts=empty[:1], choices=Choices(other_facts="all")).change_count == 0
    assert preview_of(facts=empty[1:], choices=Choices(other_facts="all")).change_count == 0


def test_what_is_not_ticked_blocks_nothing_even_if_it_cannot_be_stored(alpha):
    LLM.objects.update(parameters=7)
    facts = (fact("organization", "Nobody Ltd"), fact("parameters", "many"))
    preview = preview_of(facts=facts, choices=Choices())
    assert preview.blocking == []
    lines = preview.of(State.KEPT_FACT)
    assert [(line.old, line.new) for line in lines] == [("unknown", "Nobody Ltd"), ("7", "many")]
    assert all(line.reason for line in lines)
    assert len(preview_of(facts=facts).blocking) == 2


def test_a_new_llm_gets_its_facts(alpha):
    choices = Choices(llms={"New": {"to": "create", "name": "New"}})
    import_(facts=(fact("license", "MIT", "New"),), choices=choices)
    assert facts_of("New") == ("MIT", None, "")


def test_what_another_leaderboard_shows_too_is_said(alpha, django_assert_num_queries):
    here, there = make_metric("here"), make_metric("there")
    make_leaderboard([here], title="Here", slug="here")
    make_leaderboard([there, here], title="Both", slug="both")
    make_leaderboard([there], title="There", slug="there")
    for metric in (here, there):
        make_score(alpha, metric, "0.5")
    preview = preview_of(result("Alpha", "here", "0.5"), facts=FACTS, choices=Choices())
    assert [(line.subject, line.reason) for line in preview.open_facts] == [
        ("license", "Replaces what is also shown on There."), ("parameters", ""), ("domain", ""),
    ]  # fmt: skip


def test_the_command_fills_in_what_is_unknown_unless_told_otherwise(alpha, write):
    metric = make_metric()
    make_score(alpha, metric, "0.5")
    path = write("llm,accuracy,license,domain\nAlpha,0.5,MIT,medical\n")
    assert run(path, "--facts", "none")[-1] == "0 changes"
    lines = run(path)
    assert lines[-1] == "1 change: 1 changed"
    assert "facts kept (1)" in lines
    assert facts_of() == ("BSD", None, "medical")
    assert run(path, "--facts", "all")[-1] == "1 change: 1 changed"
    assert facts_of() == ("MIT", None, "medical")
    assert Import.objects.count() == 2
