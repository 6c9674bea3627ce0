"""The standings table of a page, read back from its HTML. Our markup is well-formed XML."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
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


class FormReader(HTMLParser):
    """What a browser without script would post of one form, as it was shown."""

    def __init__(self, form_id):
        super().__init__()
        self.form_id, self.inside, self.data = form_id, False, {}
        self.select = self.textarea = None

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag == "form":
            self.inside = self.form_id is None or named.get("id") == self.form_id
        elif tag == "option" and self.inside and "selected" in named:
            self.data[self.select] = named.get("value", "")
        elif self.inside and named.get("name"):
            self.start_field(tag, named)

    def start_field(self, tag, named):
        if tag == "select":
            self.select = named["name"]
        elif tag == "textarea":
            self.textarea = named["name"]
            self.data[self.textarea] = ""
        elif tag == "input" and named.get("type") in ("checkbox", "radio"):
            if "checked" in named:
                self.data[named["name"]] = named.get("value", "on")
        elif tag == "input" and named.get("type") != "submit":
            self.data[named["name"]] = named.get("value", "")

    def handle_data(self, data):
        if self.textarea:
            self.data[self.textarea] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.textarea:
            # A browser drops the line break that Django puts first.
            self.data[self.textarea] = self.data[self.textarea].removeprefix("\r\n")
            self.data[self.textarea] = self.data[self.textarea].removeprefix("\n")
            self.textarea = None


def page_form(response, form_id=None):
    """{name: value} of a form of the page; of the last if it has no id."""
    reader = FormReader(form_id)
    reader.feed(response.content.decode())
    return reader.data
