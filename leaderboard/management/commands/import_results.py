"""Imports files of results from the command line, as the admin's import does from a form."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from leaderboard.imports.causes import group_by_cause
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.documents import build_document
from leaderboard.imports.effects import Effects, find_effects
from leaderboard.imports.memory import without_cycle_search
from leaderboard.imports.pending import replace_source
from leaderboard.imports.preview import WRITES, Line, Preview, State
from leaderboard.imports.said import Misused, add_choices, read_layout, read_said_source
from leaderboard.imports.settings import DECISIONS
from leaderboard.imports.storing import check_source, confirm
from leaderboard.imports.writing import ImportRefused
from leaderboard.management.import_options import (
    add_layout_arguments,
    add_name_arguments,
    add_source_arguments,
)
from leaderboard.management.remote import describe_answer, post_files
from leaderboard.operations.progress import Progress
from leaderboard.readers.files.json_documents import MAX_BYTES
from leaderboard.readers.gathering import ENDINGS, Given, is_file_to_read, is_hidden, read_files
from leaderboard.readers.registry import IMPORT_FORMATS, ReadFile, format_label
from leaderboard.readers.results import FileContext, Refused

STEPS = 3  # reading, comparing, storing
MAX_LINES = 40  # that are shown of one state
MAX_OF_CAUSE = 5  # of one cause that cells cannot be read, or are not imported
MOST_SEEN = 20_000  # files of a folder that are looked through
FOLDERS = 4  # of a file's path that are looked at: some hold the LLM or the benchmark
DISAGREEING = "will disagree with their components: the page will show the computed value"
REMEDY = (
    "Mend what is named above; for names that match nothing, add --accept-suggestions (other "
    "spellings of what is here), --create-llms (organizations too), --create-metrics or "
    "--leave-out."
)
SAY_HOW = " What is to be chosen is said with --decimal, --dates, --plus-minus or --column."


class Command(BaseCommand):
    """`manage.py import_results PATH …`: show what would change, then store all or nothing."""

    help = (
        "Import scores from files, zips and folders: all of it or nothing. Exit 0: done; 1: a file "
        "cannot be imported as it is, nothing was stored; 2: the command was written wrongly. The "
        "last line counts the changes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths", type=Path, metavar="PATH", nargs="+",
            help="a file, a zip of files, or a folder; several are imported as one",
        )  # fmt: skip
        parser.add_argument(
            "--format", choices=IMPORT_FORMATS, default="", help="else found by content"
        )
        parser.add_argument("--llm", default="", metavar="NAME", help="whose results these are")
        parser.add_argument("--benchmark", default="", help="of a file that does not name it")
        parser.add_argument("--questions", type=Path, help="the question file of an AnesBench run")
        parser.add_argument("--source-title", default="", help="as a reader would cite it")
        parser.add_argument("--source-url", default="", help="where a reader can check the numbers")
        add_source_arguments(parser)
        add_name_arguments(parser)
        add_layout_arguments(parser)
        parser.add_argument("--allow-partial", action="store_true")
        parser.add_argument(
            "--keep-errors", action="store_true",
            help="the given standard errors of values that change, where the file has none",
        )  # fmt: skip
        parser.add_argument(
            "--percent", action="append", default=[], metavar="METRIC",
            help="the file's values of this metric are percent of a proportion; can be repeated",
        )  # fmt: skip
        parser.add_argument(
            "--other-settings", choices=DECISIONS, default="",
            help="what becomes of scores whose run had another n-shot, revision, … than the stored",
        )  # fmt: skip
        parser.add_argument(
            "--to", default="", metavar="URL",
            help="hand the files in at the site there, with the token in LEADERBOARD_TOKEN",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="show, and store nothing")
        parser.add_argument(
            "--json",
            action="store_true",
            help="the preview as one JSON document, also of what is refused: its error",
        )

    def handle(self, *, paths: list[Path], **options: Any) -> None:
        document: dict[str, Any] = {"file": ", ".join(path.name for path in paths), "error": None}
        try:
            if options["to"]:
                document |= self.hand_in(paths, options)
            else:
                with Progress(sys.stderr, STEPS) as progress, without_cycle_search():
                    self.import_files(paths, options, document, progress)
        except (Refused, ImportRefused, Misused, DatabaseError) as error:
            document["error"] = describe_error(error)
            raise CommandError(
                document["error"], returncode=2 if isinstance(error, Misused) else 1
            ) from error
        finally:
            if options["json"]:
                self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))
        if not options["json"]:
            self.stdout.write(document["summary"])

    def import_files(
        self,
        paths: list[Path],
        options: dict[str, Any],
        document: dict[str, Any],
        progress: Progress,
    ) -> None:
        """Read, compare, show and store the files; fill the document as far as this comes."""
        progress.step("reading")
        read, choices = add_choices(self.read_results(paths, options), options)
        progress.step(f"comparing ({len(read.reading.results):,})")
        preview = make_preview(read.reading, choices)
        effects = find_effects(preview)
        document |= build_document(read, preview, effects, options["dry_run"])
        progress.clear()
        if not options["json"]:
            self.show_preview(read, preview, effects)
        check_source(read)
        if preview.blocking:
            layout = read.reading.layout
            say_how = SAY_HOW if layout and layout.is_undecided else ""
            raise ImportRefused(*explain_remedies(preview, say_how))
        if not options["dry_run"] and preview.change_count:
            progress.step(f"storing ({preview.change_count:,})")
            confirm(read, choices, preview.digest)
            document["is_stored"] = True

    def hand_in(self, paths: list[Path], options: dict[str, Any]) -> dict[str, Any]:
        """Post the files to another site, and return its answer with a summary."""
        if options["dry_run"]:
            raise Misused("--to with --dry-run: the preview of another site is made there.")
        try:
            files = [file for path in paths for file in find_files(path)]
            questions = options["questions"]
            content = read_questions(questions) if questions else b""
            answer = post_files(options["to"], files, content, options)
        except OSError as error:
            raise Misused(f"{error.filename}: {error.strerror}.") from error
        return answer | {"summary": describe_answer(answer)}

    def read_results(self, paths: list[Path], options: dict[str, Any]) -> ReadFile:
        """Return the files' results and their sources. Raises Misused if one cannot be opened."""
        questions = options["questions"]
        try:
            asked = FileContext(
                llm=options["llm"],
                benchmark=options["benchmark"],
                questions=read_questions(questions) if questions else b"",
                **read_layout(options),
            )
            files = [file for path in paths for file in find_files(path)]
            if not files:
                raise Misused(f"{paths[0]}: no file in it ends in {', '.join(ENDINGS)}.")
            name = paths[0].resolve().name if len(paths) == 1 and paths[0].is_dir() else ""
            read = read_files(files, asked, options["format"], name)
        except OSError as error:
            raise Misused(f"{error.filename}: {error.strerror}.") from error
        reading = replace_source(read.reading, **read_said_source(options))
        return read._replace(reading=reading)

    def show_preview(self, read: ReadFile, preview: Preview, effects: Effects) -> None:
        """Write the preview for people: each state, disagreements, and ranks that move."""
        self.stdout.write(f"{read.name}: {format_label(read.format)}")
        for note in preview.notes:
            self.stdout.write(f"  {note}")
        for state in State:
            if state in WRITES:
                self.show_lines(str(state), [describe_line(line) for line in preview.of(state)])
            elif preview.counts[state]:
                self.stdout.write(f"{state} ({preview.counts[state]})")
                if state is not State.UNCHANGED:
                    self.show_causes(preview.of(state))
        self.show_lines(DISAGREEING, list(map(str, effects.disagreements)))
        self.show_lines("ranks", [f"{change.leaderboard}: {change}" for change in effects.ranks])

    def show_causes(self, lines: list[Line]) -> None:
        """Write what is wrong once, with its remedy and the first lines that it is about."""
        for cause in group_by_cause(lines):
            if cause.count == 1 or not cause.text:
                self.show_some([describe_line(line) for line in cause.lines], MAX_LINES, "  ")
                continue
            self.stdout.write(f"  {cause.count} × {cause.text} {cause.remedy}".rstrip())
            some = [
                describe_line(replace(line, reason="" if cause.is_one_text else line.what))
                for line in cause.lines
            ]
            self.show_some(some, MAX_OF_CAUSE, "    ")

    def show_lines(self, title: str, lines: list[str]) -> None:
        """Write the title with the number of lines, and at most MAX_LINES of them."""
        if lines:
            self.stdout.write(f"{title} ({len(lines)})")
        self.show_some(lines, MAX_LINES, "  ")

    def show_some(self, lines: list[str], most: int, indent: str) -> None:
        """Write the first lines, and how many more there are."""
        for line in lines[:most]:
            self.stdout.write(f"{indent}{line}")
        if len(lines) > most:
            self.stdout.write(f"{indent}… and {len(lines) - most} more")


