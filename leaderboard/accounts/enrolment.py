"""The key of a second factor that is being set up: one session keeps it until it is confirmed."""

import re
import time

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from .devices import Device
from .sessions import User, second_factor_of

PENDING = "second_factor_key"  # in the session
KEY_BYTES = 20  # as RFC 4226 recommends


def start_enrolment(request: HttpRequest) -> Device:
    """A device with a fresh key, kept in this session only; the key shown before is dropped."""
    user: User = request.user
    key = random_hex(KEY_BYTES)
    request.session[PENDING] = {"key": key, "password": user.get_session_auth_hash()}
    return unstored_device(user, key)


def pending_device(request: HttpRequest) -> Device | None:
    """The device whose key this session was shown last; None if it was shown none.

    A key that was shown before the password changed counts no more.
    """
    user: User = request.user
    pending = request.session.get(PENDING)
    if not pending or pending["password"] != user.get_session_auth_hash():
        return None
    return unstored_device(user, pending["key"])


def unstored_device(user: User, key: str) -> Device:
    """The device that store_device stores once a code has confirmed it."""
    return TOTPDevice(user=user, name="Authenticator", key=key, confirmed=True)


def accepts_code(device: Device, code: str) -> bool:
    """Whether a code is one that the app shows now; the device then accepts it no second time."""
    if not re.fullmatch(r"[0-9]{6}", code):
        return False
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    if not totp.verify(int(code), device.tolerance):
        return False
    device.last_t, device.drift = totp.t(), totp.drift
    return True


def store_device(request: HttpRequest, device: Device) -> bool:
    """Make the device the user's only one; False if another session was first.

    The user's row is locked, so that of two sessions only one sets a second factor up.
    """
    with transaction.atomic():
        user: User = request.user
        get_user_model()._default_manager.select_for_update().get(pk=user.pk)
        if second_factor_of(user):
            return False
        TOTPDevice.objects.filter(user=user).delete()
        device.save()
    request.session.pop(PENDING, None)
    return True
