from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.urls import reverse

from leaderboard.operations.integrity import Fault, find_faults
from leaderboard.standings.consistency import Kind, Report, check


class Command(BaseCommand):
    help = (
        "Check the database, the rules of every stored row, and all numbers; exit 1 if anything is "
        "broken or an aggregate disagrees with its components."
    )

    def handle(self, *args, **options):
        try:
            faults = find_faults()
            self.show_faults(faults)
            if any(fault.is_behind for fault in faults):
                raise SystemExit(1)  # what follows asks for columns that may be missing
            report = check()
        except DatabaseError as error:
            raise CommandError(
                f"The database cannot be read ({error}). Run quickstart or migrate first."
            ) from error
        self.show_numbers(report)
        if faults or report.disagreements:
            raise SystemExit(1)

    def show_faults(self, faults: list[Fault]) -> None:
        if faults:
            self.stdout.write(f"Broken ({len(faults)})")
        for fault in faults:
            self.stdout.write(f"  {fault.text}")
            if fault.form:
                self.stdout.write(f"    mend it at {fault.form}")

    def show_numbers(self, report: Report) -> None:
        for kind in Kind:
            found = report.of(kind)
            if found:
                self.stdout.write(f"{kind} ({len(found)})")
            for finding in found:
                form = reverse("admin:leaderboard_llm_change", args=[finding.llm_id])
                self.stdout.write(f"  {finding.text}\n    mend it at {form}")
        self.stdout.write(
            f"{report.agreeing} reported aggregates agree with their components, "
            f"{len(report.disagreements)} do not."
        )
