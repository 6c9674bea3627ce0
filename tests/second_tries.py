"""A first try of a writer that PostgreSQL undoes, as after a deadlock; on any database."""

from django.db import OperationalError
from simple_history.models import HistoricalRecords

from leaderboard.models import locks


class DeadlockDetected(Exception):
    sqlstate = "40P01"


def deadlock():
    error = OperationalError("deadlock detected")
    error.__cause__ = DeadlockDetected()
    return error


def fail_once(monkeypatch, owner, name, between=lambda: None):
    """The first call of this function ends in a deadlock when it has done its work; before the
    second try somebody else does `between`, in no request."""
    work, judge, failed = getattr(owner, name), locks.is_worth_another_try, []

    def work_and_fail(*args, **kwargs):
        result = work(*args, **kwargs)
        if not failed:
            failed.append(name)
            raise deadlock()
        return result

    def judge_and_edit(error):
        request = HistoricalRecords.context.__dict__.pop("request", None)
        between()
        if request is not None:
            HistoricalRecords.context.request = request
        return judge(error)

    monkeypatch.setattr(owner, name, work_and_fail)
    monkeypatch.setattr(locks, "is_worth_another_try", judge_and_edit)
    return failed
