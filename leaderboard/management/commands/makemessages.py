"""Collects texts for translation, also from modules that do not import Django."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """Django's makemessages with our own names for marked texts."""

    xgettext_options = [
        *makemessages.Command.xgettext_options,
        "--keyword=Sentence",
        "--keyword=Refused",
        "--keyword=LeftOut",
        "--keyword=TooLarge",
        "--keyword=Phrase",
        "--keyword=noop",
    ]
