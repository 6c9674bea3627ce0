"""Writes the public site as files."""

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from leaderboard.models import Leaderboard
from leaderboard.operations.progress import Progress
from leaderboard.publishing.export import (
    ContentChanged,
    DeadLinks,
    NothingToExport,
    choose_base_url,
    export_site,
)
from leaderboard.publishing.single import write_single
from leaderboard.publishing.tree import Done, TreeRefused

BASE_URL = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~-]+)*/?")
MOST_DEAD = 50  # links in a list


class Command(BaseCommand):
    """`manage.py export_site DIR`: the public site for a host that only sends files."""

    help = (
        "Write every public page and file of the site into a folder, for a host such as GitHub "
        "Pages. The folder is replaced as a whole; exit 1 if a link inside leads to nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", nargs="?")
        parser.add_argument(
            "--base-url", type=parse_base_url, metavar="URL",
            help="where it will lie, like https://org.github.io/project/ (default: SITE_URL)",
        )  # fmt: skip
        parser.add_argument(
            "--leaderboard", default="", metavar="SLUG",
            help="only this leaderboard, with what it leads to",
        )  # fmt: skip
        parser.add_argument(
            "--page", type=Path, metavar="FILE",
            help="instead of a folder, one leaderboard as one file that asks for nothing",
        )  # fmt: skip
        parser.add_argument(
            "--front-matter", action="store_true",
            help="with --page: as a page of a Jekyll site, with layout, title and permalink",
        )  # fmt: skip

    def handle(
        self,
        *args: Any,
        folder: Path | None,
        base_url: str | None,
        leaderboard: str,
        **options: Any,
    ) -> None:
        page, base_url = options["page"], base_url or ""
        if (folder is None) == (page is None) or (options["front_matter"] and not page):
            raise CommandError("Name a folder, or --page FILE, with --front-matter if you like.")
        with Progress(sys.stderr, steps=1) as progress, sentences(folder or page, leaderboard):
            if folder is None:
                text = write_single(base_url, leaderboard, has_front_matter=options["front_matter"])
                replace_file(page, text)
                self.stdout.write(f"{page}: {len(text.encode()):,} bytes.")
                return
            done = export_site(folder, choose_base_url(base_url), leaderboard, progress)
        self.stdout.write(describe(done, folder))
        if not base_url and not settings.SITE_URL:
            self.stdout.write(
                "Feed, sitemap, badges and citations name http://localhost/ as the site's address: "
                "say --base-url where it will lie."
            )


@contextmanager
def sentences(target: Path, slug: str) -> Iterator[None]:
    """Let what stops the export say what to do, as CommandError; the target is what it was."""
    try:
        yield
    except DeadLinks as error:
        raise CommandError(list_dead(error)) from error
    except ContentChanged as error:
        raise CommandError(
            "The content was changed meanwhile. Nothing was written; run it again."
        ) from error
    except NothingToExport as error:
        raise CommandError(say_what_is_there(slug)) from error
    except TreeRefused as error:
        raise CommandError(str(error)) from error
    except ValueError as error:
        if "manifest entry" not in str(error):
            raise
        raise CommandError("Run manage.py collectstatic first.") from error
    except DatabaseError as error:
        raise CommandError(
            f"The database cannot be read ({error}). Run quickstart or migrate first."
        ) from error
    except OSError as error:
        raise CommandError(
            f"{error.filename or target} cannot be written ({error.strerror}). "
            f"{target} is what it was."
        ) from error


def replace_file(path: Path, text: str) -> None:
    """Write a file as a whole: the old one stays until the new one is there."""
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def parse_base_url(text: str) -> str:
    """Return the address. Raises ArgumentTypeError unless it is one of a folder on a host."""
    if not BASE_URL.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text} is no address of a site. Write it like https://org.github.io/project/"
        )
    return text


def describe(done: Done, folder: Path) -> str:
    """Say what changed."""
    return (
        f"{folder}: {len(done.written)} files written, {len(done.removed)} removed, "
        f"{done.unchanged} unchanged."
    )


def list_dead(error: DeadLinks) -> str:
    """List the links that lead to nothing, each once."""
    links = sorted(set(error.links))
    lines = [f"  {each.link}  in {each.file or 'the sitemap'}" for each in links[:MOST_DEAD]]
    more = [f"  and {len(links) - MOST_DEAD} more"] if len(links) > MOST_DEAD else []
    text = "\n".join([*lines, *more])
    return f"Links inside that lead to nothing ({len(links)}); nothing was written:\n{text}"


def say_what_is_there(slug: str) -> str:
    """Say which leaderboards are published."""
    there = ", ".join(Leaderboard.objects.published().values_list("slug", flat=True))
    what = f"no published leaderboard {slug}" if slug else "no published leaderboard to export"
    return f"There is {what}. There is: {there or 'none'}."
