"""What other sites and programs show of ours: a badge, a frame, a model card, data about the data.

Standings in, something to take out. `absolute` makes a full address of a path of this site.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .models import LLM, Benchmark, ContentRevision, Leaderboard, Source
from .numbers import plain
from .records import MetricRecord
from .standings import BenchmarkScores, Cell, Standings
from .templatetags.leaderboard import summary
from .words import local_text

Absolute = Callable[[str], str]

# Badge

LONGEST_TITLE = 40  # characters of a leaderboard's title on a badge
FONT_SIZE = 11
# Widths in em, about those of Verdana and DejaVu Sans, the widest common fonts.
NARROW, MIDDLING, CAPITAL, WIDE = 0.36, 0.63, 0.7, 1.0
NARROW_CHARACTERS = frozenset("iIjlftr.,:;'|!·()[]{}/\\ -\"`")
WIDE_CHARACTERS = frozenset("mwMW@%&#+=<>~")


@dataclass(frozen=True, slots=True)
class Badge:
    """“#1 of 51 · AnesBench 0.85” as a picture, with what to paste to show it elsewhere."""

    text: str
    title: str
    image: str  # absolute addresses
    link: str
    text_width: int
    alt: str

    @property
    def width(self) -> int:
        return self.text_width + 34  # 26 for the mark, 8 behind the text

    @property
    def markdown(self) -> str:
        return f"[![{escape_markdown(self.alt)}]({self.image})]({self.link})"

    @property
    def html(self) -> str:
        image = f'<img src="{escape(self.image)}" alt="{escape(self.alt)}" height="20">'
        return f'<a href="{escape(self.link)}">{image}</a>'


def make_badge(
    llm: LLM, leaderboard: Leaderboard, cell: Cell, llm_count: int, absolute: Absolute
) -> Badge:
    """In English on every page: it is pasted elsewhere, and its picture has one address."""
    with translation.override(settings.LANGUAGE_CODE):
        return badge_in_english(llm, leaderboard, cell, llm_count, absolute)


def badge_in_english(
    llm: LLM, leaderboard: Leaderboard, cell: Cell, llm_count: int, absolute: Absolute
) -> Badge:
    short = shorten(leaderboard.short_title, LONGEST_TITLE)
    text = f"#{cell.rank} of {llm_count:,} · {short} {cell.text}"
    query = urlencode({"leaderboard": leaderboard.slug})
    return Badge(
        text=text,
        title=f"{llm.name}: {text}",
        image=absolute(f"{reverse('badge', args=[llm.slug])}?{query}"),
        link=absolute(llm.get_absolute_url()),
        text_width=text_width(text),
        # What is pasted elsewhere must not grow old: no rank and no value in it.
        alt=f"Rank of {llm.name} on {short}",
    )


def shorten(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def text_width(text: str) -> int:
    """Pixels that a text needs on a badge: an estimate, as no font is at hand to measure it."""
    return round(FONT_SIZE * sum(map(character_width, text)))


def character_width(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if character in NARROW_CHARACTERS:
        return NARROW
    if character in WIDE_CHARACTERS or unicodedata.east_asian_width(character) in "WF":
        return WIDE
    return CAPITAL if character.isupper() else MIDDLING


def escape_markdown(text: str) -> str:
    """As text in Markdown, also in Markdown that allows HTML."""
    return re.sub(r"([\\`*_{}\[\]()<>#!|&~])", r"\\\1", text)


# Frame


def iframe(leaderboard: Leaderboard, absolute: Absolute) -> str:
    """The HTML that shows the table of a leaderboard on another page."""
    address = absolute(reverse("embed", args=[leaderboard.slug]))
    title = local_text(leaderboard, "title")
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="100%" '
        'height="640" loading="lazy"></iframe>'
    )


# schema.org

# As django.utils.html.json_script does it; json.dumps escapes what is not ASCII, U+2028 with it.
SCRIPT_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
LONGEST_DESCRIPTION = 5_000  # characters, by Google's rules for data sets


def data_block(data: dict[str, Any]) -> SafeString:
    """A script element that runs nothing; no text in it can end it."""
    text = json.dumps(data, separators=(",", ":")).translate(SCRIPT_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def dataset(
    leaderboard: Leaderboard, standings: Standings, updated: datetime, absolute: Absolute
) -> dict[str, Any]:
    """A leaderboard as search engines for data want it described: schema.org/Dataset."""
    address = leaderboard.get_absolute_url()
    described = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": local_text(leaderboard, "title"),
        "description": describe(leaderboard, standings),
        "url": absolute(address),
        "dateModified": updated.isoformat(timespec="seconds"),
        "citation": leaderboard.citation,
        "creator": [{"@type": "Person", "name": name} for name in authors(leaderboard.citation)],
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": media_type,
                "contentUrl": absolute(reverse("export", args=[leaderboard.slug, suffix])),
            }
            for suffix, media_type in (("csv", "text/csv"), ("json", "application/json"))
        ],
        "variableMeasured": [metric.full_name for metric in standings.columns],
    }
    return {name: value for name, value in described.items() if value not in ("", [])}


