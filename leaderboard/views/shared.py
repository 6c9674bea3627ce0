"""What several views need: a page that only answers, and redirects of renamed content."""

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from leaderboard.serving.headers import for_any_site
from leaderboard.trail.publicity import public_under_slug

PREVIEW = _("Preview: this is how the page will look with all drafts. Visitors do not see it.")


def public(view):
    """A page that only answers: 405 to all but GET and HEAD, without asking for a token first."""
    return csrf_exempt(require_safe(view))


def open_data(response):
    """For scripts and pages of any site."""
    response["Access-Control-Allow-Origin"] = "*"
    return for_any_site(response)


def redirect_renamed(request, model, slug, name=None, *rest):
    """An address that published content once had leads to the one it has now: its page, or what
    has that name, and the rest of its arguments, in urls.py."""
    found = model.objects.published().filter(pk__in=public_under_slug(model, slug)).first()
    if found is None:
        what = {"kind": model._meta.verbose_name, "slug": slug}
        raise Http404(_("There is no %(kind)s “%(slug)s”.") % what)
    query = request.META.get("QUERY_STRING", "")
    address = reverse(name, args=[found.slug, *rest]) if name else found.get_absolute_url()
    return redirect(f"{address}{'?' + query if query else ''}", permanent=True)
