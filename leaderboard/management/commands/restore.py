"""Puts a backup in place of what the site holds now."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from leaderboard.operations import backups
from leaderboard.operations.backup_contents import BackupRefused
from leaderboard.operations.progress import Progress


class Command(BaseCommand):
    """`manage.py restore FILE`: check a backup and restore it, or say in a sentence why not."""

    help = (
        "Replace the database by a backup, users and passwords included, while the site is in use. "
        "The backup is checked first. --yes is not needed where the database is still empty."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--yes", action="store_true", help="Replace what is there now.")

    def handle(self, *, file: Path, yes: bool, **options: Any) -> None:
        settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        with Progress(sys.stderr, steps=3) as progress:
            try:
                self.replace(file, yes, progress)
            except (BackupRefused, DatabaseError) as error:
                raise CommandError(f"Nothing was restored. {str(error).splitlines()[0]}") from error
            progress.step("migrating")  # the backup may be an older one
            call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write("Restored. Users and passwords are those of the backup.")

    def replace(self, file: Path, yes: bool, progress: Progress) -> None:
        """Say what the backup and the site hold, then replace."""
        progress.step("checking")
        contents = backups.check_backup(connection, file)
        progress.clear()
        self.stdout.write(f"The backup holds {contents}.")
        self.stdout.write(f"The site holds {backups.site_contents(connection) or 'nothing yet'}.")
        if not yes and connection.introspection.table_names():
            raise CommandError(
                "Nothing was changed. Add --yes to replace what the site holds by the backup."
            )
        progress.step("replacing")
        backups.replace_site(connection, file)
