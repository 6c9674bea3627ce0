"""What the templates of the admin say about the software."""

from django import template
from django.utils.translation import gettext

import leaderboard

register = template.Library()


@register.simple_tag
def software_version() -> str:
    """The version of the site, for the foot of the admin."""
    return gettext("Version %(version)s") % {"version": leaderboard.__version__}
