"""The pages that maintainers write: “About”, “How to submit”."""

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from leaderboard.models import SitePage
from leaderboard.serving.public_views import public
from leaderboard.standings.published import published_content

from .shared import PREVIEW, redirect_renamed


@public()
def show_site_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of the maintainers."""
    page = SitePage.objects.published().with_translations().filter(slug=slug).first()
    if page is None:
        return redirect_renamed(request, SitePage, slug)
    return render_site_page(request, page)


@require_safe
@admin.site.admin_view
@permission_required("leaderboard.view_sitepage", raise_exception=True)
def preview_site_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A page as it will be, for maintainers only."""
    return render_site_page(request, get_object_or_404(SitePage, pk=pk), preview=PREVIEW)


def render_site_page(
    request: HttpRequest, page: SitePage, preview: str | Promise = ""
) -> HttpResponse:
    """A page with its text; a preview says so on top."""
    context = {
        "site_page": page,
        "preview": preview,
        "leaderboards": published_content(request).leaderboards(),
        "canonical": request.build_absolute_uri(page.get_absolute_url()),
    }
    return render(request, "leaderboard/site_page.html", context)
