"""Freezes a release of a leaderboard."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from leaderboard.models import Leaderboard, Release
from leaderboard.models.locks import write_content
from leaderboard.trail.releases import freeze, prepare


class Command(BaseCommand):
    """`manage.py release SLUG NAME`: freeze a release, or say in a sentence why not."""

    help = (
        "Freeze what a published leaderboard shows now as a release, for ever: its bytes never "
        "change, nothing deletes it. Prints its hash and its address."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", default="", metavar="SLUG", help="of a leaderboard")
        parser.add_argument("name", nargs="?", default="", metavar="NAME", help="like 2026-11")
        parser.add_argument("--notes", default="", metavar="TEXT", help="what is new; Markdown")
        parser.add_argument("--dry-run", action="store_true", help="store nothing")
        parser.add_argument("--list", action="store_true", help="list all, or those of SLUG")

    def handle(self, *, slug: str, name: str, **options: Any) -> None:
        if options["list"]:
            self.list_releases(slug)
            return
        if not slug or not name:
            raise CommandError("Name a leaderboard and the release: release anesbench 2026-11.")
        try:
            release = write_content(
                lambda: make_release(find_leaderboard(slug), name, options["notes"],
                                     options["dry_run"])
            )  # fmt: skip
        except ValidationError as error:
            raise CommandError(f"Nothing was frozen. {' '.join(error.messages)}") from error
        self.stdout.write(f"{release.sha256}  {release.get_absolute_url()}")
        if options["dry_run"]:
            self.stdout.write("Nothing was stored: without --dry-run this would be frozen.")

    def list_releases(self, slug: str) -> None:
        """Write a line for each release, the oldest first. Raises CommandError."""
        releases = Release.objects.without_payload().select_related("leaderboard")
        if slug:
            releases = releases.filter(leaderboard=find_leaderboard(slug))
        if not releases.exists():
            self.stdout.write("No release was frozen yet.")
        for release in releases.order_by("leaderboard__slug", "pk"):
            withdrawn = "  withdrawn" if release.withdrawn_at else ""
            self.stdout.write(
                f"{release.leaderboard.slug}  {release.name}  {release.frozen_at:%Y-%m-%d}  "
                f"{release.sha256}{withdrawn}"
            )


def make_release(leaderboard: Leaderboard, name: str, notes: str, is_dry: bool) -> Release:
    """Freeze a release, or only check it. Raises ValidationError."""
    if not is_dry:
        return freeze(leaderboard, name, notes)
    release = prepare(leaderboard, name, notes)
    release.full_clean()
    return release


def find_leaderboard(slug: str) -> Leaderboard:
    """Return the leaderboard of that address. Raises CommandError that names those there are."""
    leaderboard: Leaderboard | None = Leaderboard.objects.filter(slug=slug).first()
    if leaderboard is None:
        there = ", ".join(Leaderboard.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no leaderboard {slug}. There is: {there}.")
    return leaderboard
