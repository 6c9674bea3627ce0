"""Prepares and serves the site with one command, which may be run again at any time."""

import argparse
import errno
import os
import secrets
import socket
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections
from django.db.models import Q

from leaderboard.management.remote import HERE
from leaderboard.models import Leaderboard
from leaderboard.operations.causes import first_cause
from leaderboard.operations.private_files import only_one_process

SEED_FIXTURE = "anesbench"
ADMINISTRATOR = "admin"


class Command(BaseCommand):
    """`manage.py quickstart`: prepare what is missing, keep what is there, and serve."""

    help = (
        "Prepare the site in DATA_DIR and serve it: database, static files, first content, "
        "administrator. What is there already is kept. Linux and macOS."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=parse_port, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="The address to listen on.")
        parser.add_argument(
            "--no-serve", action="store_true", help="Prepare everything and start no server."
        )

    def handle(self, *, port: int, host: str, no_serve: bool, **options: Any) -> None:
        if os.name == "nt":
            raise CommandError("Quickstart runs on Linux and macOS only. On Windows, use WSL.")
        host = host.strip("[]")
        if not no_serve:
            check_host(host)
            check_port(host, port)
        done, password = prepare_site()
        if not no_serve:
            check_port(host, port)  # again: another quickstart may have been quicker
        address = settings.SITE_URL or f"http://{bracket_host(host)}:{port}"
        self.stdout.write("\n".join(describe_site(done, password, address, no_serve)))
        self.stdout.flush()  # exec would drop what is still buffered
        connections.close_all()
        if not no_serve:
            serve_site(f"{bracket_host(host)}:{port}")


def parse_port(text: str) -> int:
    """Return the number. Raises ArgumentTypeError unless it is from 1 to 65535."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port. Type one from 1 to 65535.")
    return int(text)


def bracket_host(host: str) -> str:
    """Return the host as addresses write it: an IPv6 host goes in brackets."""
    return f"[{host}]" if ":" in host else host


def check_host(host: str) -> None:
    """Refuse a host whose visitors would only see an error page, as SITE_URL does not name it, and
    with DEBUG any but this machine: whoever reaches it is shown secrets, whatever SITE_URL says."""
    if settings.DEBUG and host not in HERE:
        raise CommandError(
            f"DEBUG=true shows secrets to everybody who reaches {host}. Unset DEBUG, or leave "
            "--host out."
        )
    if not settings.SITE_URL and host not in HERE:
        raise CommandError(
            f"The site answers to localhost only, so it cannot listen on {host}: first set "
            "SITE_URL to the address that visitors will type, like SITE_URL=http://192.0.2.7:8000"
        )


def check_port(host: str, port: int) -> None:
    """Refuse a port that is taken before anything is prepared; gunicorn would try it at the end."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            # On macOS a port that another process serves can be bound; listening fails there too.
            probe.listen()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "the port is taken" if taken else error.strerror
        raise CommandError(
            f"The site cannot listen on {bracket_host(host)}:{port}: {reason}. "
            f"Choose another {'--port' if taken else '--port or --host'}."
        ) from error


def prepare_site() -> tuple[list[str], str]:
    """Bring the site into shape; return what was done, and the administrator's password if new."""
    try:
        settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        with only_one_process(settings.DATA_DIR):  # else a second one makes the same tables
            return make_site()
    except OSError as error:
        raise CommandError(
            f"{error.filename or settings.DATA_DIR} cannot be written ({error.strerror}). "
            "Make it writable, or set DATA_DIR to a folder that is."
        ) from error
    except DatabaseError as error:
        raise CommandError(
            f"The database cannot be used: {first_cause(error)}. Check DATABASE_URL, or without it "
            "DATA_DIR and the room on its disk. Then run quickstart again: what is done stays."
        ) from error


def make_site() -> tuple[list[str], str]:
    """Make what is missing: tables, static files, first content, administrator."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    done = ["database and static files are up to date"]
    if not Leaderboard.objects.exists():
        call_command("loaddata", SEED_FIXTURE, verbosity=0)
        done.append(f"the leaderboard {SEED_FIXTURE} is loaded")
    return done, create_administrator()


def create_administrator() -> str:
    """Create the administrator and return the password; "" if the site has one already.

    The password is shown once and stored as a hash only.
    """
    users = get_user_model().objects
    # Whoever renamed or removed “admin” does not get another superuser at each start.
    if users.filter(Q(username=ADMINISTRATOR) | Q(is_superuser=True)).exists():
        return ""
    password = secrets.token_urlsafe(16)
    users.create_superuser(ADMINISTRATOR, password=password)
    return password


def describe_site(done: list[str], password: str, address: str, no_serve: bool) -> list[str]:
    """Return the lines that say what was done, and where the site is."""
    new = f"user: {ADMINISTRATOR}" if password else "users and passwords as before"
    how = "run quickstart without --no-serve to start" if no_serve else "Ctrl+C stops the site"
    lines = [
        f"Ready: {', '.join(done)}. Data in {settings.DATA_DIR} (another folder: set DATA_DIR).",
        f"Page:  {address}/leaderboard/ ({how})",
        f"Admin: {address}/admin/ ({new})",
    ]
    return [*lines, f"password: {password}"] if password else lines


def serve_site(bind: str) -> None:
    """Turn this process into gunicorn, so that stopping it stops the site."""
    config = str(settings.BASE_DIR / "config" / "gunicorn.py")
    command = [sys.executable, "-m", "gunicorn", "-c", config, "--bind", bind]
    os.execv(sys.executable, [*command, "--log-level", "warning"])
