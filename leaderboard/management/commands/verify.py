"""Checks the database, every stored row and all numbers."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.urls import reverse

from leaderboard.operations.backup_contents import BackupRefused
from leaderboard.operations.backups import check_backup
from leaderboard.operations.integrity import Fault, find_faults
from leaderboard.standings.consistency import FindingKind, Report, check


class Command(BaseCommand):
    """`manage.py verify`: say what is broken; exit 1 if anything is."""

    help = (
        "Check the database, the rules of every stored row, and all numbers; exit 1 if anything is "
        "broken or an aggregate disagrees with its components."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--backup", type=Path, metavar="FILE",
            help="check this backup by its manifest instead of the database",
        )  # fmt: skip

    def handle(self, *args: Any, backup: Path | None = None, **options: Any) -> None:
        if backup:
            self.check_backup(backup)
        else:
            self.check_site()

    def check_backup(self, backup: Path) -> None:
        """Read a whole backup, and say what it holds. Raises CommandError if it is not whole."""
        try:
            survey = check_backup(connection, backup)
        except BackupRefused as error:
            raise CommandError(str(error)) from error
        damaged = [f"{release}: {release.damage}" for release in survey.releases if release.damage]
        if damaged:
            raise CommandError(
                f"The releases of {backup} are not the ones that were frozen: "
                f"{'; '.join(damaged)}. Use another backup."
            )
        rows = sum(table.rows for table in survey.tables.values())
        self.stdout.write(
            f"The backup holds {survey.contents}. Its {rows} rows in {len(survey.tables)} tables "
            "are the ones that were saved."
        )

    def check_site(self) -> None:
        """Check the database, rows and numbers; exit 1 if anything is broken."""
        try:
            faults = find_faults()
            self.show_faults(faults)
            if any(fault.is_behind for fault in faults):
                raise SystemExit(1)  # the numbers need columns that may be missing
            report = check()
        except DatabaseError as error:
            raise CommandError(
                f"The database cannot be read ({error}). Run quickstart or migrate first."
            ) from error
        self.show_numbers(report)
        if faults or report.disagreements:
            raise SystemExit(1)

    def show_faults(self, faults: list[Fault]) -> None:
        """Write each fault with the form that mends it."""
        if faults:
            self.stdout.write(f"Broken ({len(faults)})")
        for fault in faults:
            self.stdout.write(f"  {fault.text}")
            if fault.form:
                self.stdout.write(f"    mend it at {fault.form}")

    def show_numbers(self, report: Report) -> None:
        """Write the findings by kind, and how many aggregates agree."""
        for kind in FindingKind:
            findings = report.of(kind)
            if findings:
                self.stdout.write(f"{kind} ({len(findings)})")
            for finding in findings:
                form = reverse("admin:leaderboard_llm_change", args=[finding.llm_id])
                self.stdout.write(f"  {finding.text}\n    mend it at {form}")
        self.stdout.write(
            f"{report.agreeing} reported aggregates agree with their components, "
            f"{len(report.disagreements)} do not."
        )
