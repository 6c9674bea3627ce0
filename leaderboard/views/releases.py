"""The releases of a leaderboard: their list, the page of each, and their files.

Pages and files show what was stored, whatever has been edited since. A release that was withdrawn
answers 410 with the reason. One whose stored bytes are damaged answers 503: it is there again when
an operator has put them back, so caches and search engines keep what they have.
"""

import logging
from base64 import b64encode
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from leaderboard.exports.bundle import TABLES, bundle
from leaderboard.exports.dataset import dataset_script
from leaderboard.exports.formats import EXPORT_FORMATS
from leaderboard.exports.releases import (
    Cited,
    build_release_dataset,
    cite,
    snapshot_of,
    write_cff,
    write_release_bibtex,
)
from leaderboard.models import Leaderboard, Release
from leaderboard.pages.selection import Selection, read_page
from leaderboard.pages.tables import StandingsTable
from leaderboard.pages.view import View, build_view
from leaderboard.serving.copies import PUBLIC, STATE
from leaderboard.serving.errors import answer_text
from leaderboard.serving.public_views import public
from leaderboard.standings.published import published_content
from leaderboard.text.words import local_text
from leaderboard.trail.frozen import FrozenStandings
from leaderboard.trail.public_releases import (
    count_changes_since,
    find_release,
    frozen_standings,
    releases_of,
    slugs_today,
    with_payload,
)
from leaderboard.trail.releases import DamagedRelease, read_payload

from .canonical import (
    paginate_releases,
    read_release_export,
    read_release_table,
    read_releases_page,
)
from .release_words import list_releases
from .shared import is_static, open_data, redirect_renamed, write_view

log = logging.getLogger(__name__)

RELEASE_RETRY = 3600  # seconds until a damaged release may be there again: somebody has to come


class Frozen(NamedTuple):
    """A release with what it has frozen."""

    release: Release
    leaderboard: Leaderboard
    standings: FrozenStandings
    view: View


Answer = Callable[..., HttpResponseBase]  # with the release, and the rest of the address


def of_release(answer: Answer) -> Callable[..., HttpResponseBase]:
    """Gives a view the release that its address names, if there is one to be shown."""

    @wraps(answer)
    def find(request: HttpRequest, slug: str, name: str, **rest: str) -> HttpResponseBase:
        content = published_content(request)
        leaderboard = content.leaderboard(slug)
        if leaderboard is None:
            match = request.resolver_match
            assert match
            assert match.url_name
            return redirect_renamed(
                request, Leaderboard, slug, match.url_name, name, *rest.values()
            )
        release = find_release(content, leaderboard, name)
        if release is None:
            raise Http404(_("There is no release “%(name)s”.") % {"name": name})
        if release.withdrawn_at:
            return answer_withdrawn(request, release)
        try:
            return answer(request, release, **rest)
        except DamagedRelease as damage:
            log.error("Release %s of %s is damaged: %s", name, slug, damage)
            return answer_damaged(request, release)

    return find


def is_page(request: HttpRequest) -> bool:
    """Is a page asked for, not a file?"""
    return request.path_info.endswith("/")


def answer_withdrawn(request: HttpRequest, release: Release) -> HttpResponse:
    """410: what was here, why it is gone, and the hash by which a copy of it is known."""
    if is_page(request):
        return render_state(request, release, "leaderboard/release_withdrawn.html", 410)
    sentence = _("Release %(name)s was withdrawn on %(day)s: %(reason)s SHA-256 %(hash)s.") % {
        "name": release.name,
        "day": f"{release.withdrawn_at:%Y-%m-%d}",
        "reason": release.withdrawal_reason,
        "hash": release.sha256,
    }
    return HttpResponse(f"{sentence}\n", status=410, content_type="text/plain; charset=utf-8")


def answer_damaged(request: HttpRequest, release: Release) -> HttpResponse:
    """503: the stored bytes do not have their hash, so nothing is shown as if they had."""
    if is_page(request):
        response = render_state(request, release, "leaderboard/release_damaged.html", 503)
        response["Cache-Control"] = "no-store"
    else:
        sentence = _("The stored bytes of release %(name)s are damaged; its hash is %(hash)s.")
        text = sentence % {"name": release.name, "hash": release.sha256}
        response = answer_text(f"{text}\n", 503)
    response["Retry-After"] = str(RELEASE_RETRY)
    return response


def render_state(
    request: HttpRequest, release: Release, template: str, status: int
) -> HttpResponse:
    """A page that says why there is no table."""
    context = {
        "leaderboard": release.leaderboard,
        "leaderboards": published_content(request).leaderboards(),
        "release": release,
    }
    return render(request, template, context, status=status)


