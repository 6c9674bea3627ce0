"""What was typed when a session had ended: it waits for the login, and is saved after it.

A post of somebody who is not logged in is answered by the login form, with what was posted in a
hidden box. The login puts it into the new session, and the page it was meant for sends it again:
by script at once, else by one click. Both posts have a token against forgery.
"""

import json
from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from leaderboard.text.languages import is_in_admin

TYPED = "typed"  # the name of the hidden box, and of the entry of the session


def can_wait(request: HttpRequest) -> bool:
    """Whether a request is a form that may wait: without a file and without a password, which no
    session may hold."""
    if request.method != "POST" or request.FILES:
        return False
    return not any("password" in name for name in request.POST)


def describe_post(request: HttpRequest) -> dict[str, Any]:
    """The address and the names with their values, as JSON can hold them."""
    names = dict(request.POST.lists())
    names.pop("csrfmiddlewaretoken", None)  # the login makes a new one
    return {"path": request.get_full_path(), "names": names}


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """The login form in place of what a post asks for, with the post in it."""
    path = request.get_full_path()
    context = {
        **admin.site.each_context(request),
        "title": _("Log in"),
        "form": AdminAuthenticationForm(request),
        "app_path": reverse("admin:login"),
        "next": path,
        TYPED: json.dumps(describe_post(request)),
        "has_ended": True,
    }
    return render(request, "admin/login.html", context, status=403)


def remember_typed(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """Move what waited in the login form into the session that begins."""
    try:
        typed = json.loads(request.POST.get(TYPED, ""))
        keep_typed(request, str(typed["path"]), read_names(typed["names"]))
    except (ValueError, TypeError, AttributeError, KeyError):
        return  # nothing waited, or it is none of ours


def keep_typed(request: HttpRequest, path: str, names: dict[str, list[str]]) -> None:
    """Let a form wait in the session until its page is opened."""
    if is_in_admin(path):
        request.session[TYPED] = {"path": path, "names": names}


def read_names(names: Any) -> dict[str, list[str]]:
    """The values by name; raises AttributeError or TypeError where they are something else."""
    return {str(name): [str(value) for value in values] for name, values in names.items()}


def keep_post(request: HttpRequest) -> None:
    """Let the form of this request wait in the session."""
    post = describe_post(request)
    keep_typed(request, post["path"], post["names"])


def send_again(request: HttpRequest) -> HttpResponse | None:
    """The page that sends a waiting form, if the request opens the page that it was meant for."""
    waiting = request.session.get(TYPED)
    if not waiting or request.method != "GET" or request.get_full_path() != waiting["path"]:
        return None
    del request.session[TYPED]
    names = [(name, value) for name, values in waiting["names"].items() for value in values]
    context = {**admin.site.each_context(request), "title": _("Save what you typed")}
    return render(request, "admin/typed.html", context | waiting | {"names": names})
