"""Facts are declared once: they fit the model, and everything else takes them from there."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from leaderboard.exports.schema import ROW
from leaderboard.exports.snapshot import EXPORTED_FIELDS
from leaderboard.models import LLM, Organization
from leaderboard.standings.records import LLMRecord
from leaderboard.text.facts import BY_FIELD, BY_HEADER, EXPORTED, FACTS, documented_columns
from leaderboard.text.shown import compared_words, fact_words, facts_on_page, interval_words, signed


def test_every_fact_is_a_field_of_the_model():
    assert [fact.field for fact in FACTS if not hasattr(LLM, fact.field)] == []


def test_every_field_of_the_model_is_declared_or_no_fact():
    no_facts = {"id", "name", "name_key", "slug", "is_published"}
    fields = {field.name for field in LLM._meta.get_fields() if field.concrete}
    assert fields - no_facts - {fact.field for fact in FACTS} == set()


def test_every_exported_fact_is_in_the_record_the_schema_and_the_exports():
    exported = [fact.field for fact in EXPORTED]
    assert [field for field in exported if field not in LLMRecord._fields] == []
    assert [field for field in exported if field not in ROW["properties"]] == []
    assert ("slug", *exported) == EXPORTED_FIELDS


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("parameters", "parameters"),
        ("parametersb", "parameters"),
        ("parametersinbillions", "parameters"),
        ("activeparametersbillion", "active_parameters"),
        ("licence", "license"),
        ("organisation", "organization"),
        ("huggingfacerepo", "huggingface_id"),
        ("released", "released"),
    ],
)
def test_a_file_may_spell_a_fact_in_several_ways(header, field):
    assert BY_HEADER[header] == field


def test_neighbours_of_one_unit_are_documented_together():
    columns = list(documented_columns())
    assert columns[:3] == [
        (("organization",), ""),
        (("parameters", "active_parameters"), "billions"),
        (("open_weights",), ""),
    ]


def test_facts_are_written_in_words_and_unknown_ones_are_said_to_be_unknown():
    known = LLM(
        organization=Organization(name="Acme"), parameters=Decimal(671),
        active_parameters=Decimal(37), open_weights=False, license="MIT",
        released=date(2025, 2, 4),
    )  # fmt: skip
    words = {field: fact_words(fact, known) for field, fact in BY_FIELD.items()}
    assert words == {
        "organization": "Acme", "parameters": "671 B", "active_parameters": "37 B",
        "open_weights": "no", "license": "MIT", "domain": "unknown", "reasoning": "unknown",
        "released": "4 Feb 2025", "base_model": "unknown", "huggingface_id": "unknown",
        "homepage": "unknown", "description": "unknown", "kind": "model", "family": "unknown",
        "note": "unknown",
    }  # fmt: skip
    assert compared_words(BY_FIELD["parameters"], known) == "671B, 37B active"
    assert compared_words(BY_FIELD["parameters"], LLM()) == "unknown"


def test_a_page_leaves_out_facts_that_most_llms_do_not_have():
    shown = [fact.label for fact in facts_on_page(LLM(base_model="Base"))]
    assert shown == [
        "Organization", "Parameters", "Open weights", "License", "Domain", "Reasoning",
        "Released", "Base model",
    ]  # fmt: skip


def test_facts_are_named_in_the_language_of_the_reader():
    with translation.override("zh-hans"):
        assert facts_on_page(LLM())[0].label == "机构"


def test_an_interval_has_a_digit_more_than_its_value():
    assert interval_words((0.8424, 0.8578), 2) == "0.842 to 0.858"
    assert interval_words(None, 2) == ""


@pytest.mark.parametrize(
    ("number", "text"), [("0.02", "+0.02"), ("-0.08", "−0.08"), ("-0.004", "0.00"), ("0", "0.00")]
)
def test_a_difference_has_a_sign_unless_it_rounds_to_nothing(number, text):
    assert signed(Decimal(number), 2) == text
