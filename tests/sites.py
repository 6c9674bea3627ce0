"""Sites of their own in temporary folders, run by `manage.py` as their maintainers run them."""

import ast
import os
import subprocess
import sys

from django.conf import settings

MANAGE = str(settings.BASE_DIR / "manage.py")


def setting_names():
    """The environment variables that config/settings.py reads, in its order."""
    tree = ast.parse((settings.BASE_DIR / "config" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    reads = [call for call in calls if getattr(call.func, "id", "") == "read"]
    return list(dict.fromkeys(call.args[1].value for call in reads))


def environment(data_dir, **variables):
    """Of the settings only these: the suite itself may run on PostgreSQL, and its browser tests
    switch off a check of Django's."""
    ours = {*setting_names(), "DJANGO_ALLOW_ASYNC_UNSAFE"}
    others = {name: value for name, value in os.environ.items() if name not in ours}
    return others | {"DATA_DIR": str(data_dir)} | variables


def manage(data_dir, *arguments, **variables):
    return subprocess.run(
        [sys.executable, MANAGE, *arguments],
        env=environment(data_dir, **variables),
        cwd=data_dir.parent,  # not the project's own folder: any will do
        capture_output=True,
        text=True,
        timeout=300,
    )
