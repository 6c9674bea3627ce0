"""The second factor: codes from an app on somebody's phone, and ten recovery codes on paper."""

import re
import secrets
from base64 import b32encode
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlencode

import segno
from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django_otp import login as remember_device
from django_otp import verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from .devices import Device, devices_for
from .enrolment import accepts_code, pending_device, start_enrolment, store_device
from .sessions import User, is_second_factor_required, second_factor_of, security_log
from .throttle import claim_try

RECOVERY_CODES = 10
REFUSED = _(
    "This code is not valid: mistyped, used before, or there were too many wrong ones lately. "
    "Type the next code that the app shows, or a recovery code."
)


class CodeForm(forms.Form):
    """Asks for a code of the app or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )

    def clean_code(self) -> str:
        """Drop spaces and hyphens, which only make a code easier to read."""
        return re.sub(r"[\s-]", "", self.cleaned_data["code"]).lower()


class EnrolForm(CodeForm):
    """Asks for the password beside the code when a second factor is set up."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Set up a second factor, ask for it after the password, or change it once it was shown."""
    user: User = request.user
    device = second_factor_of(user)
    if device is None:
        return enrol(request)
    if not user.is_verified():
        return ask_for_code(request)
    return change_or_switch_off(request)


def enrol(request: HttpRequest) -> HttpResponse:
    """Set up a second factor, confirmed by the password and a code that the app shows.

    The code proves that the key was typed right, so that nobody locks themselves out. Every
    opening of the page shows a fresh key, and nothing is stored until it is confirmed. The key is
    on the page, so a wrong code is no guess and takes none of the network's tries.
    """
    form = EnrolForm(request.POST or None)
    device = pending_device(request) if request.method == "POST" else None
    if device and form.is_valid() and check_password(request, form):
        if accepts_code(device, form.cleaned_data["code"]):
            return confirm(request, device)
        form.add_error("code", REFUSED)
    return show_key(request, device or start_enrolment(request), form)


def show_key(request: HttpRequest, device: Device, form: EnrolForm) -> HttpResponse:
    """Show the key as text, link and picture, above the form that confirms it."""
    address = otpauth_address(request, device)
    context = {
        "key": " ".join(re.findall(".{1,4}", b32encode(device.bin_key).decode())),
        "address": address,
        "picture": mark_safe(segno.make(address).svg_inline(scale=5, light="#fff")),
        "is_required": is_second_factor_required(),
    }
    return render_state(request, "enrol", _("Set up a second factor"), context | {"form": form})


def confirm(request: HttpRequest, device: Device) -> HttpResponse:
    """Store the device and show the recovery codes that belong to it.

    If another session of this user was first, this one is asked for its code instead.
    """
    with transaction.atomic():
        if not store_device(request, device):
            return redirect("second-factor")
        codes = make_codes(request.user)
    security_log.info("second factor switched on")
    verify_session(request, device)
    return show_codes(request, codes)


def check_password(request: HttpRequest, form: EnrolForm) -> bool:
    """Whether the form has the user's own password; else the form says so.

    Whoever finds a session open cannot put a lock of their own on somebody's account.
    """
    user: User = request.user
    claimed = claim_try(request)
    if user.check_password(form.cleaned_data["password"]):
        claimed.delete()
        return True
    form.add_error("password", _("This is not your password."))
    return False


def ask_for_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code between the password and every other page of the admin."""
    form = CodeForm(request.POST or None)
    if form.is_valid() and (device := check_code(request, form)):
        verify_session(request, device)
        wanted = request.GET.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()})
        return redirect(wanted if is_ours else "admin:index")
    return render_state(request, "ask", _("Second factor"), {"form": form})


def change_or_switch_off(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes or switch the second factor off; both ask for a code again."""
    form = CodeForm(request.POST or None)
    if form.is_valid() and check_code(request, form):
        if "new-codes" in request.POST:
            return show_codes(request, make_codes(request.user))
        remove_second_factor(request.user)
        security_log.info("second factor switched off")
        messages.success(request, _("Your second factor is switched off."))
        return redirect("admin:index")
    left = StaticToken.objects.filter(device__user=request.user).count()
    return render_state(request, "on", _("Second factor"), {"form": form, "left": left})


def check_code(request: HttpRequest, form: CodeForm) -> Device | None:
    """The device that accepts the code. A guess counts against the address like a password's.

    Raises TooManyFailures when that address has no tries left.
    """
    claimed = claim_try(request)
    device = find_accepting(request, form, devices_for(request.user, form.cleaned_data["code"]))
    security_log.info("second factor accepted" if device else "second factor refused")
    if device:
        claimed.delete()
    return device


def find_accepting(
    request: HttpRequest, form: CodeForm, devices: Iterable[Device]
) -> Device | None:
    """The device that accepts the code; None, and the form says why, if there is none."""
    for device in devices:
        if verify_token(request.user, device.persistent_id, form.cleaned_data["code"]):
            return device
    form.add_error("code", REFUSED)
    return None


def verify_session(request: HttpRequest, device: Device) -> None:
    """Remember in a session with a new key that the second factor was shown."""
    request.session.cycle_key()  # the key from before the second factor opens nothing after it
    remember_device(request, device)


def make_code() -> str:
    """Return a new recovery code, of 80 random bits: the 16 letters that django-otp stores."""
    return b32encode(secrets.token_bytes(10)).decode().lower()


def make_codes(user: User) -> list[str]:
    """Store ten new recovery codes in place of the old ones.

    Returns them in groups of four letters.
    """
    codes = [make_code() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="Recovery codes")
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return ["-".join(re.findall(".{4}", code)) for code in codes]


def remove_second_factor(user: User) -> None:
    """Delete the devices of somebody who has lost the phone: the password alone logs them in."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def otpauth_address(request: HttpRequest, device: Device) -> str:
    """The address that authenticator apps read from the picture.

    https://github.com/google/google-authenticator/wiki/Key-Uri-Format
    """
    label = quote(f"{request.get_host()}:{device.user.get_username()}")
    secret = b32encode(device.bin_key).decode().rstrip("=")
    query = urlencode({"secret": secret, "issuer": request.get_host()}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"


def show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """Show the recovery codes; this page is the only one that ever does."""
    return render_state(request, "codes", _("Recovery codes"), {"codes": codes})


def render_state(
    request: HttpRequest, state: str, title: Any, context: dict[str, Any]
) -> HttpResponse:
    """Render the page in one of its states: enrol, ask, on or codes."""
    common = admin.site.each_context(request)
    page = common | {"title": title, "state": state} | context
    return render(request, "admin/second_factor.html", page)
