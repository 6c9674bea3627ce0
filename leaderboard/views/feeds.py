from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from leaderboard.trail import changes

LENGTH = 50


def printable(text):
    """XML has no control characters; one in an old reason must not stop the feed."""
    return "".join(each for each in text if each.isprintable() or each == "\n")


class ChangesFeed(Feed):
    """The newest entries of the changes page, as Atom."""

    feed_type = Atom1Feed
    title = "LeaderBoard: changes"
    subtitle = "New LLMs, new scores and corrections"
    author_name = "LeaderBoard"

    def link(self):
        return reverse("changes")

    def items(self):
        return changes.entries(changes.dates()[:LENGTH])

    def item_title(self, entry):
        return printable(entry.title)

    def item_description(self, entry):
        """The corrections in words. Readers of Atom take a summary for HTML."""
        lines = [
            f"{each.llm}, {each.metric}: {each.old or 'no score'} → {each.new or 'no score'}"
            + (f". {each.reason}" if each.reason else "")
            for each in entry.corrections
        ]
        return escape(printable("\n".join(lines) or entry.title))

    def item_link(self, entry):
        return f"{reverse('changes')}#{entry.anchor}"

    def item_pubdate(self, entry):
        return entry.date

    def item_updateddate(self, entry):
        return entry.date
