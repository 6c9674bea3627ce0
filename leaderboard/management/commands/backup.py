"""One private file with all that the database holds."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from leaderboard.operations import backups
from leaderboard.operations.progress import Progress


class Command(BaseCommand):
    help = (
        "Write the database to a new file, while the site is in use. Only the owner may read the "
        "file; it holds users and sessions too. The secret key is not in it."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *, file, verbosity, **options):
        try:
            with Progress(sys.stderr, steps=2) as progress:
                saved = backups.make(connection, file, progress.step)
        except (backups.Refused, DatabaseError) as error:
            raise CommandError(f"No backup was made. {str(error).splitlines()[0]}") from error
        if verbosity:
            self.stdout.write(f"Saved in {file}: {saved}.")
