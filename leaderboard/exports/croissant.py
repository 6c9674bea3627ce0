"""A release described in Croissant 1.0, the format in which data sets tell programs what they hold.

https://docs.mlcommons.org/croissant/docs/croissant-spec-1.0.html
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from leaderboard.pages.view import View
from leaderboard.standings.facts import FactRecord
from leaderboard.standings.records import MetricRecord
from leaderboard.text.facts import BY_FIELD, EXPORTED, FactKind
from leaderboard.text.shown import titled

from .as_csv import csv_header, shown_fields
from .dataset import describe
from .facts import DAY as DAY_END
from .facts import PAGE as PAGE_END
from .facts import csv_name, describe_fact, further_facts
from .releases import Cited, describe_creators, write_release_bibtex

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
TEXT, NUMBER, COUNT, ANSWER, DAY = (
    f"sc:{name}" for name in ("Text", "Float", "Integer", "Boolean", "Date")
)
KINDS = {FactKind.NUMBER: NUMBER, FactKind.ANSWER: ANSWER, FactKind.DATE: DAY}
FIXED = {  # the columns of a CSV that are neither facts nor of a metric
    "llm": (TEXT, "Name of the LLM"),
    "slug": (TEXT, "Names the LLM in addresses"),
    "rank": (COUNT, "By the ranking metric; empty without a score there"),
    "rank_best": (COUNT, "Best rank that the data leave open"),
    "rank_worst": (COUNT, "Worst rank that the data leave open"),
    "rank_level": (TEXT, "What the rank ranges promise"),
}
# What may stand behind the key of a metric.
ENDINGS = {
    "": (NUMBER, "{metric}"),
    "_low": (NUMBER, "{metric}: lower end of its 95 % interval"),
    "_high": (NUMBER, "{metric}: upper end of its 95 % interval"),
    "_n": (COUNT, "{metric}: questions asked"),
    "_partial": (ANSWER, "{metric}: is it of fewer questions than the metric has?"),
    "_note": (TEXT, "{metric}: what a reader has to know of its score"),
}


def describe_croissant(cited: Cited, view: View, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Describes a release that lies in one folder: its files with their hashes, and the columns of
    its CSV, which is the view."""
    described = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": cited.name,
        "alternateName": cited.title,
        "description": describe(cited.leaderboard, view.standings),
        "url": cited.address,
        "version": cited.release.name,
        "datePublished": cited.day.isoformat(),
        "license": cited.licence,
        "creator": describe_creators(cited),
        "citeAs": write_release_bibtex(cited),
        "isLiveDataset": False,
        "distribution": [describe_file(name, content) for name, content in files.items()],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "standings",
                "name": "standings",
                "description": "A row for each LLM, in order of rank.",
                "key": {"@id": "standings/slug"},
                "field": list(describe_fields(view)),
            }
        ],
    }
    return {name: value for name, value in described.items() if value not in ("", [])}


MEDIA_TYPES = {
    "csv": "text/csv", "json": "application/json", "md": "text/markdown", "cff": "application/yaml",
    "tex": "application/x-tex", "bib": "application/x-bibtex",
}  # fmt: skip


def describe_file(name: str, content: bytes) -> dict[str, Any]:
    """Describes a file beside the description."""
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{len(content)} B",
        "encodingFormat": MEDIA_TYPES[name.rpartition(".")[2]],
        "sha256": sha256(content).hexdigest(),
    }


def describe_fields(view: View) -> Iterator[dict[str, Any]]:
    """Describes the columns of the CSV of a view."""
    facts = {
        fact.field: (KINDS.get(fact.kind, TEXT), fact.description)
        for fact in (*EXPORTED, *map(BY_FIELD.__getitem__, ("kind", "family", "note")))
    } | FIXED
    for fact in further_facts(view):
        facts |= describe_fact_columns(fact)
    metrics = {metric.key: metric for metric in view.columns}
    for column in csv_header(view, shown_fields(view)):
        kind, words = facts.get(column) or describe_column(column, metrics)
        yield {
            "@type": "cr:Field",
            "@id": f"standings/{column}",
            "name": column,
            "description": words,
            "dataType": kind,
            "source": {
                "fileObject": {"@id": "standings.csv"},
                "extract": {"column": column},
            },
        }


def describe_fact_columns(fact: FactRecord) -> dict[str, tuple[str, str]]:
    """The kinds and meanings of the columns that a CSV may have about a fact."""
    name, words, kind = csv_name(fact), describe_fact(fact), FactKind(fact.kind)
    return {
        name: (TEXT if kind is FactKind.DATE else KINDS.get(kind, TEXT), words),  # may be a month
        f"{name}{DAY_END}": (DAY, f"{fact.name}: the day on which it was so"),
        f"{name}{PAGE_END}": (TEXT, f"{fact.name}: the page where it stands"),
    }


def describe_column(column: str, metrics: Mapping[str, MetricRecord]) -> tuple[str, str]:
    """The kind and meaning of a column about a metric. No key has an underscore."""
    key, mark, ending = column.partition("_")
    kind, words = ENDINGS[mark + ending]
    return kind, words.format(metric=titled(metrics[key]))
