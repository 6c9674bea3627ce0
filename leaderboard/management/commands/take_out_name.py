"""Takes a former name of an LLM out of the trail, as for a legal reason."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from leaderboard.trail.taken_out import take_out_name


class Command(BaseCommand):
    """`manage.py take_out_name NAME`: a mark stands where the name stood; it cannot be undone."""

    help = (
        "Take a former name of an LLM out of all entries of the changes and out of the history. "
        "It cannot be undone. Rename or delete the LLM first; backups and releases keep the name."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="as it was, with its case")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        try:
            count = take_out_name(name)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"Taken out of {count} entries.")
