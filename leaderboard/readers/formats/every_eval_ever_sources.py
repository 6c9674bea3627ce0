"""Where the scores of a record of Every Eval Ever come from: who measured, with what, and how."""

from collections.abc import Iterator
from typing import Any

from leaderboard.readers.files.json_values import (
    as_day,
    as_mapping,
    as_text,
    public_text,
    web_address,
)
from leaderboard.readers.results import Provenance

TIERS = {"first_party": "vendor", "third_party": "independent"}
# Settings that change scores and tell nothing about the machine.
GENERATION = ("temperature", "top_p", "top_k", "max_tokens", "reasoning")


def read_source(data: dict[str, Any], llm: str = "") -> Provenance:
    """Returns the source of a record; without an LLM as other records have it too."""
    source = as_mapping(data.get("source_metadata"))
    details = as_mapping(source.get("additional_details"))
    library = as_mapping(data.get("eval_library"))
    name = as_text(source.get("source_name")) or "Every Eval Ever record"
    relationship = as_text(source.get("evaluator_relationship"))
    title = f"{name[:100]}: {llm[:90]}" if llm else name[:200]
    return Provenance(
        title=public_text([title], 200) or "Every Eval Ever record",
        kind=_kind(as_text(source.get("source_type")), relationship),
        url=web_address(details.get("url")),
        evaluator=public_text([as_text(source.get("source_organization_name"))], 200),
        tier=TIERS.get(relationship, "unknown"),
        harness=public_text([_known(library.get("name"))], 100),
        harness_version=public_text([_known(library.get("version"))], 100),
        settings=public_text(list(_settings(data, is_named=bool(llm))), 5_000),
        date=as_day(details.get("date"))
        or as_day(data.get("evaluation_timestamp"))
        or as_day(data.get("retrieved_timestamp")),
    )


def _known(value: object) -> str:
    """Returns a text, "" for what records write where the schema wants something."""
    text = as_text(value)
    return "" if text == "unknown" else text


def _kind(source_type: str, relationship: str) -> str:
    """Returns the kind of the source, from where its numbers come.

    Documentation by the maker of the LLM is a report, by others a leaderboard.
    """
    if source_type != "documentation":
        return "evaluation run"
    return "report" if relationship == "first_party" else "leaderboard"


def _settings(data: dict[str, Any], *, is_named: bool) -> Iterator[str]:
    """Yields what changes scores, from an allow-list; where results differ, all values."""
    source = as_mapping(data.get("source_metadata"))
    yield as_text(as_mapping(source.get("additional_details")).get("settings"))
    precision = as_text(as_mapping(data["model_info"].get("additional_details")).get("precision"))
    yield f"precision {precision}" if precision else ""
    engine = as_mapping(data["model_info"].get("inference_engine"))
    program = f"{as_text(engine.get('name'))} {as_text(engine.get('version'))}".strip()
    yield f"inference engine {program}" if program else ""
    for name in GENERATION:
        values = dict.fromkeys(_generation(data, name))
        yield f"{name} {' or '.join(values)}" if values else ""
    record = as_text(data.get("evaluation_id"))
    yield f"Every Eval Ever record {record}" if record and is_named else ""


def _generation(data: dict[str, Any], name: str) -> Iterator[str]:
    for result in data["evaluation_results"]:
        config = as_mapping(as_mapping(result).get("generation_config"))
        value = as_mapping(config.get("generation_args")).get(name)
        stated = str(value).lower() if isinstance(value, bool) else as_text(value)
        if stated:
            yield stated
