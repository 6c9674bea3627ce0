"""Results handed in by programs: POST a file, then ask what became of it."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import File, Form, Header, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from leaderboard.models import APIToken, Import

from .access import TokenAuth
from .handing_in import hand_in, read_again
from .options import ImportOptions

router = Router(tags=["imports"], auth=TokenAuth())


class ImportAnswer(Schema):
    """An import: what it would change or has changed, and where a maintainer decides about it."""

    id: int | None = Field(description="null if the files change nothing: then nothing is kept")
    state: str = Field(description="unchanged, pending, done, undone or refused")
    address: str | None = Field(description="where a program asks what became of it")
    confirm_at: str | None = Field(description="where a maintainer looks at it, in the admin")
    waits_because: list[str] = Field([], description="why it was not stored at once")
    refusal: str | None = Field(None, description="why a maintainer refused it")
    changes: int = 0
    preview: dict[str, Any] | None = Field(
        None, description="as `manage.py import_results --json` writes it; null once it is decided"
    )


class Refusal(Schema):
    """Why nothing was stored, in a sentence."""

    detail: str


REFUSALS = {401: Refusal, 403: Refusal, 413: Refusal, 422: Refusal, 429: Refusal}


@router.post(
    "",
    response={200: ImportAnswer, 201: ImportAnswer, **REFUSALS},
    summary="Hand in results",
    description=(
        "Any file that the import reads, up to 50 MB; several, and zips of them, are one import. "
        "201: it is new. 200: the same files with the same options, or the same Idempotency-Key, "
        "were handed in before, or they change nothing. Otherwise nothing is stored."
    ),
    operation_id="hand_in_results",
    url_name="hand-in",
)
def post_import(
    request: HttpRequest,
    response: HttpResponse,
    options: Form[ImportOptions],
    file: File[list[UploadedFile]],
    questions: File[UploadedFile | None] = None,
    idempotency_key: Annotated[str, Header("", alias="Idempotency-Key", max_length=100)] = "",
) -> Any:
    """Read, compare, and store or keep for a maintainer what was handed in."""
    response["Cache-Control"] = "private, no-store"
    token: APIToken = request.auth  # type: ignore[attr-defined]
    handed = hand_in(file, questions, options.model_dump(), token, idempotency_key)
    answer = describe(request, handed.imported)
    if handed.document is not None:
        answer |= {"preview": handed.document, "waits_because": list(handed.waits_because)}
    if handed.is_new and handed.imported:
        response["Location"] = answer["address"]
        return Status(201, answer)
    return Status(200, answer)


@router.get(
    "/{int:pk}",
    response={200: ImportAnswer, 404: Refusal, **REFUSALS},
    summary="What became of an import",
    description="404 for one of another token, and for one that waited for longer than 7 days.",
    operation_id="read_import",
    url_name="import",
)
def get_import(request: HttpRequest, response: HttpResponse, pk: int) -> Any:
    """Describe one that this token has handed in."""
    response["Cache-Control"] = "private, no-store"
    token: APIToken = request.auth  # type: ignore[attr-defined]
    waiting = token.imports.exclude(pk__in=Import.objects.expired())
    imported = get_object_or_404(waiting, pk=pk)
    return Status(200, describe(request, imported) | {"preview": read_again(imported)})


def describe(request: HttpRequest, imported: Import | None) -> dict[str, Any]:
    """What is known of an import without its file."""
    if imported is None:
        return {"id": None, "state": "unchanged", "address": None, "confirm_at": None}
    absolute = request.build_absolute_uri
    return {
        "id": imported.pk,
        "state": imported.state,
        "address": absolute(reverse("api-1:import", args=[imported.pk])),
        "confirm_at": absolute(imported.get_absolute_url()),
        "refusal": imported.refusal or None,
        "changes": imported.change_count,
    }
