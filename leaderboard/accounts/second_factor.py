"""The second factor: codes from an app on somebody's phone, and ten recovery codes on paper."""

import re
import secrets
from base64 import b32encode
from urllib.parse import quote, urlencode

import segno
from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django_otp import login as remember_device
from django_otp import verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from .sessions import is_second_factor_required, log, second_factor_of
from .throttle import claim_try

RECOVERY_CODES = 10
REFUSED = _(
    "This code is not valid: mistyped, used before, or there were too many wrong ones lately. "
    "Type the next code that the app shows, or a recovery code."
)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )

    def clean_code(self):
        """Spaces and hyphens only help the eye."""
        return re.sub(r"[\s-]", "", self.cleaned_data["code"]).lower()


class EnrolForm(CodeForm):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def page(request):
    """Set a second factor up, show it after the password, or look after it."""
    device = second_factor_of(request.user)
    if device is None:
        return enrol(request)
    if not request.user.is_verified():
        return ask(request)
    return look_after(request)


def enrol(request):
    """Confirmed by a code from the app, so that nobody locks themselves out by a mistyped key.

    The key is on the page, so a wrong code is no guess and takes none of the network's tries; the
    device itself makes the next one wait.
    """
    unconfirmed = TOTPDevice.objects.filter(user=request.user, confirmed=False)
    device = unconfirmed.first() or TOTPDevice.objects.create(
        user=request.user, name="Authenticator", confirmed=False
    )
    form = EnrolForm(request.POST or None)
    if form.is_valid() and knows_password(request, form) and accepting(request, form, [device]):
        return show_codes(request, confirm(request, device))
    address = otpauth_address(request, device)
    context = {
        "key": " ".join(re.findall(".{1,4}", b32encode(device.bin_key).decode())),
        "address": address,
        "picture": mark_safe(segno.make(address).svg_inline(scale=5, light="#fff")),
        "is_required": is_second_factor_required(),
    }
    return show(request, "enrol", _("Set up a second factor"), context | {"form": form})


def knows_password(request, form):
    """Whoever finds a session open puts no lock of their own on somebody's account."""
    claimed = claim_try(request)
    if request.user.check_password(form.cleaned_data["password"]):
        claimed.delete()
        return True
    form.add_error("password", _("This is not your password."))
    return False


def ask(request):
    """What somebody with a second factor sees between the password and everything else."""
    form = CodeForm(request.POST or None)
    if form.is_valid() and (device := is_right(request, form, devices_for(request.user, form))):
        be_verified(request, device)
        wanted = request.GET.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()})
        return redirect(wanted if is_ours else "admin:index")
    return show(request, "ask", _("Second factor"), {"form": form})


def look_after(request):
    """New recovery codes, or switched off; either asks for a code again."""
    form = CodeForm(request.POST or None)
    if form.is_valid() and is_right(request, form, devices_for(request.user, form)):
        if "new-codes" in request.POST:
            return show_codes(request, make_codes(request.user))
        forget(request.user)
        log.info("second factor switched off")
        messages.success(request, _("Your second factor is switched off."))
        return redirect("admin:index")
    left = StaticToken.objects.filter(device__user=request.user).count()
    return show(request, "on", _("Second factor"), {"form": form, "left": left})


def is_right(request, form, devices):
    """The device that accepts the code. A guess counts against the address like a password's."""
    claimed = claim_try(request)
    device = accepting(request, form, devices)
    log.info("second factor accepted" if device else "second factor refused")
    if device:
        claimed.delete()
    return device


def accepting(request, form, devices):
    """The device that accepts the code, else None and the form says why."""
    for device in devices:
        if verify_token(request.user, device.persistent_id, form.cleaned_data["code"]):
            return device
    form.add_error("code", REFUSED)
    return None


def devices_for(user, form):
    """Six digits are the app's, all else is a recovery code: a guess of one never blocks the
    other, so that nobody who has only the password can lock the owner out."""
    if re.fullmatch(r"[0-9]{6}", form.cleaned_data["code"]):
        return TOTPDevice.objects.filter(user=user, confirmed=True)
    return StaticDevice.objects.filter(user=user, confirmed=True)


def be_verified(request, device):
    request.session.cycle_key()  # what was seen before the second factor opens nothing after it
    remember_device(request, device)


def confirm(request, device):
    """Make it the only one; the recovery codes that belong to it."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=request.user).exclude(pk=device.pk).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        codes = make_codes(request.user)
    log.info("second factor switched on")
    be_verified(request, device)
    return codes


def make_codes(user):
    """Ten new ones of 80 random bits, written in groups of four; the old ones end."""
    codes = [b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="Recovery codes")
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return ["-".join(re.findall(".{4}", code)) for code in codes]


def forget(user):
    """For who has lost the phone: the password is enough again, or a new one is set up."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def otpauth_address(request, device):
    """What authenticator apps read: https://github.com/google/google-authenticator/wiki/Key-Uri-Format"""
    label = quote(f"{request.get_host()}:{device.user.get_username()}")
    secret = b32encode(device.bin_key).decode().rstrip("=")
    query = urlencode({"secret": secret, "issuer": request.get_host()}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"


def show_codes(request, codes):
    return show(request, "codes", _("Recovery codes"), {"codes": codes})


def show(request, state, title, context):
    common = admin.site.each_context(request)
    page = common | {"title": title, "state": state} | context
    return render(request, "admin/second_factor.html", page)
