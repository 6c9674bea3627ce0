"""The standings table of a page, read back from its HTML. Our markup is well-formed XML."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass
class Row:
    slug: str
    rank: str
    rank_range: str
    name: str
    facts: str
    cells: list[str]
    classes: list[list[str]]
    data_values: list[str | None]


@dataclass
class Header:
    key: str
    label: str
    href: str
    aria_sort: str | None


def page_table(response):
    text = re.search(r'<table id="standings">.*?</table>', response.content.decode(), re.DOTALL)
    return ElementTree.fromstring(text.group())


def page_rows(response):
    return [read_row(row) for row in page_table(response).iterfind("tbody/tr")]


def read_row(row):
    rank, *cells = row.iterfind("td")
    name = row.find("th")
    return Row(
        slug=row.get("id"),
        rank=rank.findtext("b"),
        rank_range=rank.findtext("small") or "",
        name=name.findtext("a"),
        facts=" ".join("".join(name.find("small").itertext()).split()),
        cells=[cell.text for cell in cells],
        classes=[cell.get("class").split() for cell in cells],
        data_values=[cell.get("data-value") for cell in cells],
    )


def page_headers(response):
    return [
        Header(
            key=header.get("data-column"),
            label=header.findtext("a"),
            href=header.find("a").get("href"),
            aria_sort=header.get("aria-sort"),
        )
        for header in page_table(response).iterfind("thead/tr/th[@data-column]")
    ]


def page_names(response):
    return [row.name for row in page_rows(response)]
