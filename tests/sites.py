"""Sites of their own in temporary folders, run by `manage.py` as their maintainers run them."""

import ast
import fcntl
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


def environment_of_full_disk(data_dir):
    """Without the measurement of coverage, which could not write its figures either."""
    variables = environment(data_dir)
    return {name: value for name, value in variables.items() if not name.startswith("COVERAGE_")}


def manage(data_dir, *arguments, **variables):
    return subprocess.run(
        [sys.executable, MANAGE, *arguments],
        env=environment(data_dir, **variables),
        cwd=data_dir.parent,  # not the project's own folder: any will do
        capture_output=True,
        text=True,
        timeout=300,
    )


def make_once(tmp_path_factory, name, make):
    """The folder that make(folder) has filled, for all processes of this run of the suite.

    Whoever needs it first makes it, the others wait. It is for copying: nobody may change it.
    """
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder = root / "made-once" / name
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            draft = folder.with_suffix(".draft")  # a failure leaves no half of it behind
            make(draft)
            draft.rename(folder)
    return folder
