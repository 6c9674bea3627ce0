"""What cites a release, and the files that go with it: BibTeX, CITATION.cff, a description."""

from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from django.conf import settings
from django.utils import translation

from leaderboard.models import Leaderboard, Release
from leaderboard.pages.view import View
from leaderboard.standings.shown import AllShown
from leaderboard.standings.standings import Standings
from leaderboard.text.markdown import summary
from leaderboard.text.shown import titled

from .as_latex import escape_bibtex
from .dataset import Absolute, describe, split_authors
from .model_card import yaml_lines
from .snapshot import Snapshot

Files = list[tuple[str, str, str]]  # (media type, absolute address, SHA-256 or "")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Cited:
    """A release with what its files say of it; its texts are those that were frozen."""

    release: Release
    leaderboard: Leaderboard
    address: str  # absolute, of its page
    doi: str = ""  # "" in what is uploaded to get one

    @property
    def title(self) -> str:
        """“Medical LLMs - AnesBench, release 2026-11”"""
        return f"{self.leaderboard.title}, release {self.release.name}"

    @property
    def day(self) -> date:
        """On which it was frozen, in UTC."""
        return self.release.frozen_at.astimezone(UTC).date()

    @property
    def name(self) -> str:
        """Of its files, without an ending, and of its BibTeX entry."""
        return f"{self.leaderboard.slug}-{self.release.name}"

    @property
    def licence(self) -> str:
        """Of the data: its page at SPDX, or several as SPDX writes them; "" for none."""
        return self.leaderboard.data_licence_address or self.leaderboard.shown_licence

    @property
    def authors(self) -> list[tuple[str, str]]:
        """(given names, family name) of those that the leaderboard's citation names."""
        return split_authors(self.leaderboard.citation)


def cite(release: Release, leaderboard: Leaderboard, absolute: Absolute) -> Cited:
    """Returns a release as it is cited in all languages, with its DOI."""
    with translation.override(settings.LANGUAGE_CODE):
        address = absolute(release.get_absolute_url())
    return Cited(release, leaderboard, address, release.doi)


def snapshot_of(cited: Cited, view: View, below: AllShown) -> Snapshot:
    """The view of a release as exports take it. Its hash names the state, its page is its home."""
    return Snapshot(
        view=view,
        title=cited.title,
        slug=cited.leaderboard.slug,
        citation=cited.leaderboard.citation,
        home=cited.address,
        address=cited.address + view.selection.url().removesuffix("?"),
        updated=cited.release.as_of.astimezone(UTC),
        revision=cited.release.sha256,
        state_address=cited.address,
        data_licence=cited.leaderboard.shown_licence,
        ranks_partial_runs=cited.leaderboard.ranks_partial_runs,
        below=below,
    )


def write_release_bibtex(cited: Cited) -> str:
    """Writes the entry of a release, after the citation that the leaderboard asks for.

    No urldate: that would be the day of a visit, and the release is the same on every day.
    """
    names = " and ".join(
        f"{family}, {given}" if given else family for given, family in cited.authors
    )
    title = escape_bibtex(cited.leaderboard.title)
    fields = {
        "title": f"{{{{{title}}}}}",
        "author": f"{{{names or f'{{{title}}}'}}}",
        "version": f"{{{cited.release.name}}}",
        "year": f"{{{cited.day.year}}}",
        "month": MONTHS[cited.day.month - 1],
        "url": f"{{{cited.address}}}",
        "doi": f"{{{cited.doi}}}" if cited.doi else "",
        "note": f"{{SHA-256 {cited.release.sha256}}}",
    }
    lines = ",\n".join(f"  {name:7} = {value}" for name, value in fields.items() if value)
    entry = f"@misc{{{cited.name},\n{lines}\n}}\n"
    asked = cited.leaderboard.citation.replace("\r\n", "\n").strip()
    return f"{asked}\n\n{entry}" if asked else entry


def describe_creators(cited: Cited) -> list[dict[str, str]]:
    """The authors as schema.org has them; the leaderboard itself where none are known."""
    people = [{"@type": "Person", "name": " ".join(filter(None, name))} for name in cited.authors]
    return people or [{"@type": "Organization", "name": cited.leaderboard.title}]


def build_release_dataset(
    cited: Cited, standings: Standings, files: Files, publisher: str
) -> dict[str, Any]:
    """Describes a release for search engines, as a schema.org/Dataset."""
    release = cited.release
    described = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": cited.title,
        "description": describe(cited.leaderboard, standings),
        "url": cited.address,
        "version": release.name,
        "datePublished": release.frozen_at.astimezone(UTC).isoformat(timespec="seconds"),
        "license": cited.licence,
        "identifier": [f"https://doi.org/{cited.doi}"] if cited.doi else [],
        "citation": cited.leaderboard.citation,
        "creator": describe_creators(cited),
        "publisher": {"@type": "Organization", "name": publisher},
        "isAccessibleForFree": True,
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": media_type, "contentUrl": address}
            | ({"sha256": digest} if digest else {})
            for media_type, address, digest in files
        ],
        "variableMeasured": [titled(metric) for metric in standings.columns],
    }
    return {name: value for name, value in described.items() if value not in ("", [])}


def write_cff(cited: Cited) -> str:
    """Writes CITATION.cff, which GitHub and reference managers read."""
    return "\n".join([*yaml_lines(describe_cff(cited)), ""])


def describe_cff(cited: Cited) -> dict[str, Any]:
    """Returns the fields of a CITATION.cff, version 1.2.0, of a data set.

    A licence is named only if it is a single one: the format knows no expressions.
    """
    licence = cited.leaderboard.shown_licence
    described = {
        "cff-version": "1.2.0",
        "message": "Please cite this release when you use its data.",
        "type": "dataset",
        "title": cited.leaderboard.title,
        "version": cited.release.name,
        "date-released": cited.day.isoformat(),
        "authors": [
            {"given-names": given, "family-names": family} if given else {"name": family}
            for given, family in cited.authors
        ]
        or [{"name": cited.leaderboard.title}],
        "url": cited.address,
        "doi": cited.doi,
        "license": licence if cited.leaderboard.data_licence_address else "",
        "abstract": " ".join(summary(cited.leaderboard.introduction).split()),
        "identifiers": [
            {
                "type": "other",
                "value": f"sha256:{cited.release.sha256}",
                "description": "SHA-256 of the frozen state, payload.json",
            }
        ],
    }
    return {name: value for name, value in described.items() if value}
