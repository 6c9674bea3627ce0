"""Requests by which the export asks the views. No server and no middleware takes part."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.handlers.wsgi import WSGIRequest
from django.urls import get_script_prefix

if TYPE_CHECKING:
    from .places import Places


class StaticRequest(WSGIRequest):
    """A request of nobody for a page that becomes a file.

    Templates and views ask `is_static` where a page without a server is another one.
    """

    is_static = True
    table_template = ""  # in place of that of a leaderboard's page
    has_address = True  # for files that name their own one

    def __init__(self, places: "Places", path: str, query: str = ""):
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": get_script_prefix().rstrip("/"),
            "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": places.parts.hostname or "",
            "SERVER_PORT": str(places.parts.port or ""),
            "wsgi.url_scheme": places.parts.scheme,
            "wsgi.input": BytesIO(),
        }
        super().__init__(environ)
        self.places = places
        self.content = places.content  # read by published_content

    def get_host(self) -> str:
        """The host that is published to. The site that exports may have another name."""
        return self.places.parts.netloc

    def build_absolute_uri(self, location: str | None = None) -> str:
        """The published address of a path; "" for what has no file there."""
        if not self.has_address:
            return ""
        address: Any = super().build_absolute_uri(location)
        place = self.places.find(address, self.path)
        return self.places.publish(place) if place else ""