def describe(leaderboard: Leaderboard, standings: Standings) -> str:
    """The introduction as plain text, or what there is to say without one."""
    text = " ".join(summary(local_text(leaderboard, "introduction")).split())
    return shorten(text or describe_table(standings), LONGEST_DESCRIPTION)


def describe_table(standings: Standings) -> str:
    count, metric = len(standings.rows), standings.ranking_metric
    if metric is None:
        return _("%(count)s LLMs.") % {"count": count}
    return _("%(count)s LLMs, ranked by %(metric)s.") % {"count": count, "metric": metric.full_name}


@lru_cache(maxsize=64)  # on every page of a leaderboard
def authors(bibtex: str) -> list[str]:
    """“Xiang Feng”, … of one entry; nobody if there are several, or marks that need BibTeX."""
    fields = re.findall(r"\bauthor\s*=\s*(?:\{([^{}\\]*)\}|\"([^\"{}\\]*)\")", bibtex)
    if len(fields) != 1 or len(re.findall(r"\bauthor\s*=", bibtex)) != 1:
        return []
    names = " ".join("".join(fields[0]).split()).split(" and ")
    ordered = (" ".join(reversed(name.split(", ", 1))).strip() for name in names)
    return [name for name in ordered if name and name != "others"]


# Model card


def model_card(
    llm: LLM,
    groups: Iterable[BenchmarkScores],
    catalogue: dict[str, Benchmark],
    sources: dict[int, Source],
    absolute: Absolute,
) -> dict[str, Any]:
    """All shown scores in the `model-index` shape of Hugging Face's model cards.

    A result there has one data set and one source, so it is a benchmark's scores from one source.
    `verified` is left out: it stands for a signature that only Hugging Face gives.
    """
    results: dict[tuple[str, ...], dict[str, Any]] = {}
    groups = list(groups)
    for group in groups:
        data = data_set(group, catalogue, groups)
        for score in group.scores:
            if score.cell is None:
                continue
            origin = source_of(llm, score.cell, sources, absolute)
            result = results.setdefault(
                (data["name"], origin["name"], origin["url"]),
                {
                    "task": {"type": "text-generation", "name": "Text Generation"},
                    "dataset": data,
                    "metrics": [],
                    "source": origin,
                },
            )
            result["metrics"].append(measured(score.metric, score.cell))
    return {"model-index": [{"name": llm.name, "results": list(results.values())}]}


def data_set(
    group: BenchmarkScores, catalogue: dict[str, Benchmark], groups: list[BenchmarkScores]
) -> dict[str, str]:
    """A benchmark's data set, by its id on Hugging Face if it is there."""
    if group.slug is None:
        named = [each for each in groups if each.slug]
        return {
            "type": "-".join(str(each.slug) for each in named) or "several",
            "name": ", ".join(str(each.benchmark) for each in named) or "several benchmarks",
        }
    found = catalogue.get(group.slug)
    hub = re.fullmatch(
        r"https://huggingface\.co/datasets/([\w.-]+(?:/[\w.-]+)?)/?", found.dataset if found else ""
    )
    return {"type": hub[1] if hub else group.slug, "name": str(group.benchmark)}


def measured(metric: MetricRecord, cell: Cell) -> dict[str, Any]:
    return {
        "type": "accuracy" if metric.is_share_of_questions else metric.key,
        "name": metric.full_name,
        "value": cell.value,
    }


def source_of(
    llm: LLM, cell: Cell, sources: dict[int, Source], absolute: Absolute
) -> dict[str, str]:
    """Who measured it; where that is unknown, or nobody but us, the page that shows it."""
    source = sources.get(cell.source_id) if cell.source_id else None
    if source is None:
        return {"name": "LeaderBoard", "url": absolute(llm.get_absolute_url())}
    return {"name": source.title, "url": source.url or absolute(source.get_absolute_url())}


def card_text(card: dict[str, Any], address: str, revision: ContentRevision) -> str:
    """The card as YAML for the front matter of a README, with a line that says where it is from."""
    when = f", {revision.changed_at:%Y-%m-%d}" if revision.token else ""
    return "\n".join([f"# From {address}{when}", *yaml_lines(card), ""])


def yaml_lines(data: Any) -> Iterator[str]:
    """Mappings and lists in block style; every text quoted, so that none is read as a number."""
    for key, value in data.items() if isinstance(data, dict) else ((None, each) for each in data):
        start = "-" if key is None else f"{key}:"
        if not value or not isinstance(value, dict | list):
            yield f"{start} {yaml_scalar(value)}"
        elif key is None:
            first, *rest = yaml_lines(value)
            yield from (f"- {first}", *(f"  {line}" for line in rest))
        else:
            yield from (start, *(f"  {line}" for line in yaml_lines(value)))


def yaml_scalar(value: Any) -> str:
    """A JSON string is a YAML one, except that YAML wants more characters escaped, and reads
    JSON's pairs of surrogates as two characters."""
    if isinstance(value, Decimal):
        return plain(value)
    text = json.dumps(value, ensure_ascii=False)
    return re.sub(
        "[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]",
        lambda found: f"\\u{ord(found[0]):04x}",
        text,
    )
