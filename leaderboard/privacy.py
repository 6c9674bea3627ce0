"""What must not reach a public page. Pure: no Django, no database."""

import re

# What settings of a run drag along: /home/me/model, C:\models, 10.0.0.7, me@node3:, hf_… tokens.
PRIVATE = [
    re.compile(r"(?<![\w/:.~-])(?:~?/)(?:[\w.@+-]+/)+[\w.@+-]*|(?<![\w/:.])file://\S+"),
    re.compile(r"(?<!\w)[A-Za-z]:\\\S+|(?<!\S)\\\\[\w.-]+\\\S*"),
    re.compile(
        r"(?<![\w.])(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}(?![\w.])"
    ),
    re.compile(r"\blocalhost\b|\b[\w.-]+@[\w-]+:"),
    re.compile(r"\b(?:hf_|sk-|ghp_)[A-Za-z0-9_-]{12,}"),
]


def private_detail(text: str) -> str:
    """The first local path, address or token in a text that everybody will read; else ""."""
    for pattern in PRIVATE:
        found = pattern.search(text)
        if found:
            return found[0][:60]
    return ""
