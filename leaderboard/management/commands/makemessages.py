"""Django's makemessages, which also finds the sentences of modules without Django."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    xgettext_options = [
        *makemessages.Command.xgettext_options,
        "--keyword=Sentence",
        "--keyword=noop",
    ]
