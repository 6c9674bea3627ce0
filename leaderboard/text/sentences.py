"""Sentences that can be said in another language. Pure: no Django; words.say says them."""

from collections.abc import Iterable
from functools import reduce
from typing import Any


class Sentence(ValueError):
    """What is wrong and what to do; what varies stands apart, so that pages can translate the rest.

    makemessages looks for the first argument of Sentence(…), Refused(…), Phrase(…) and noop(…).
    """

    def __init__(self, template: str, **varying: object) -> None:
        super().__init__(template % varying)
        self.template = template
        self.varying = varying


class Phrase(str):
    """Words in English, as a str, that know their template and what varies in it, which may be
    phrases again."""

    template: str
    varying: dict[str, str]

    def __new__(cls, template: str, **varying: object) -> "Phrase":
        parts = {name: each if isinstance(each, str) else str(each) for name, each in
                 varying.items()}  # fmt: skip
        phrase = super().__new__(cls, template % parts)
        phrase.template, phrase.varying = template, parts
        return phrase

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, str]]:
        """What a copy is made of."""
        return (self.template,), self.varying

    def __getstate__(self) -> None:
        """Nothing else."""


def joined(template: str, phrases: Iterable[str]) -> str:
    """Phrases beside each other: the template says how %(first)s and %(next)s stand."""
    return reduce(lambda first, each: Phrase(template, first=first, next=each), phrases)


def phrase_to_json(text: str) -> Any:
    """A phrase with its parts, a plain text as it is."""
    if not isinstance(text, Phrase):
        return text
    parts = {name: phrase_to_json(each) for name, each in text.varying.items()}
    return {"template": text.template, "varying": parts}


def phrase_from_json(stored: Any) -> Any:
    if not isinstance(stored, dict):
        return stored
    parts = {name: phrase_from_json(each) for name, each in stored["varying"].items()}
    return Phrase(stored["template"], **parts)


def noop(template: str) -> str:
    """Marks a template for makemessages where it is not Sentence's own argument."""
    return template
