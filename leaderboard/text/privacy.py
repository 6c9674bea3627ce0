"""Private details in texts that become public. Pure: no Django, no database."""

import re

# What settings of a run may contain: /home/me/model, C:\models, 10.0.0.7, me@node3:, hf_… tokens.
PRIVATE = [
    # /home/me/x, ~/x, node3:/scratch/x, /data alone after a space, =, : or quote; not and/or, 1/2
    re.compile(r"(?<![\w/.~-])(?:~?/)(?:[\w.@+-]+/)+[\w.@+-]*|(?<![\w/:.])file://\S+"),
    re.compile(r"(?:(?<=[\s=:\"'(])|^)/(?:root|home|data|mnt|scratch|tmp|opt|srv|var|Users)\b\S*"),
    re.compile(r"(?<!\w)[A-Za-z]:[\\/](?!/)\S+|(?<!\S)\\\\[\w.-]+\\\S*"),
    re.compile(
        r"(?<![\w.])(?:(?:10|127)(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}"
        r"|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})(?![\w.])"
    ),
    re.compile(r"\blocalhost\b|\b[\w.-]+@[\w-]+:"),
    re.compile(
        r"\b(?:hf_|sk-|ghp_)[A-Za-z0-9_-]{12,}|\bAKIA[A-Z0-9]{12,}|(?i:api[_-]?key\s*[=:])\S*"
    ),
]


def private_detail(text: str) -> str:
    """Returns the first local path, address or token in a text, at most 60 characters of it.

    Returns "" for a text that may be public.
    """
    matches = [match for pattern in PRIVATE if (match := pattern.search(text))]
    return min(matches, key=lambda match: match.start())[0][:60] if matches else ""
