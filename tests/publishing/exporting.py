"""Exporting a site, and sending it as a host of plain files does."""

import hashlib
import subprocess
import sys
from contextlib import contextmanager
from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

BASE_URL = "https://org.github.io/anesbench.ai/"


@contextmanager
def collected(folder):
    """Our own static files as `collectstatic` leaves them in a site; Django's are not needed."""
    ours = settings.STORAGES | {
        "staticfiles": {"BACKEND": "leaderboard.serving.static_files.LeanStaticFiles"}
    }
    finders = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    with override_settings(STATIC_ROOT=folder, STORAGES=ours, STATICFILES_FINDERS=finders):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield


def export(folder=None, **options):
    """What the command says."""
    said = StringIO()
    arguments = [] if folder is None else [folder]
    call_command("export_site", *arguments, stdout=said, **options)
    return said.getvalue()


def files_in(folder):
    """{name: hash} of the files in a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@contextmanager
def served(root):
    """The address at which `python -m http.server` sends a folder."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as host:
        try:
            port = host.stdout.readline().split("port ")[1].split()[0]
            yield f"http://127.0.0.1:{port}"
        finally:
            host.terminate()
