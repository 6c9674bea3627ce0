"""The links to the maintainers' pages, which every public page has."""

from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest

from leaderboard.standings.published import Content, SitePages


def add_site_pages(request: HttpRequest) -> dict[str, Callable[[], SitePages]]:
    """Context processor: `site_pages`, read where a template asks for it.

    There are none on what is answered without the content, such as a static file that is missing.
    """

    def read() -> SitePages:
        content: Content | None = getattr(request, "content", None)
        try:
            return content.site_pages() if content else SitePages()
        except Error:  # the last known content, whose pages nobody asked for yet
            return SitePages()

    return {"site_pages": read}
