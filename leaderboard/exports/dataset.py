"""What other sites show of a leaderboard: its table in a frame, and its description as a data set.

`absolute` makes the full address of a path of this site.
"""

import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from leaderboard.models import Leaderboard, Organization
from leaderboard.standings.standings import Standings
from leaderboard.text.markdown import summary
from leaderboard.text.shown import titled
from leaderboard.text.words import local_text

Absolute = Callable[[str], str]


def shorten(text: str, length: int) -> str:
    """Cuts a text to at most `length` characters, the last of them “…”."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


# Of a frame, in pixels: its head and its foot, and a row as it is where names have one line.
AROUND_ROWS, ROW, HIGHEST = 165, 58, 640


class Frame(NamedTuple):
    """A frame on another page with the table of a leaderboard."""

    html: str
    height: int  # pixels


def make_frame(
    leaderboard: Leaderboard,
    rows: int,
    absolute: Absolute,
    *,
    query: str = "",
    width: str = "100%",
    highest: int = HIGHEST,
) -> Frame:
    """Returns the HTML that shows a view of the table on another page.

    It is as high as its rows need, up to a height from which the table scrolls within it.
    """
    height = min(AROUND_ROWS + ROW * rows, highest)
    address = absolute(reverse("embed", args=[leaderboard.slug])) + query
    title = local_text(leaderboard, "title")
    return Frame(
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="{width}" '
        f'height="{height}" loading="lazy"></iframe>',
        height,
    )


# As django.utils.html.json_script has them; json.dumps escapes all other characters beyond ASCII.
SCRIPT_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
LONGEST_DESCRIPTION = 5_000  # characters, as Google's rules for data sets have it


def dataset_script(data: dict[str, Any]) -> SafeString:
    """Returns a script element with data, which no text in the data can end."""
    text = json.dumps(data, separators=(",", ":")).translate(SCRIPT_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def build_dataset(
    leaderboard: Leaderboard,
    standings: Standings,
    updated: date,
    absolute: Absolute,
    *,
    publisher: str,
    has_release: bool = False,
) -> dict[str, Any]:
    """Describes a leaderboard for search engines, as a schema.org/Dataset.

    The publisher is the site, by its name. With a release to be cited, that one's description has
    what is long and the same here.
    """
    address = leaderboard.get_absolute_url()
    described = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": local_text(leaderboard, "title"),
        "description": describe(leaderboard, standings),
        "url": absolute(address),
        "dateModified": updated.isoformat(),
        "citation": "" if has_release else leaderboard.citation,
        "creator": [
            {"@type": "Person", "name": name} for name in read_authors(leaderboard.citation)
        ],
        "publisher": {"@type": "Organization", "name": publisher},
        "license": leaderboard.data_licence_address,
        "isAccessibleForFree": "" if has_release else True,
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": media_type,
                "contentUrl": absolute(reverse("export", args=[leaderboard.slug, suffix])),
            }
            for suffix, media_type in (("csv", "text/csv"), ("json", "application/json"))
        ],
        "variableMeasured": [titled(metric) for metric in standings.columns],
    }
    return {name: value for name, value in described.items() if value not in ("", [])}


def build_catalog(
    leaderboards: Iterable[Leaderboard], absolute: Absolute, address: str, name: str
) -> dict[str, Any]:
    """Describes the start page for search engines, as a schema.org/DataCatalog: the names and
    addresses of the data sets, each of which is described on its own page."""
    return {
        "@context": "https://schema.org",
        "@type": "DataCatalog",
        "name": name,
        "url": address,
        "dataset": [
            {
                "@type": "Dataset",
                "name": local_text(each, "title"),
                "url": absolute(each.get_absolute_url()),
            }
            for each in leaderboards
        ],
    }


def build_organization(organization: Organization, address: str) -> dict[str, Any]:
    """Describes an organization for search engines, as a schema.org/Organization; `address` is that
    of its page here."""
    return {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": organization.name,
        "url": organization.homepage or address,
        "mainEntityOfPage": address,
    }


def describe(leaderboard: Leaderboard, standings: Standings) -> str:
    """Returns the introduction as plain text; without one, a sentence about the table."""
    text = " ".join(summary(local_text(leaderboard, "introduction")).split())
    return shorten(text or describe_table(standings), LONGEST_DESCRIPTION)


def describe_table(standings: Standings) -> str:
    """Says how many LLMs there are and by which metric they are ranked."""
    count, metric = standings.llm_count, standings.ranking_metric
    if metric is None:
        return _("%(count)s LLMs.") % {"count": count}
    return _("%(count)s LLMs, ranked by %(metric)s.") % {"count": count, "metric": metric.full_name}


@lru_cache(maxsize=64)  # on every page of a leaderboard
def read_authors(bibtex: str) -> list[str]:
    """Returns the authors of a BibTeX entry, as “Xiang Feng”; [] as split_authors does."""
    return [" ".join(filter(None, name)) for name in split_authors(bibtex)]


@lru_cache(maxsize=64)
def split_authors(bibtex: str) -> list[tuple[str, str]]:
    """Returns (given names, family name) of the authors of a BibTeX entry.

    Without a comma the last word is the family name; a single word is nothing else. Returns [] if
    there are several entries, or marks that only BibTeX understands.
    """
    fields = re.findall(r"\bauthor\s*=\s*(?:\{([^{}\\]*)\}|\"([^\"{}\\]*)\")", bibtex)
    if len(fields) != 1 or len(re.findall(r"\bauthor\s*=", bibtex)) != 1:
        return []
    names = (name.strip() for name in " ".join("".join(fields[0]).split()).split(" and "))
    return [split_name(name) for name in names if name and name != "others"]


def split_name(name: str) -> tuple[str, str]:
    """Returns (given names, family name) of “Feng, Xiang” and of “Xiang Feng”."""
    if ", " in name:
        family, given = name.split(", ", 1)
    else:
        given, _space, family = name.rpartition(" ")
    return given.strip(), family.strip()
