"""Sentences that can be translated. Pure: no Django; `words.say` translates them."""

from collections.abc import Iterable
from functools import reduce
from typing import Any


class Sentence(ValueError):
    """A sentence that says what is wrong and what to do, as a template and its values.

    Pages translate the template. makemessages looks for the first argument of Sentence(…),
    Refused(…), LeftOut(…), TooLarge(…), Phrase(…) and noop(…).
    """

    def __init__(self, template: str, **varying: object) -> None:
        super().__init__(template % varying)
        self.template = template
        self.varying = varying


class Phrase(str):
    """Words in English, as a str, that know their template and its values: texts or phrases."""

    template: str
    varying: dict[str, str]

    def __new__(cls, template: str, **varying: object) -> "Phrase":
        parts = {
            name: value if isinstance(value, str) else str(value) for name, value in varying.items()
        }
        phrase = super().__new__(cls, template % parts)
        phrase.template, phrase.varying = template, parts
        return phrase

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, str]]:
        """Returns the arguments that make a copy."""
        return (self.template,), self.varying

    def __getstate__(self) -> None:
        """Returns no state: the arguments make the whole copy."""


def joined(template: str, phrases: Iterable[str]) -> str:
    """Joins phrases: the template says how %(first)s and %(next)s stand beside each other."""
    return reduce(lambda first, phrase: Phrase(template, first=first, next=phrase), phrases)


def phrase_to_json(text: str) -> Any:
    """Returns a phrase as JSON with its parts; a plain text as it is."""
    if not isinstance(text, Phrase):
        return text
    parts = {name: phrase_to_json(part) for name, part in text.varying.items()}
    return {"template": text.template, "varying": parts}


def phrase_from_json(stored: Any) -> Any:
    """Returns the phrase or text that phrase_to_json was given."""
    if not isinstance(stored, dict):
        return stored
    parts = {name: phrase_from_json(part) for name, part in stored["varying"].items()}
    return Phrase(stored["template"], **parts)


def noop(template: str) -> str:
    """Marks a template for makemessages where it is not the argument of a Sentence."""
    return template
