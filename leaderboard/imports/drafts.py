"""New LLMs and metrics that a file suggests."""

from collections import defaultdict

from leaderboard.models.keys import free_key, make_slug
from leaderboard.readers.results import LLMDraft, MetricDraft, Reading, draft_llm
from leaderboard.text.names import name_key
from leaderboard.text.numbers import format_exact

from .catalogue import Catalogue


def llm_drafts(
    names: list[str], reading: Reading, catalogue: Catalogue
) -> dict[str, dict[str, str]]:
    """Returns for each name the choice to create an LLM, filled in from the file.

    Columns of the file have priority over what a name says.
    """
    facts = group_facts(reading)
    drafts = {name: llm_fields(reading.llms.get(name) or draft_llm(name)) for name in names}
    return {
        name: draft
        | {field: text for field, text in facts[name_key(name)].items() if field in draft}
        for name, draft in drafts.items()
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
