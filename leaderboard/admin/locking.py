"""Every door of the admin through which content is written takes the content lock first."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from leaderboard.models.locks import write_content

from .generics import ModelAdmin

View = Callable[..., HttpResponse]


def write_under_lock(view: View) -> View:
    """What a view reads to answer a POST is read within the lock, and so are the forms' judgements.

    After a deadlock the view runs once more, with the request as it came; what the first try has
    told is not so, and is forgotten.
    """

    @wraps(view)
    def locked_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        # A slow upload is read before others have to wait for it. Views replace what was posted,
        # so each try gets a request of its own.
        sent, messages = request.POST, cast(BaseStorage, get_messages(request))
        told = messages._queued_messages  # type: ignore[attr-defined]  # Django has no other way
        before = len(told)

        def write() -> HttpResponse:
            del told[before:]
            return view(fresh_copy(request, sent), *args, **kwargs)

        return write_content(write)

    return locked_view


def fresh_copy(request: HttpRequest, sent: Any) -> HttpRequest:
    """A request of its own with what was posted. (Django's copy of a request is one for pickling:
    it forgets the address that was resolved.)"""
    own = type(request).__new__(type(request))
    own.__dict__ = dict(request.__dict__)
    own.POST = sent
    return own


class LockedAdmin(ModelAdmin):
    """An admin whose views, those of packages included, write under the content lock."""

    def get_urls(self) -> list[URLPattern]:
        patterns = super().get_urls()
        for pattern in patterns:
            pattern.callback = write_under_lock(pattern.callback)
        return patterns
