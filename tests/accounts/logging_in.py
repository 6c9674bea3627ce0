"""A maintainer who logs in, as tests need it."""

import re
from base64 import b32decode

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

PASSWORD = "correct horse battery staple"


LOGIN = "/admin/login/"


HOUR = 60 * 60


class CountingHasher(PBKDF2PasswordHasher):
    """The real one, which notes that it was asked: hashing is what an attacker makes us pay for."""

    algorithm = "counting"
    iterations = 1
    hashed = 0

    def encode(self, password, salt, iterations=None):
        type(self).hashed += 1
        return super().encode(password, salt, iterations)


def log_in(client, password=PASSWORD, username="admin", **extra):
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


def is_inside(client):
    return client.get("/admin/").status_code == 200


PAGE = "/admin/second-factor/"


def code_of(device, steps=0):
    """What the app shows; each code is valid once, so later tests ask for the next one."""
    return f"{totp(device.bin_key, drift=steps):06d}"


def device_shown(client):
    """The device whose key the page of the second factor shows, as an app would read it."""
    secret = re.search("secret=([A-Z2-7]+)", client.get(PAGE).content.decode())[1]
    return TOTPDevice(key=b32decode(secret + "=" * (-len(secret) % 8)).hex())


def set_up(client, user):
    """Through the page; the recovery codes it shows."""
    device = device_shown(client)
    shown = client.post(PAGE, {"code": code_of(device), "password": PASSWORD}).content.decode()
    return re.findall(r"<li><code>([a-z2-7-]{19})</code>", shown)
