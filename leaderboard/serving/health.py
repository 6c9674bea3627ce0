"""The two addresses that tell a supervisor whether the site lives and is ready."""

from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponseNotAllowed

from .errors import RETRY_AFTER, plain

HEALTH = ("/healthz", "/readyz")


def answer_health(get_response):
    """Before the check of the host, and exempt from the redirect to https: probes ask by address,
    over http."""

    def answer(request):
        if request.path_info not in HEALTH:
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if request.path_info == HEALTH[1]:
            reasons = what_is_missing()
            return plain("\n".join([*(reasons or ["ready"]), ""]), 503 if reasons else 200)
        return plain("ok\n")

    return answer


def what_is_missing():
    """Why pages cannot be served now, in sentences without details; [] when they can."""
    reasons = []
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            reasons.append("Migrations are not applied: run manage.py migrate.")
    except Error:
        reasons.append("The database cannot be used.")
    try:
        cache.set("readyz", "ready", RETRY_AFTER)
    except Exception:  # each kind of cache has errors of its own
        reasons.append("The cache cannot be reached.")
    return reasons
