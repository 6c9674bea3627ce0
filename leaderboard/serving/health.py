"""The two addresses that tell a supervisor whether the site runs and is ready."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from .errors import RETRY_AFTER, answer_text

HEALTH = ("/healthz", "/readyz")


def answer_health(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer probes: 200, or 503 with the reasons.

    It stands before the check of the host, and is exempt from the redirect to https: probes ask by
    address, over http.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in HEALTH:
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if request.path_info == HEALTH[1]:
            reasons = list_problems()
            return answer_text("\n".join([*(reasons or ["ready"]), ""]), 503 if reasons else 200)
        return answer_text("ok\n")

    return answer


def list_problems() -> list[str]:
    """Why pages cannot be served now, in sentences without details; [] when they can."""
    problems = []
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            problems.append("Migrations are not applied: run manage.py migrate.")
        if is_read_only():
            problems.append("The database can be read and not written.")
    except Error:
        problems.append("The database cannot be used.")
    try:
        cache.set("readyz", "ready", RETRY_AFTER)
    except Exception:  # each kind of cache has errors of its own
        problems.append("The cache cannot be reached.")
    return problems


def is_read_only() -> bool:
    """Does PostgreSQL refuse to write, as a standby or by its settings? Raises Error."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        return bool(cursor.fetchone()[0] == "on")
