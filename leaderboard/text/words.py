"""English words of the database in the reader's language: values, and the names of fields."""

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext, gettext_lazy, gettext_noop

from .sentences import Phrase, Sentence

# Values with a translation. Others, such as an organization's name, are shown as they are.
WORDS = (
    # unknown values, and plain answers
    gettext_noop("unknown"), gettext_noop("yes"), gettext_noop("no"), gettext_noop("other"),
    # weights
    gettext_noop("open"), gettext_noop("closed"),
    # domains that LLMs commonly have
    gettext_noop("general"), gettext_noop("medical"), gettext_noop("code"), gettext_noop("math"),
    gettext_noop("law"), gettext_noop("finance"), gettext_noop("science"),
    # languages that benchmarks commonly have
    gettext_noop("English"), gettext_noop("Chinese"), gettext_noop("multilingual"),
    # facts, directions
    gettext_noop("organization"), gettext_noop("domain"), gettext_noop("weights"),
    gettext_noop("reasoning"), gettext_noop("size"),
    gettext_noop("ascending"), gettext_noop("descending"),
    # units, aggregates
    gettext_noop("proportion"), gettext_noop("percent"), gettext_noop("points"),
    gettext_noop("mean"), gettext_noop("question-weighted mean"), gettext_noop("billions"),
    gettext_noop("mean win rate"), gettext_noop("mean rank"),
    # states of an import's lines
    gettext_noop("new"), gettext_noop("changed"), gettext_noop("removed"),
    gettext_noop("unchanged"), gettext_noop("invalid"), gettext_noop("unmatched"),
    gettext_noop("partial run"), gettext_noop("no number"), gettext_noop("left out"),
    gettext_noop("other settings"), gettext_noop("facts kept"),
    # settings of a run
    gettext_noop("quantization"), gettext_noop("model revision"), gettext_noop("adapter"),
    gettext_noop("prompt"), gettext_noop("epochs"), gettext_noop("none"),
    # kinds of LLMs, and what marks them
    gettext_noop("model"), gettext_noop("human"), gettext_noop("random"),
    gettext_noop("human baseline"), gettext_noop("random baseline"), gettext_noop("ensemble"),
    gettext_noop("system"),
    # kinds and tiers of sources
    gettext_noop("paper"), gettext_noop("leaderboard"), gettext_noop("evaluation run"),
    gettext_noop("report"), gettext_noop("independent"), gettext_noop("maintainer"),
    gettext_noop("vendor"),
)  # fmt: skip
KNOWN = frozenset(WORDS)


def word(value: str) -> str:
    """Returns one of WORDS in the reader's language, and any other value as it is."""
    return gettext(value) if value in KNOWN else value


def unit_words(metric: Any) -> str:
    """The unit of a metric or of its record: “percent”, or its own label, like “ms”."""
    return str(metric.unit_label) or word(metric.unit)


def direction_words(higher_is_better: bool | None) -> str:
    """Which end of a metric is the better one."""
    if higher_is_better is None:
        return gettext("neither is better")
    return gettext("higher is better") if higher_is_better else gettext("lower is better")


def span(low: str, high: str) -> str:
    """Writes a range: “0.842 to 0.858”."""
    return gettext("%(low)s to %(high)s") % {"low": low, "high": high}


def listed(parts: Iterable[str]) -> str:
    """Joins things that stand beside each other in a sentence."""
    return gettext(", ").join(parts)


def say(text: object) -> str:
    """Translates a phrase or a refusal of a module without Django; other texts stay as they are."""
    if not isinstance(text, Phrase | Sentence):
        return str(text)
    return gettext(text.template) % {name: say(part) for name, part in text.varying.items()}


# The place of a cell, as readers/files/tables.py names it. It is a plain text, and not a phrase for
# each of thousands of cells, since few places are shown. One of several files stands in front.
PLACE = re.compile(r"(.+?: )??(?:(line|row) (\d+)|cell ([A-Z]+\d+))(?:, column (.*))?", re.DOTALL)


def place(where: str) -> str:
    """Translates a place like “line 7, column amcqa”; a path through a document stays as it is."""
    if isinstance(where, Phrase):
        return gettext(where.template) % {name: place(part) for name, part in where.varying.items()}
    match = PLACE.fullmatch(where)
    if not match:
        return where
    file, kind, number, cell, column = match.groups(default="")
    if cell:
        row = gettext("cell %(cell)s") % {"cell": cell}
    else:
        named = gettext("line %(number)s") if kind == "line" else gettext("row %(number)s")
        row = named % {"number": number}
    if ", column" in match[0]:
        row = gettext("%(row)s, column %(column)s") % {"row": row, "column": column}
    return gettext("%(file)s: %(place)s") % {"file": file[:-2], "place": row} if file else row


