"""The page /api/: the exports, their parameters, the shape of the JSON, and the API."""

import json
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from leaderboard.exports.dataset import AROUND_ROWS, HIGHEST, ROW
from leaderboard.exports.formats import EXPORT_FORMATS
from leaderboard.exports.schema import SCHEMA
from leaderboard.serving.public_views import public
from leaderboard.standings.published import published_content

from .v1 import api


@public()
def show_api(request: HttpRequest) -> HttpResponse:
    """What programs can read and hand in."""
    leaderboards = published_content(request).leaderboards()
    context = {
        "leaderboards": leaderboards,
        "example": leaderboards[0].slug if leaderboards else "slug",
        "formats": EXPORT_FORMATS,
        "schema": json.dumps(SCHEMA, indent=2, ensure_ascii=False),
        "routes": "\n".join(list_routes()),
        "around": AROUND_ROWS,  # of frames, in pixels
        "each_row": ROW,
        "highest": HIGHEST,
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "leaderboard/api.html", context)


def list_routes() -> Iterator[str]:
    """Yields a line with method, path and summary of each route, from the OpenAPI document."""
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper():4} {path:56} {operation['summary']}"
