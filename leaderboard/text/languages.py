"""The language of a page follows from its address, not from what the browser prefers.

The languages are those of LANGUAGES in config/settings.py. A page has an address in each language:
/… in the default one, /<code>/… in a further one. Files and feeds have one address and are English.
Neither cookies nor Accept-Language are read, so a page can be kept for everyone, without Vary.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix
from django.utils import translation

ADMIN = "/admin/"


def further_languages() -> dict[str, str]:
    """Returns the names of the languages by their codes, without the default language."""
    return {code: name for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE}


def language_of(path: str) -> str:
    """Returns the code of the language whose prefix the path has, else the default."""
    first = split_prefix(path)[1].lstrip("/").partition("/")[0]
    return first if first in further_languages() else settings.LANGUAGE_CODE


def in_language(path: str, language: str) -> str:
    """Returns the path of the same page in another language."""
    own = language_of(path)
    below, plain = split_prefix(path)
    plain = plain if own == settings.LANGUAGE_CODE else plain.removeprefix(f"/{own}") or "/"
    return below + (plain if language == settings.LANGUAGE_CODE else f"/{language}{plain}")


def split_prefix(path: str) -> tuple[str, str]:
    """Returns what the site lies below, such as “/project” of an exported one, and the rest."""
    prefix = get_script_prefix()
    if prefix == "/" or not path.startswith(prefix):
        return "", path
    return prefix[:-1], path[len(prefix) - 1 :]


def is_in_admin(path: str) -> bool:
    """Whether an address belongs to the admin, in any language."""
    return in_language(path, settings.LANGUAGE_CODE).startswith(ADMIN)


def admin_addresses() -> list[str]:
    """Returns the beginning of the admin's addresses, in each language."""
    return [in_language(ADMIN, code) for code, _ in settings.LANGUAGES]


def speak_language_of_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: answers in the language of the address, error pages included."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.LANGUAGE_CODE = language_of(request.path_info)
        with translation.override(request.LANGUAGE_CODE):
            response = get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    return answer
