from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from leaderboard.standings.published import published_content
from leaderboard.trail.changes import published_changes

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

    def link(self, content):
        return reverse("changes")

    def get_object(self, request):
        """The content that the feed tells of."""
        return published_content(request)

    def items(self, content):
        """The newest entries."""
        public_changes = published_changes(content)
        return public_changes.entries(public_changes.dates()[:LENGTH])

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
