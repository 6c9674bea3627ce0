"""What other sites and programs show of ours: a badge, a frame, a model card, data about the data.

Standings in, something to take out. `absolute` makes a full address of a path of this site.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from leaderboard.models import Leaderboard
from leaderboard.standings.standings import Standings
from leaderboard.text.markdown import summary
from leaderboard.text.words import local_text

Absolute = Callable[[str], str]


def shorten(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


# Frame


def iframe_html(leaderboard: Leaderboard, absolute: Absolute) -> str:
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


def dataset_script(data: dict[str, Any]) -> SafeString:
    """A script element that runs nothing; no text in it can end it."""
    text = json.dumps(data, separators=(",", ":")).translate(SCRIPT_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def build_dataset(
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
