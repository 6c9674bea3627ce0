"""The options of `manage.py import_results`; imports/said.py says what they mean."""

from argparse import ArgumentParser

from leaderboard.imports.choices import EMPTY
from leaderboard.imports.said import DAY_ORDERS, DECIMAL_SIGNS, PLUS_MINUS
from leaderboard.models import Source


def add_layout_arguments(parser: ArgumentParser) -> None:
    """Add the options of how a table is read; what is not said is found from the file."""
    parser.add_argument(
        "--column", action="append", default=[], metavar="HEADER=ROLE",
        help="what a column is: metric, name, source, standard error, half-width, lower, upper, "
        "leave out, or a fact such as organization. Can be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--facts",
        choices=["empty", "all", "none"],
        default=EMPTY,
        help="which facts of LLMs that are here change: those that are unknown here (the default), "
        "all that differ, or none. With none, new LLMs get none either",
    )
    parser.add_argument("--decimal", choices=DECIMAL_SIGNS, help="the sign before decimals")
    parser.add_argument("--dates", choices=DAY_ORDERS, help="what stands first in 4/5/2025")
    parser.add_argument(
        "--plus-minus", choices=PLUS_MINUS, help="what stands behind ± in all columns"
    )
    parser.add_argument(
        "--llms-in", choices=["rows", "columns"], default="", help="where LLMs stand in a table"
    )


def add_source_arguments(parser: ArgumentParser) -> None:
    """Add the options of who measured, and why the scores change."""
    parser.add_argument("--source-tier", choices=Source.Tier.values, default="")
    parser.add_argument("--source-evaluator", default="", help="who ran the evaluation")
    parser.add_argument(
        "--source", default="", metavar="SOURCE",
        help="one that is here, by its number, title or address, for all scores that change",
    )  # fmt: skip
    parser.add_argument(
        "--reason", default="", help="public: why scores change, in a sentence without file names"
    )


def add_name_arguments(parser: ArgumentParser) -> None:
    """Add the options of what becomes of names that match nothing here."""
    parser.add_argument(
        "--accept-suggestions", action="store_true",
        help="take names that are other spellings of LLMs and metrics here for these",
    )  # fmt: skip
    parser.add_argument(
        "--create-llms", action="store_true", help="with their organizations, if not here yet"
    )
    parser.add_argument(
        "--create-metrics", action="store_true",
        help="in the unit that the file says; in points if it says none",
    )  # fmt: skip
    parser.add_argument(
        "--leave-out", nargs="?", const="", action="append", default=[], metavar="COLUMN",
        help="this column; without a name: what matches nothing here. Can be repeated",
    )  # fmt: skip
