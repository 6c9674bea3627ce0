"""The first version of the API, as one object with its routes and how it refuses.

django-ninja makes the schema (OpenAPI 3.1) from the functions, and reads their parameters.
"""

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from leaderboard.imports.said import Misused
from leaderboard.imports.writing import ImportRefused
from leaderboard.readers.results import Refused
from leaderboard.text.words import say

from .access import MINUTE, TooOften
from .handing_in import Forbidden, OtherRequest
from .imports import router as imports
from .publishing import keep_answers
from .reading import router as content

api = NinjaAPI(
    title="Leaderboard",
    version="1",
    description=(
        "What is published, and results handed in. Numbers are those of the pages. Reading needs "
        "no key and is open to scripts of any site; handing in needs a token of a maintainer."
    ),
    docs_url=None,
    urls_namespace="api-1",
)
api.add_router("", content)
api.add_router("/imports", imports)

OTHER_REQUEST = (
    "This Idempotency-Key came with another file or other parameters before. Send a new key."
)
NO_FORM = (
    "The body is no form that can be read. Send multipart/form-data with the file, as curl -F does."
)
LONG_FIELDS = "The fields beside the files are too long. Send files as files, and shorter texts."
TOO_OFTEN = "Too many requests. Wait a minute, and send fewer."


def refuse(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """An answer that no cache keeps, with a sentence."""
    response = api.create_response(request, {"detail": detail}, status=status)
    response["Cache-Control"] = "no-store"
    return response


@api.exception_handler(Refused)
@api.exception_handler(Misused)
@api.exception_handler(ImportRefused)
def refuse_file(request: HttpRequest, error: Exception) -> HttpResponse:
    """422: the files cannot be read, or contradict what is said of them. Nothing was stored."""
    reasons = error.reasons if isinstance(error, ImportRefused) else [say(error)]
    return refuse(request, 422, " ".join(map(str, reasons)))


@api.exception_handler(MultiPartParserError)
@api.exception_handler(SuspiciousOperation)
def refuse_body(request: HttpRequest, error: Exception) -> HttpResponse:
    """422 for a form that is damaged or has too many parts, 413 for one of too much text."""
    if isinstance(error, RequestDataTooBig):
        return refuse(request, 413, LONG_FIELDS)
    return refuse(request, 422, NO_FORM)


@api.exception_handler(Forbidden)
def refuse_scope(request: HttpRequest, error: Exception) -> HttpResponse:
    """403: the token is good, and not for this."""
    return refuse(request, 403, str(error))


@api.exception_handler(OtherRequest)
def refuse_key(request: HttpRequest, error: Exception) -> HttpResponse:
    """422, as the draft of the IETF on the Idempotency-Key header says."""
    return refuse(request, 422, OTHER_REQUEST)


@api.exception_handler(TooOften)
def refuse_haste(request: HttpRequest, error: Exception) -> HttpResponse:
    """429 with the seconds to wait."""
    response = refuse(request, 429, TOO_OFTEN)
    response["Retry-After"] = str(MINUTE)
    return response


@api.exception_handler(HttpError)
def refuse_access(request: HttpRequest, error: Any) -> HttpResponse:
    """401 says how to show a token, as RFC 6750 wants."""
    response = refuse(request, error.status_code, str(error))
    if error.status_code == 401:
        response["WWW-Authenticate"] = 'Bearer realm="leaderboard"'
    return response


@api.exception_handler(Http404)
def refuse_unknown(request: HttpRequest, error: Exception) -> HttpResponse:
    """404."""
    return refuse(request, 404, "There is no such thing here.")


@api.exception_handler(ValidationError)
def refuse_parameters(request: HttpRequest, error: Any) -> HttpResponse:
    """422: a parameter that there is not, or of another kind, each in a sentence."""
    sentences = [f"{each['loc'][-1]}: {each['msg']}." for each in error.errors]
    return refuse(request, 422, " ".join(sentences))


routes = keep_answers(api.urls)
