"""Prints a recovery code for somebody who has lost the phone, as strong as the site's own."""

from typing import Any

from django_otp.plugins.otp_static.management.commands import addstatictoken

from leaderboard.accounts.second_factor import make_code


class Command(addstatictoken.Command):  # type: ignore[misc]  # django-otp has no types
    """`manage.py addstatictoken USER`: the code that django-otp would make has 40 bits."""

    def handle(self, *args: Any, **options: Any) -> None:
        options["token"] = options["token"] or make_code()
        super().handle(*args, **options)
