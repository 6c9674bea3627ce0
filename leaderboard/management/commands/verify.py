from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.urls import reverse

from leaderboard.consistency import Kind, check


class Command(BaseCommand):
    help = "Check all numbers; exit 1 if an aggregate disagrees with its components."

    def handle(self, *args, **options):
        try:
            report = check()
        except DatabaseError as error:
            raise CommandError(
                f"The database cannot be read ({error}). Run quickstart or migrate first."
            ) from error
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
        if report.disagreements:
            raise SystemExit(1)
