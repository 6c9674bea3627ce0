"""Puts a backup in place of what the site holds now."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from leaderboard.operations import backups
from leaderboard.operations.backup_contents import BackupRefused
from leaderboard.operations.causes import first_cause
from leaderboard.operations.progress import Progress

NOTHING = "nothing yet"


class Command(BaseCommand):
    """`manage.py restore FILE`: check a backup and restore it, or say in a sentence why not."""

    help = (
        "Replace the database by a backup, users and passwords included, while the site is in use. "
        "The backup is checked first. --yes is not needed where the database is still empty."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--yes", action="store_true", help="Replace what is there now.")
        parser.add_argument(
            "--without-manifest",
            action="store_true",
            help="Also restore a backup of an older version, whose rows nothing can vouch for.",
        )

        parser.add_argument(
            "--lose-releases",
            action="store_true",
            help="Also restore a backup that lacks a release of the site, or holds other bytes.",
        )

    def handle(
        self, *, file: Path, yes: bool, without_manifest: bool, lose_releases: bool, **options: Any
    ) -> None:
        settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        with Progress(sys.stderr, steps=3) as progress:
            try:
                left_out = self.replace_site(
                    file, yes, not without_manifest, not lose_releases, progress
                )
            except BackupRefused as error:
                raise CommandError(f"Nothing was restored. {error}") from error
            except (DatabaseError, OSError) as error:
                raise CommandError(f"Nothing was restored: {first_cause(error)}.") from error
        if left_out:
            self.stdout.write(f"Not restored, as this software has none: {', '.join(left_out)}.")
        self.stdout.write("Restored. Users and passwords are those of the backup.")

    def describe_site(self) -> str:
        """Say what the site holds. A database that cannot be read is no reason not to restore."""
        try:
            if not connection.introspection.table_names():
                return NOTHING
            return str(backups.site_contents(connection) or "tables of others only")
        except (BackupRefused, DatabaseError):
            return "what cannot be read"

    def replace_site(
        self,
        file: Path,
        yes: bool,
        needs_manifest: bool,
        keeps_releases: bool,
        progress: Progress,
    ) -> list[str]:
        """Say what the backup and the site hold, then replace; return what is left out."""
        progress.step("checking")
        survey = backups.check_backup(connection, file, needs_manifest)
        progress.clear()
        self.stdout.write(f"The backup holds {survey.contents}.")
        if not needs_manifest and backups.manifest_of_backup(file) is None:
            self.stdout.write(
                "It has no manifest. Checked: its structure, references, rules and migrations. "
                "Not checked: whether rows were changed, added or lost since it was made."
            )
        contents = self.describe_site()
        self.stdout.write(f"The site holds {contents}.")
        if keeps_releases:
            backups.refuse_losses(connection, file, survey)
        if not yes and contents != NOTHING:
            raise CommandError(
                "Nothing was changed. Add --yes to replace what the site holds by the backup."
            )
        return backups.restore_backup(connection, file, survey, progress.step, keeps_releases)
