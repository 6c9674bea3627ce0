"""The page of an organization."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from leaderboard.exports.dataset import build_organization, dataset_script
from leaderboard.models import Organization
from leaderboard.pages.organizations import place_members, summarize
from leaderboard.pages.selection import read_page
from leaderboard.serving.public_views import public
from leaderboard.standings.published import published_content

from .canonical import paginate_organization, read_organization_page
from .shared import redirect_renamed


@public(reads=read_organization_page)
def show_organization(request: HttpRequest, slug: str) -> HttpResponse:
    """An organization with its public LLMs, and where each stands."""
    organization = Organization.objects.published().filter(slug=slug).first()
    if organization is None:
        return redirect_renamed(request, Organization, slug)
    content = published_content(request)
    pages = paginate_organization(content, organization)
    page = pages.get_page(read_page(request.GET.getlist("page")))
    canonical = request.build_absolute_uri(organization.get_absolute_url())
    context = {
        "organization": organization,
        "page": page,
        "members": place_members(content, page, pages.object_list),
        "summary": summarize(pages.object_list),
        "described": dataset_script(build_organization(organization, canonical)),
        "leaderboards": content.leaderboards(),
        "canonical": canonical,
    }
    return render(request, "leaderboard/organization.html", context)
