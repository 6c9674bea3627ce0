"""Links between pages: the navigation, the open page in it, the same page in other languages."""

from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from leaderboard.text.languages import in_language, language_of

register = template.Library()

MOST_LISTED = 4  # leaderboards that the navigation names each
FIRST_LISTED = 3  # those named where there are more


@register.simple_tag
def alternates(canonical: str) -> list[tuple[str, str]]:
    """Returns [(hreflang, address)] of a page in all languages, then of its default language
    for readers of other ones."""
    parts = urlsplit(canonical)
    addresses = [
        (code, parts._replace(path=in_language(parts.path, code)).geturl())
        for code, _ in settings.LANGUAGES
    ]
    return [*addresses, ("x-default", addresses[0][1])]


@register.simple_tag
def other_languages(path: str) -> list[tuple[str, str, str]]:
    """Returns [(code, name, path)] of the same page in the languages that it is not in."""
    own = language_of(path)
    return [
        (code, name, in_language(path, code)) for code, name in settings.LANGUAGES if code != own
    ]


@register.simple_tag(takes_context=True)
def listed_leaderboards(context: Context) -> list[Any]:
    """Returns the leaderboards that the navigation names: of many the first and the open one; a
    link beside them leads to all."""
    leaderboards = list(context.get("leaderboards") or ())
    if len(leaderboards) <= MOST_LISTED:
        return leaderboards
    opened = context.get("leaderboard")
    first, others = leaderboards[:FIRST_LISTED], leaderboards[FIRST_LISTED:]
    return [*first, *(each for each in others if opened and each.pk == opened.pk)]


def open_page(context: Context) -> str | None:
    """Returns the name of the opened address in leaderboard/urls.py; None on an error page."""
    match = getattr(context.get("request"), "resolver_match", None)
    name: str | None = match.url_name if match else None
    return name


@register.simple_tag(takes_context=True)
def current(context: Context, name: str) -> str:
    """Marks a link of the navigation that leads to the open page."""
    return mark_safe(' aria-current="page"') if open_page(context) == name else ""


@register.simple_tag(takes_context=True)
def current_leaderboard(context: Context, leaderboard: Any) -> str:
    """Marks the link of the open leaderboard: as the page itself, or as what the open page belongs
    to ("true") on its comparison and charts."""
    opened = context.get("leaderboard")
    if not opened or opened.pk != leaderboard.pk:
        return ""
    value = "true" if open_page(context) in ("compare", "charts") else "page"
    return format_html(' aria-current="{}"', value)


@register.simple_tag(takes_context=True)
def current_page(context: Context, page: Any) -> str:
    """Marks the link of the open page of the maintainers."""
    opened = context.get("site_page")
    return mark_safe(' aria-current="page"') if opened and opened.pk == page.pk else ""
