"""What a new password may not be made of."""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Words that an attacker tries first; a password has to be more than one of these.
CONTEXT_WORDS = ["leaderboard", "benchmark", "maintainer", "administrator", "admin", "anesbench",
                 "anesthesiology", "amcqa", "password", "llm"]  # fmt: skip
SHORTEST_REST = 6  # letters and digits beside these words


class ContextWordsValidator:
    """Refuses a password made of words that an attacker tries here, such as the site's name."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError if fewer than SHORTEST_REST letters and digits are left over."""
        rest, hosts = password.casefold(), " ".join(settings.ALLOWED_HOSTS)
        for word in [*CONTEXT_WORDS, *re.findall(r"[a-z-]{4,}", hosts)]:
            rest = rest.replace(word, "")
        if len(rest) < len(password) and len(re.sub(r"[\W_]", "", rest)) < SHORTEST_REST:
            raise ValidationError(self.get_help_text(), code="password_of_context_words")

    def get_help_text(self) -> str:
        """The sentence that Django shows beside the box for a new password."""
        return _(
            "Your password can’t be made of words like “leaderboard”, “admin” or this site’s name."
        )