def local_text(row: Any, name: str) -> str:
    """Returns the text of a field in the reader's language, else in English.

    The row has its texts in other languages as `translated_texts`, by (language, field).
    """
    language = get_language() or settings.LANGUAGE_CODE
    is_translated = language != settings.LANGUAGE_CODE
    translation = row.translated_texts.get((language, name)) if is_translated else None
    return str(translation or getattr(row, name))


# Fields and models that are named as in the code, with spaces: a name declared beside each would
# say the same twice. A test checks that none is missing here.
NAMES = (
    gettext_noop("benchmark"), gettext_noop("benchmarks"), gettext_noop("name"),
    gettext_noop("version"), gettext_noop("language"), gettext_noop("description"),
    gettext_noop("homepage"), gettext_noop("paper"), gettext_noop("dataset"),
    gettext_noop("citation"), gettext_noop("metric"), gettext_noop("metrics"), gettext_noop("key"),
    gettext_noop("unit"), gettext_noop("unit label"), gettext_noop("label in front"),
    gettext_noop("minimum"), gettext_noop("maximum"),
    gettext_noop("higher is better"), gettext_noop("decimals"), gettext_noop("question count"),
    gettext_noop("is share of questions"), gettext_noop("aggregate"), gettext_noop("component"),
    gettext_noop("components"), gettext_noop("weight"), gettext_noop("position"),
    gettext_noop("organization"), gettext_noop("organizations"), gettext_noop("open weights"),
    gettext_noop("license"), gettext_noop("domain"), gettext_noop("reasoning"),
    gettext_noop("base model"), gettext_noop("released"), gettext_noop("source"),
    gettext_noop("sources"), gettext_noop("title"), gettext_noop("kind"), gettext_noop("evaluator"),
    gettext_noop("tier"), gettext_noop("harness"), gettext_noop("harness version"),
    gettext_noop("settings"), gettext_noop("date"), gettext_noop("file name"),
    gettext_noop("score"), gettext_noop("scores"), gettext_noop("value"),
    gettext_noop("standard error"), gettext_noop("measured on"), gettext_noop("note"),
    gettext_noop("alias"), gettext_noop("import"), gettext_noop("imports"), gettext_noop("format"),
    gettext_noop("state"), gettext_noop("reading"), gettext_noop("choices"),
    gettext_noop("changes"), gettext_noop("created by"), gettext_noop("undone by"),
    gettext_noop("request key"), gettext_noop("request sha256"), gettext_noop("refusal"),
    gettext_noop("refused by"),
    gettext_noop("leaderboard"), gettext_noop("leaderboards"), gettext_noop("introduction"),
    gettext_noop("methodology"), gettext_noop("ranking metric"), gettext_noop("column"),
    gettext_noop("columns"), gettext_noop("shown by default"), gettext_noop("translation"),
    gettext_noop("translations"), gettext_noop("field"), gettext_noop("text"),
    gettext_noop("release"), gettext_noop("releases"), gettext_noop("notes"),
    gettext_noop("as of"), gettext_noop("frozen at"), gettext_noop("payload version"),
    gettext_noop("method"), gettext_noop("software version"), gettext_noop("previous"),
    gettext_noop("data licence"), gettext_noop("erratum"), gettext_noop("withdrawn at"),
    gettext_noop("withdrawal reason"), gettext_noop("picture"), gettext_noop("pictures"),
    gettext_noop("media type"), gettext_noop("content"), gettext_noop("tagline"),
    gettext_noop("default theme"), gettext_noop("announcement"), gettext_noop("footer text"),
    gettext_noop("contact"), gettext_noop("appearance"), gettext_noop("family"),
    gettext_noop("reason"),
    gettext_noop("fact"), gettext_noop("facts"),
)  # fmt: skip

# Texts of modules without Django, and texts of Django that its own catalogue lacks.
OTHERS = (
    gettext_noop("lm-evaluation-harness results"),
    gettext_noop("Every Eval Ever record"),
    gettext_noop("AnesBench result.json"),
    gettext_noop("MTEB task results"),
    gettext_noop("Hugging Face .eval_results or model-index"),
    gettext_noop("OpenCompass summary"),
    gettext_noop("long table: one score per row"),
    gettext_noop("wide table: one LLM per row"),
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
)  # fmt: skip


def name_fields(models: Any) -> None:
    """Gives fields and models without a name of their own one in the reader's language."""
    for model in models:
        options = model._meta
        if "verbose_name" not in options.original_attrs:
            words, plural = str(options.verbose_name), f"{options.verbose_name}s"
            options.verbose_name = gettext_lazy(words)
            if "verbose_name_plural" not in options.original_attrs:
                options.verbose_name_plural = gettext_lazy(plural)
        for field in options.local_fields:
            if getattr(field, "_verbose_name", "") is None:
                field.verbose_name = gettext_lazy(field.verbose_name)
