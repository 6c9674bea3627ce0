"""The export of the whole site into a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import get_script_prefix, set_script_prefix

from leaderboard.models.revision import current_token
from leaderboard.operations.progress import Progress
from leaderboard.standings.published import Content

from .places import Places
from .site import DeadLink, OneLeaderboard, Site
from .tree import Done, Tree

UNNAMED = "http://localhost/"  # in files that name their own address, if nobody has said which
STEPS_AT_ONCE = 20  # files from one look at the terminal to the next


class NothingToExport(Exception):
    """There is no published leaderboard, or none of that name."""


class DeadLinks(Exception):
    """Links inside lead to nothing."""

    def __init__(self, links: list[DeadLink]):
        self.links = links


class ContentChanged(Exception):
    """Somebody has published something while the files were made."""


def choose_base_url(given: str) -> str:
    """The address below which the site will lie, with “/” at its end."""
    url = given or settings.SITE_URL or UNNAMED
    return url if url.endswith("/") else f"{url}/"


@contextmanager
def published_below(base_url: str) -> Iterator[None]:
    """Let addresses of this thread begin with the path of the base address."""
    before = get_script_prefix()
    set_script_prefix(urlsplit(base_url).path or "/")
    try:
        yield
    finally:
        set_script_prefix(before)


def open_content(slug: str) -> Content:
    """The published content, of one leaderboard if one is named. Raises NothingToExport.

    It is no content that pages of this process share: its addresses have another beginning.
    """
    token = current_token()
    content = OneLeaderboard(token, slug) if slug else Content(token)
    if not content.leaderboards():
        raise NothingToExport
    return content


def export_site(folder: Path, base_url: str, slug: str, progress: Progress) -> Done:
    """Write every public page and file into a folder.

    Raises DeadLinks, ContentChanged, NothingToExport, TreeRefused and OSError; then the folder is
    what it was.
    """
    with published_below(base_url), Tree(folder) as tree:
        content = open_content(slug)
        site = Site(Places(base_url, content), is_whole=not slug)
        for number, (name, pieces) in enumerate(site.files()):
            if number % STEPS_AT_ONCE == 0:
                progress.show(number, len(site.known), name)
            tree.write(name, pieces)
        if site.dead:
            raise DeadLinks(site.dead)
        if current_token() != content.token:
            raise ContentChanged
        return tree.finish()
