"""What a new password may not be made of."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What is on everybody's mind here, so that a password has to be more than one of these.
CONTEXT_WORDS = ["leaderboard", "benchmark", "maintainer", "administrator", "admin", "anesbench",
                 "anesthesiology", "amcqa", "password", "llm"]  # fmt: skip
SHORTEST_REST = 6  # letters and digits beside these words


class ContextWordsValidator:
    """A password is more than words that anybody tries at this site, and the name of the site."""

    def validate(self, password, user=None):
        rest, hosts = password.casefold(), " ".join(settings.ALLOWED_HOSTS)
        for word in [*CONTEXT_WORDS, *re.findall(r"[a-z-]{4,}", hosts)]:
            rest = rest.replace(word, "")
        if len(rest) < len(password) and len(re.sub(r"[\W_]", "", rest)) < SHORTEST_REST:
            raise ValidationError(self.get_help_text(), code="password_of_context_words")

    def get_help_text(self):
        return _(
            "Your password can’t be made of words like “leaderboard”, “admin” or this site’s name."
        )
