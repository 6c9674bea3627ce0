"""The feed of changes."""

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from leaderboard.trail.changes import Entry, dates, entries

LENGTH = 50  # entries


def drop_unprintable(text: str) -> str:
    """Without control characters, which XML does not allow: one in an old reason must not stop the
    feed."""
    return "".join(character for character in text if character.isprintable() or character == "\n")


class ChangesFeed(Feed):  # type: ignore[type-arg]  # it takes none when it runs
    """The newest entries of the changes page, as Atom."""

    feed_type = Atom1Feed
    title = "LeaderBoard: changes"
    subtitle = "New LLMs, new scores and corrections"
    author_name = "LeaderBoard"

    def link(self) -> str:
        return reverse("changes")

    def items(self) -> list[Entry]:
        return entries(dates()[:LENGTH])

    def item_title(self, entry: Entry) -> str:
        return drop_unprintable(entry.title)

    def item_description(self, entry: Entry) -> str:
        """The corrections in words, escaped: readers of Atom take a summary for HTML."""
        lines = [
            f"{change.llm}, {change.metric}: {change.old or 'no score'} → "
            f"{change.new or 'no score'}" + (f". {change.reason}" if change.reason else "")
            for change in entry.corrections
        ]
        return escape(drop_unprintable("\n".join(lines) or entry.title))

    def item_link(self, entry: Entry) -> str:
        return f"{reverse('changes')}#{entry.anchor}"

    def item_pubdate(self, entry: Entry) -> datetime:
        return entry.date

    def item_updateddate(self, entry: Entry) -> datetime:
        return entry.date
