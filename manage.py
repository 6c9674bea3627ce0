#!/usr/bin/env python
"""Runs the commands of the site: `manage.py help` lists them."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, execute_from_command_line


def main() -> None:
    """Run the command that was asked for; a wrong setting is said in a sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        if sys.argv[1:] == ["version"]:  # Django would answer with its own
            django.setup()
            call_command("version")
        else:
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A setting is wrong: the sentence says what to type, a traceback would hide it.
        sys.exit(f"Cannot start: {error}")


if __name__ == "__main__":
    main()
