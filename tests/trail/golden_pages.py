"""What the page and the CSV of each golden release show, as texts that no markup changes.

A file is written once for a version of payloads: bytes are never migrated, so what they show stays
too. For a new version a test fails, and says what to store.
"""

from tests.page_reader import page_rows

from .golden import FOLDER


def page_lines(response):
    """A line for each row of the table: all that a reader sees of it."""
    return "".join(
        "\t".join([row.slug, row.rank, row.rank_range, row.name, row.facts, *texts(row)]) + "\n"
        for row in page_rows(response)
    )


def texts(row):
    """The cells, with the full precision of those that are rounded."""
    return [
        f"{text} ({exact})" if exact else text
        for text, exact in zip(row.cells, row.data_values, strict=True)
    ]


def golden_page(version):
    return FOLDER / f"page_v{version}.tsv"


def golden_csv(version):
    return FOLDER / f"table_v{version}.csv"
