"""Checks the database, every stored row and all numbers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.urls import reverse

from leaderboard.operations.integrity import Fault, find_faults
from leaderboard.standings.consistency import FindingKind, Report, check


class Command(BaseCommand):
    """`manage.py verify`: say what is broken; exit 1 if anything is."""

    help = (
        "Check the database, the rules of every stored row, and all numbers; exit 1 if anything is "
        "broken or an aggregate disagrees with its components."
    )

    def handle(self, *args: Any, **options: Any) -> None:
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
