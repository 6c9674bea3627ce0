"""The devices of a second factor, and the bounds of what makes their next code wait."""

import re
import time
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from .sessions import CLOCK_SKEW, User

Device = Any  # a TOTPDevice or StaticDevice; django-otp declares no types

# Each wrong code doubles the wait for the next, and django-otp stops at a hundred years. With this
# many a code is guessed every nine minutes at most: six digits last for years.
MOST_COUNTED_FAILURES = 10
STEP = 30  # seconds that a code of the app is shown, in every device that is made here
FARTHEST = 120  # steps; an accepted code later than this from now was noted by a wrong clock


def devices_for(user: User, code: str) -> Iterable[Device]:
    """The devices that a code may belong to: six digits are the app's, all else the paper's.

    A wrong guess of one never blocks the other, so that somebody who has only the password cannot
    lock the owner out.
    """
    is_of_app = re.fullmatch(r"[0-9]{6}", code)
    kind = TOTPDevice if is_of_app else StaticDevice
    devices: Any = kind.objects.filter(user=user, confirmed=True)
    bound_waits(devices)
    if is_of_app:
        forget_future_codes(devices)
    return list(devices)


def bound_waits(devices: Any) -> None:
    """Let no device wait for longer than MOST_COUNTED_FAILURES demand.

    A failure of the future was noted by a clock that was set back since: it counts from now.
    """
    devices.filter(throttling_failure_count__gt=MOST_COUNTED_FAILURES).update(
        throttling_failure_count=MOST_COUNTED_FAILURES
    )
    now = timezone.now()
    devices.filter(throttling_failure_timestamp__gt=now + CLOCK_SKEW).update(
        throttling_failure_timestamp=now
    )


def forget_future_codes(devices: Any) -> None:
    """Accept the next code also if a clock that was ahead has accepted one of the future.

    Without this nothing is accepted until that time comes. The codes shown up to now stay used.
    """
    step = int(time.time() // STEP)
    devices.filter(last_t__gt=step + FARTHEST).update(last_t=step)