@public(reads=read_releases_page)
def show_releases(request: HttpRequest, slug: str) -> HttpResponse:
    """The releases of a leaderboard, newest first, with what changed from one to the next."""
    content = published_content(request)
    leaderboard = content.leaderboard(slug)
    if leaderboard is None:
        return redirect_renamed(request, Leaderboard, slug, "releases")
    page = paginate_releases(content, leaderboard).get_page(read_page(request.GET.getlist("page")))
    older = releases_of(content, leaderboard)[page.end_index() :]
    context = {
        "leaderboard": leaderboard,
        "leaderboards": content.leaderboards(),
        "title": _("Releases of %(leaderboard)s")
        % {"leaderboard": local_text(leaderboard, "title")},
        "page": page,
        "releases": list_releases(list(page), older),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/releases.html", context)


@public(reads=read_release_table)
@of_release
def show_release(request: HttpRequest, release: Release) -> HttpResponse:
    """The table of a release, as it was frozen."""
    content = published_content(request)
    frozen = open_frozen(request, release)
    cited = cite(release, frozen.leaderboard, request.build_absolute_uri)
    context = {
        "leaderboard": frozen.leaderboard,
        "leaderboards": content.leaderboards(),
        "release": release,
        "title": _("%(leaderboard)s, release %(name)s")
        % {"leaderboard": local_text(frozen.leaderboard, "title"), "name": release.name},
        "standings": frozen.view.standings,
        "view": frozen.view,
        "table": StandingsTable(frozen.view, slugs_today=slugs_today(content)),
        "changes": count_changes_since(content, release),
        "formats": {each: EXPORT_FORMATS[each] for each in TABLES},
        "files": list_files(release),
        "dataset": dataset_script(describe_release(request, cited, frozen.view)),
        "bibtex": write_release_bibtex(cited),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/release.html", context)


def file_address(release: Release, ending: str) -> str:
    """The path of a file of a release."""
    return reverse("release-file", args=[release.leaderboard.slug, release.name, ending])


def list_files(release: Release) -> list[tuple[str, str, str]]:
    """(name, path, what it is) of the files that hold no view but all of a release."""
    payload = reverse("payload", args=[release.leaderboard.slug, release.name])
    return [
        ("BibTeX", file_address(release, "bib"), ".bib"),
        ("CITATION.cff", file_address(release, "cff"), ".cff"),
        (_("The hashed bytes"), payload, "payload.json"),
        (_("Everything"), file_address(release, "zip"), ".zip"),
    ]


def describe_release(request: HttpRequest, cited: Cited, view: View) -> dict[str, Any]:
    """A release for search engines, with its files and the hash of its bytes."""
    release, absolute = cited.release, request.build_absolute_uri
    payload = reverse("payload", args=[release.leaderboard.slug, release.name])
    files = [
        ("text/csv", absolute(file_address(release, "csv")), ""),
        ("application/zip", absolute(file_address(release, "zip")), ""),
        ("application/json", absolute(payload), release.sha256),
    ]
    publisher = local_text(published_content(request).appearance(), "name")
    return build_release_dataset(cited, view.standings, files, publisher)


def open_frozen(request: HttpRequest, release: Release) -> Frozen:
    """The view of a release that a request's canonical query asks for."""
    content = published_content(request)
    leaderboard, standings = frozen_standings(content, release)
    selection = Selection.from_query(request.GET, standings)
    is_whole = is_static(request) and is_page(request)
    view = build_view(standings, selection, is_whole=is_whole)
    return Frozen(release, leaderboard, standings, view)


CITATIONS = {  # the others, by their endings
    "bib": ("application/x-bibtex; charset=utf-8", write_release_bibtex),
    "cff": ("application/yaml", write_cff),
}


@public(reads=read_release_export)
@of_release
def send_release_file(request: HttpRequest, release: Release, ending: str) -> HttpResponseBase:
    """The rows of a view of a release as a file, or what cites it."""
    if ending == "zip":
        release = with_payload(release)
    frozen = open_frozen(request, release)
    cited = cite(release, frozen.leaderboard, request.build_absolute_uri)
    response: HttpResponseBase
    if ending in TABLES:
        snapshot = snapshot_of(cited, frozen.view, frozen.standings.below)
        response = write_view(request, ending, snapshot)
    elif ending in CITATIONS:
        content_type, write = CITATIONS[ending]
        response = HttpResponse(write(cited), content_type=content_type)
    elif ending == "zip":
        response = HttpResponse(pack_once(frozen, cited), content_type="application/zip")
    else:
        raise Http404(_("There is no format “%(ending)s”.") % {"ending": ending})
    response["Content-Disposition"] = f'inline; filename="{cited.name}.{ending}"'
    response[STATE] = release.sha256
    return open_data(response)


def pack_once(frozen: Frozen, cited: Cited) -> bytes:
    """The archive of a release. The last one is kept beside its standings: it takes long to make,
    and is larger than what the page cache keeps. Raises DamagedRelease."""
    payload = read_payload(frozen.release)  # each time: it may be damaged since
    asked, kept = (cited.address, get_language()), frozen.standings.computed
    packed = kept.get("archive")
    if packed is None or packed[0] != asked:
        below = frozen.standings.below
        archive = bundle(cited, frozen.standings, below, payload, frozen.release.payload)
        packed = kept["archive"] = asked, archive
    kept_archive: bytes = packed[1]
    return kept_archive


@public()
@of_release
def send_payload(request: HttpRequest, release: Release) -> HttpResponseBase:
    """The hashed bytes themselves, never compressed: their digest and their tag are their hash."""
    payload = read_payload(with_payload(release))
    response = HttpResponse(payload, content_type="application/json")
    response["ETag"] = f'"{release.sha256}"'
    response["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(release.sha256)).decode()}:"
    response["Cache-Control"] = f"{PUBLIC['Cache-Control']}, no-transform"
    name = f"{release.leaderboard.slug}-{release.name}-payload.json"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    open_data(response)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
