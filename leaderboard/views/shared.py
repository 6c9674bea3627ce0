"""What several views need: open data, and redirects of renamed content."""

from itertools import chain
from typing import Any

from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leaderboard.exports.formats import EXCEL, EXPORT_FORMATS, MARK
from leaderboard.exports.snapshot import Snapshot
from leaderboard.serving.answers import short_or_streamed
from leaderboard.serving.headers import allow_any_site
from leaderboard.serving.public_views import sent_query
from leaderboard.trail.publicity import find_rows_by_slug

PREVIEW = _("Preview: this is how the page will look with all drafts. Visitors do not see it.")


def is_static(request: HttpRequest) -> bool:
    """Does the answer become a file of an exported site, whose pages no server arranges?"""
    return getattr(request, "is_static", False)


def open_data(response: HttpResponseBase) -> HttpResponseBase:
    """Let scripts and pages of any site read this answer."""
    response["Access-Control-Allow-Origin"] = "*"
    return allow_any_site(response)


def write_view(request: HttpRequest, ending: str, snapshot: Snapshot) -> HttpResponseBase:
    """A view as a file of a format; a CSV for Excel begins with the mark of UTF-8."""
    format = EXPORT_FORMATS[ending]
    mark = [MARK] if EXCEL in request.GET else []
    return short_or_streamed(chain(mark, format.write(snapshot)), format.content_type)


def find_renamed(model: Any, slug: str) -> Any:
    """The published content that once had a slug; None if there is none."""
    return model.objects.published().filter(pk__in=find_rows_by_slug(model, slug)).first()


def redirect_renamed(
    request: HttpRequest, model: Any, slug: str, name: str | None = None, *rest: str
) -> HttpResponsePermanentRedirect:
    """Redirect an address that published content once had to the one it has now.

    That is its page, or the address of that name in urls.py with the rest of its arguments; the
    query goes along. 404 for a slug that nothing published had.
    """
    renamed = find_renamed(model, slug)
    if renamed is None:
        what = {"kind": model._meta.verbose_name, "slug": slug}
        raise Http404(_("There is no %(kind)s “%(slug)s”.") % what)
    query = sent_query(request)
    address = reverse(name, args=[renamed.slug, *rest]) if name else renamed.get_absolute_url()
    return redirect(f"{address}{'?' + query if query else ''}", permanent=True)
