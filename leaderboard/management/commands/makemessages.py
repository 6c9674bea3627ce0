"""Django's makemessages, which also finds the sentences of modules without Django."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    xgettext_options = [
        *makemessages.Command.xgettext_options,
        "--keyword=Sentence",
        "--keyword=Refused",
        "--keyword=Phrase",
        "--keyword=noop",
    ]

    def handle(self, *args, **options):
        """backups has a Refused of its own, which is only said on the command line."""
        options["ignore_patterns"] = [*options["ignore_patterns"], "backups.py"]
        super().handle(*args, **options)
