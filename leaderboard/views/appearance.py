"""The style sheet and the pictures of the appearance, at addresses with a hash of their content."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from leaderboard.models import Picture
from leaderboard.models.appearance import ENDINGS
from leaderboard.serving.headers import allow_any_site
from leaderboard.serving.public_views import public
from leaderboard.standings.published import published_content

# The address changes with the content. no-transform: nothing recodes a picture on its way.
FOR_EVER = "public, max-age=31536000, immutable, no-transform"
NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox"  # if it is opened by itself


@public()
def send_site_style(request: HttpRequest, digest: str) -> HttpResponse:
    """The style sheet of the appearance; 404 for that of an older one."""
    appearance = published_content(request).appearance()
    if request.path != appearance.style_address:
        raise Http404(_("There is no such file."))
    response = HttpResponse(appearance.style, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOR_EVER
    return response


@public()
def send_picture(request: HttpRequest, digest: str, ending: str) -> HttpResponseBase:
    """A picture that maintainers have uploaded, also one that was replaced since."""
    types = [media_type for media_type, name in ENDINGS.items() if name == ending]
    picture = Picture.objects.filter(sha256__startswith=digest, media_type__in=types).first()
    if picture is None or request.path != picture.url:  # a part of the hash is no name
        raise Http404(_("There is no such file."))
    response = HttpResponse(bytes(picture.content), content_type=picture.media_type)
    response["Cache-Control"] = FOR_EVER
    response["Content-Security-Policy"] = NOTHING
    return allow_any_site(response)
