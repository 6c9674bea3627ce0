"""What a document of no known format looks like, in a sentence for maintainers. Pure."""

from typing import Any

from leaderboard.text.sentences import Phrase, noop

from .files.json_values import as_mapping
from .files.opening import Content, Document, JsonLines
from .results import short

MOST_KEYS = 8
# The first whose keys are all on top of the document, and what that is.
LOOKS_LIKE = (
    ({"architectures", "model_type"}, noop("the configuration of a model")),
    ({"nbformat"}, noop("a notebook")),
    ({"$schema"}, noop("a JSON schema")),
    ({"choices", "usage"}, noop("an answer of a model's API")),
    ({"messages"}, noop("a conversation with a model")),
    ({"eval", "status"}, noop("an Inspect log of another version")),
    ({"schema_version", "model_info"}, noop("an Every Eval Ever record without its results")),
    ({"doc_id"}, noop("samples of an evaluation without their answers")),
    ({"results", "versions"}, noop("results of lm-evaluation-harness of another version")),
    ({"results"}, noop("results of an evaluation program that is not known here")),
    ({"question"}, noop("questions of a benchmark")),
    ({"prompt"}, noop("prompts of a benchmark, or answers to them")),
)
SCORES = {
    "score",
    "scores",
    "accuracy",
    "acc",
    "metrics",
    "metric",
    "value",
    "pass@1",
    "mean",
    "elo",
}
LLMS = {"model", "model_name", "llm", "name"}


def describe_unknown(content: Content) -> str:
    """Says what is on top of a document, and what it looks like; "" for a table."""
    if isinstance(content, JsonLines):
        return describe_keys(noop("Its first line has the keys %(keys)s."), content.first)
    data = content.data if isinstance(content, Document) else None
    if isinstance(data, list):
        if not (data and isinstance(data[0], dict)):
            return Phrase("On top it is a list of %(count)s values.", count=f"{len(data):,}")
        return describe_keys(noop("It is a list whose first entry has the keys %(keys)s."), data[0])
    if isinstance(data, dict) and data:
        return describe_keys(noop("It has the keys %(keys)s."), data)
    return Phrase("There is nothing in it.") if data in ({}, None, "") else ""


def describe_keys(template: str, entry: object) -> str:
    """Fills the template with the keys of an entry, and says what these look like."""
    found = as_mapping(entry)
    if not found:
        return Phrase("There is nothing in it.")
    keys = ", ".join(short(key, 30) for key in list(found)[:MOST_KEYS])
    said = Phrase(template, keys=keys + (", …" if len(found) > MOST_KEYS else ""))
    kind = look_of(found)
    like = Phrase("That looks like %(kind)s.", kind=Phrase(kind)) if kind else ""
    return Phrase("%(first)s %(next)s", first=said, next=like) if like else said


def look_of(found: dict[str, Any]) -> str:
    """Returns what a document with these keys is, as a template; "" if nothing is known."""
    keys = {key.casefold() for key in found}
    if keys & SCORES and keys & LLMS:
        return noop("scores of LLMs")
    return next((kind for signs, kind in LOOKS_LIKE if signs <= keys), "")
