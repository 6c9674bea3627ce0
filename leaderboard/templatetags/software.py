"""What the templates of the admin say about the software."""

from django import template

import leaderboard

register = template.Library()


@register.simple_tag
def software_version() -> str:
    """The version of the site, for the foot of the admin."""
    return f"LeaderBoard {leaderboard.__version__}"
