"""New LLMs and metrics that a file suggests."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

from leaderboard.models.keys import free_key, make_slug
from leaderboard.readers.results import LLMDraft, MetricDraft, Reading, draft_llm
from leaderboard.text.names import name_key
from leaderboard.text.numbers import format_exact

from .catalogue import Catalogue


def llm_drafts(
    names: list[str], reading: Reading, catalogue: Catalogue
) -> dict[str, dict[str, str]]:
    """Returns for each name the choice to create an LLM, filled in from the file.

    Columns of the file have priority over what a name says. An owner that is known here leads to
    its organization. Models of one name and different owners keep the owner in their name.
    """
    facts = group_facts(reading)
    whole = find_ambiguous(reading, catalogue)
    drafts = {}
    for name in names:
        draft = find_draft(name, reading)
        if name in whole:
            draft = replace(draft, name=draft.huggingface_id)
        organization = catalogue.organization_of(draft.organization)
        drafts[name] = llm_fields(replace(draft, organization=organization))
    return {
        name: draft
        | {field: text for field, text in facts[name_key(name)].items() if field in draft}
        for name, draft in drafts.items()
    }


def find_draft(name: str, reading: Reading) -> LLMDraft:
    """Returns what the file, or else the name itself, says of the LLM."""
    return reading.llms.get(name) or draft_llm(name)


def find_ambiguous(reading: Reading, catalogue: Catalogue) -> set[str]:
    """Returns the names “owner/model” whose model another name of the file, or an LLM here, is.

    “NousResearch/CodeLlama” and “codellama/CodeLlama” are two.
    """
    rows: list[Any] = [*reading.results, *reading.facts]
    named = dict.fromkeys(row.llm for row in rows if row.llm)
    drafts = {name: find_draft(name, reading) for name in named}
    ids: dict[str, set[str]] = defaultdict(set)
    for draft in drafts.values():
        ids[name_key(draft.name)].add(name_key(draft.huggingface_id))
    return {
        name
        for name, draft in drafts.items()
        if draft.huggingface_id
        and (len(ids[name_key(draft.name)]) > 1 or catalogue.llm(draft.name))
        and not catalogue.llm(draft.huggingface_id)
    }


def group_facts(reading: Reading) -> dict[str, dict[str, str]]:
    """Returns {the key of an LLM's name: {field: text}}."""
    facts: dict[str, dict[str, str]] = defaultdict(dict)
    for fact in reading.facts:
        facts[name_key(fact.llm)][fact.field] = fact.text
    return facts


def metric_drafts(
    names: list[str], reading: Reading, catalogue: Catalogue
) -> dict[str, dict[str, str]]:
    """Returns for each name the choice to create a metric, with a key of its own."""
    taken = {metric.key for metric in catalogue.metrics.values()}
    drafts = {}
    for name in names:
        drafts[name] = metric_fields(reading.metrics.get(name) or MetricDraft(name), taken)
        taken.add(drafts[name]["key"])
    return drafts


def llm_fields(draft: LLMDraft) -> dict[str, str]:
    """Returns the draft as texts of a form."""
    return {
        "to": "create",
        "name": draft.name,
        "organization": draft.organization,
        "parameters": "" if draft.parameters is None else format_exact(draft.parameters),
        "huggingface_id": draft.huggingface_id,
    }


def metric_fields(draft: MetricDraft, taken: set[str]) -> dict[str, str]:
    """Returns the draft as texts of a form; its key is none of those taken."""
    return {
        "to": "create",
        "benchmark": draft.benchmark,
        "name": draft.name,
        "key": free_key(make_slug(draft.benchmark), draft.name, taken),
        "unit": draft.unit,
        "unit_label": draft.unit_label,
        "label_in_front": "yes" if draft.label_in_front else "no",
        "minimum": "" if draft.minimum is None else format_exact(draft.minimum),
        "maximum": "" if draft.maximum is None else format_exact(draft.maximum),
        "higher_is_better": "yes" if draft.higher_is_better else "no",
        "question_count": "" if draft.question_count is None else str(draft.question_count),
        "is_share_of_questions": "yes" if draft.is_share_of_questions else "no",
    }
