"""Writes all that the database holds to one private file."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from leaderboard.operations import backups
from leaderboard.operations.backup_contents import BackupRefused
from leaderboard.operations.progress import Progress


class Command(BaseCommand):
    """`manage.py backup FILE`: write a backup, or say in a sentence why not."""

    help = (
        "Write the database to a new file, while the site is in use. Only the owner may read the "
        "file; it holds users and sessions too. The secret key is not in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *, file: Path, verbosity: int, **options: Any) -> None:
        try:
            with Progress(sys.stderr, steps=2) as progress:
                saved = backups.make_backup(connection, file, progress.step)
        except (BackupRefused, DatabaseError) as error:
            raise CommandError(f"No backup was made. {str(error).splitlines()[0]}") from error
        if verbosity:
            self.stdout.write(f"Saved in {file}: {saved}.")
