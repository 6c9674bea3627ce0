"""The import of the admin, for a terminal."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from leaderboard import imports
from leaderboard.effects import RankChange, rank_changes
from leaderboard.importers import FORMATS, File, read_file
from leaderboard.importers.results import Asked, Reading, Refused
from leaderboard.matching import (
    Catalogue,
    Choices,
    Fate,
    find_targets,
    llm_drafts,
    load_catalogue,
    metric_drafts,
)
from leaderboard.previews import Line, Preview, State, make_preview

SHOWN_LINES = 40  # of one state
REMEDY = (
    "Mend what is named above; for names that match nothing, add --create-llms, --create-metrics "
    "or --leave-out."
)


class Command(BaseCommand):
    help = (
        "Import scores from a file: all of it or nothing. Exit 0: done; 1: the file cannot be "
        "imported as it is, nothing was stored; 2: the command was written wrongly."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--format", choices=FORMATS, default="", help="else found by content")
        parser.add_argument("--llm", default="", metavar="NAME", help="whose results these are")
        parser.add_argument("--benchmark", default="", help="of a file that does not name it")
        parser.add_argument("--questions", type=Path, help="the question file of an AnesBench run")
        parser.add_argument("--source-title", default="", help="as a reader would cite it")
        parser.add_argument("--source-url", default="", help="where a reader can check the numbers")
        parser.add_argument(
            "--create-llms", action="store_true", help="with their organizations, if not here yet"
        )
        parser.add_argument("--create-metrics", action="store_true")
        parser.add_argument("--leave-out", action="store_true", help="what matches nothing here")
        parser.add_argument("--allow-partial", action="store_true")
        parser.add_argument(
            "--percent", action="append", default=[], metavar="METRIC",
            help="the file's values of this metric are percent of a proportion; can be repeated",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="show, and store nothing")
        parser.add_argument("--json", action="store_true", help="the preview, for programs")

    def handle(self, *, file, **options):
        try:
            read = self.read(file, options)
            choices = choices_of(read, options)
            preview = make_preview(read.reading, choices)
            self.show(read, preview, options)
            if preview.blocking:
                raise imports.Refusal(REMEDY)
            if not options["dry_run"] and preview.change_count:
                imports.confirm(read, choices, preview.digest)
        except (Refused, imports.Refusal) as error:
            raise CommandError(f"Nothing was imported. {' '.join(map(str, error.args))}") from error
        except DatabaseError as error:
            raise CommandError(
                f"Nothing was imported: the database failed ({str(error).strip()})."
            ) from error
        if not options["json"]:
            self.stdout.write(f"{summary(preview)}{' (dry run)' if options['dry_run'] else ''}")

    def read(self, path: Path, options: dict[str, Any]) -> File:
        questions = options["questions"]
        try:
            asked = Asked(
                llm=options["llm"],
                benchmark=options["benchmark"],
                questions=questions.read_bytes() if questions else b"",
            )
            with path.open("rb") as file:
                read = read_file(file, path.name, asked, options["format"])
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.", returncode=2) from error
        reading = imports.with_source(read.reading, options["source_title"], options["source_url"])
        return read._replace(reading=reading)

    def show(self, read: File, preview: Preview, options: dict[str, Any]) -> None:
        ranks = [] if preview.blocking else rank_changes(preview)
        if options["json"]:
            document = as_document(read, preview, ranks)
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))
            return
        self.stdout.write(f"{read.name}: {FORMATS[read.format].label}")
        for note in preview.notes:
            self.stdout.write(f"  {note}")
        for state in State:
            lines = preview.of(state)
            if lines and state is not State.UNCHANGED:
                self.stdout.write(f"{state} ({len(lines)})")
                for line in lines[:SHOWN_LINES]:
                    self.stdout.write(f"  {in_words(line)}")
                if len(lines) > SHOWN_LINES:
                    self.stdout.write(f"  … and {len(lines) - SHOWN_LINES} more")
        if ranks:
            self.stdout.write(f"ranks ({len(ranks)})")
        for each in ranks[:SHOWN_LINES]:
            self.stdout.write(f"  {each.leaderboard}: {each}")


def as_document(file: File, preview: Preview, ranks: list[RankChange]) -> dict[str, Any]:
    """The preview for programs; numbers are texts, so that no digit is lost."""
    return {
        "file": file.name,
        "sha256": file.sha256,
        "format": file.format,
        "changes": preview.change_count,
        "counts": {str(state): preview.counts[state] for state in State},
        "new_llms": [str(each.new) for each in preview.new_llms],
        "new_metrics": [each.new.key for each in preview.new_metrics],
        "lines": [line.as_document() for line in preview.lines],
        "ranks": [each._asdict() for each in ranks],
        "notes": list(preview.notes),
    }


def choices_of(read: File, options: dict[str, Any]) -> Choices:
    """What the command line says about the names of the file."""
    catalogue, reading = load_catalogue(), read.reading
    choices = Choices(
        benchmark=options["benchmark"],
        percent=tuple(options["percent"]),
        allow_partial=options["allow_partial"],
        create_organizations=options["create_llms"],
    )
    if options["llm"]:
        choices = replace(choices, llms=the_one_llm(options["llm"], reading, catalogue))
    for of_kind, drafts, create in (
        (choices.llms, llm_drafts, options["create_llms"]),
        (choices.metrics, metric_drafts, options["create_metrics"]),
    ):
        targets = find_targets(reading, choices, catalogue)
        named = targets.llms if of_kind is choices.llms else targets.metrics
        unmatched = [name for name, each in named.items() if each.fate is Fate.UNMATCHED]
        if create:
            of_kind |= drafts(unmatched, reading, catalogue)
        elif options["leave_out"]:
            of_kind |= {name: {"to": "leave out"} for name in unmatched}
    return choices


def the_one_llm(name: str, reading: Reading, catalogue: Catalogue) -> dict[str, dict]:
    """The file's own name for it stands for the LLM that the command line names."""
    in_file = list(dict.fromkeys(each.llm for each in [*reading.results, *reading.facts]))
    if len(in_file) > 1:
        raise imports.Refusal(
            f"The file holds {len(in_file)} LLMs, and --llm is for a file of one. Leave it out."
        )
    found = catalogue.llm(name)
    if found:
        return {each: {"to": "use", "id": found} for each in in_file}
    drafts = llm_drafts(in_file, reading, catalogue)
    return {each: draft | {"name": name} for each, draft in drafts.items()}


def in_words(line: Line) -> str:
    numbers = f"{line.old or '–'} → {line.new or '–'}" if line.old or line.new else ""
    parts = [line.where, line.llm, line.subject, numbers, line.difference, line.reason]
    return ", ".join(part for part in parts if part)


def summary(preview: Preview) -> str:
    """“5 changes: 4 new, 1 new LLM”; the last line of the output."""
    counts = [f"{preview.counts[state]} {state}" for state in State if preview.counts[state]]
    made = [("new LLM", preview.new_llms), ("new metric", preview.new_metrics)]
    counts += [f"{len(found)} {name}{'s' * (len(found) > 1)}" for name, found in made if found]
    total = f"{preview.change_count} change{'s' * (preview.change_count != 1)}"
    return f"{total}: {', '.join(counts)}" if preview.change_count else total