def explain_remedies(preview: Preview, say_how: str) -> Iterator[str]:
    """Yield what is to be done before the preview can be stored, in sentences."""
    if preview.of(State.OTHER_SETTINGS):
        named = "; ".join(f"{each} ({count})" for each, count in preview.differences.items())
        yield (
            f"The settings of the run are not those of the stored scores: {named}. Add "
            "--other-settings replace, keep, or new-llm for an entry like “Alpha (0-shot)”."
        )
    if any(line.state is not State.OTHER_SETTINGS for line in preview.blocking):
        yield REMEDY + say_how


def find_files(path: Path) -> Iterator[Given]:
    """Yield the file, or what a folder holds at any depth.

    Links to folders are not followed. Raises Refused for a folder with too much in it.
    """
    if not path.is_dir():
        yield Given("/".join(path.absolute().parts[-FOLDERS:]), partial(open_path, path))
        return
    seen = 0
    for root, folders, names in os.walk(path):
        folders[:] = sorted(folder for folder in folders if not is_hidden(folder))
        seen += len(names)
        if seen > MOST_SEEN:
            raise Refused(
                "The folder has more than %(most)s files. Name the folders of the results.",
                most=f"{MOST_SEEN:,}",
            )
        for file in sorted(Path(root, name) for name in names):
            shown = Path(path.absolute().name, file.relative_to(path)).as_posix()
            if is_file_to_read(file.name) and file.is_file():
                yield Given(shown, partial(open_path, file), is_chosen=False)


def open_path(path: Path) -> AbstractContextManager[BinaryIO]:
    """Open a file to be read."""
    return path.open("rb")


def read_questions(path: Path) -> bytes:
    """Read one byte more than is allowed, so that the parser refuses a longer file."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def describe_error(error: Exception) -> str:
    """Return one sentence that says what was not imported, and why."""
    match error:
        case Misused():
            return str(error)
        case DatabaseError():
            return f"Nothing was imported: the database failed ({str(error).strip()})."
        case _:
            reason = " ".join(map(str, error.args)).removeprefix("Nothing was imported: ")
            return f"Nothing was imported. {reason[:1].upper()}{reason[1:]}"


def describe_line(line: Line) -> str:
    """Return a line of the preview as text: where, what, old → new, and why."""
    numbers = f"{line.old or '–'} → {line.new or '–'}" if line.old or line.new else ""
    parts = [line.where, line.llm, line.subject, numbers, line.difference, line.reason]
    return ", ".join(part for part in parts if part)
