"""The feed of changes."""

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from leaderboard.standings.published import Content, published_content
from leaderboard.text.names import drop_unprintable
from leaderboard.trail.entries import Entry, trail_of

LENGTH = 50  # entries


class ChangesFeed(Feed):  # type: ignore[type-arg]  # it takes none when it runs
    """The newest entries of the changes page, as Atom."""

    feed_type = Atom1Feed
    subtitle = "Whatever moved a number, a rank or a name, and why"

    def title(self, content: Content) -> str:
        return f"{content.appearance().name}: changes"

    def author_name(self, content: Content) -> str:
        return str(content.appearance().name)

    def link(self, content: Content) -> str:
        return reverse("changes")

    def get_object(self, request: HttpRequest) -> Content:
        """The content that the feed tells of."""
        return published_content(request)

    def items(self, content: Content) -> list[Entry]:
        """The newest entries."""
        trail = trail_of(content)
        return trail.entries(trail.tokens[:LENGTH])

    def item_title(self, entry: Entry) -> str:
        return drop_unprintable(entry.title)

    def item_description(self, entry: Entry) -> str:
        """The entry in words, escaped: readers of Atom take a summary for HTML."""
        lines = [*entry.in_words(), *entry.reasons]
        return escape(drop_unprintable("\n".join(lines) or entry.title))

    def item_link(self, entry: Entry) -> str:
        return f"{reverse('changes')}#{entry.anchor}"

    def item_pubdate(self, entry: Entry) -> datetime:
        return entry.date

    def item_updateddate(self, entry: Entry) -> datetime:
        return entry.date
