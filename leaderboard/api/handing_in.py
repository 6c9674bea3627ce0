"""A file that a program hands in: read, compared, and stored or left to a maintainer."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from ninja.files import UploadedFile

from leaderboard.imports.choices import TICKED, Choices
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.documents import build_document
from leaderboard.imports.effects import find_effects
from leaderboard.imports.memory import without_cycle_search
from leaderboard.imports.pending import reading_from_json, replace_source
from leaderboard.imports.preview import Preview, State
from leaderboard.imports.said import add_choices, read_layout, read_said_source
from leaderboard.imports.storing import check_source, confirm
from leaderboard.imports.waiting import store_waiting
from leaderboard.imports.writing import ImportRefused
from leaderboard.models import APIToken, Column, Import
from leaderboard.readers.files.json_documents import MAX_BYTES
from leaderboard.readers.gathering import Given, read_files
from leaderboard.readers.registry import ReadFile
from leaderboard.readers.results import FileContext

# What somebody has to look at, though it could be stored.
NEEDS_A_LOOK = (State.PARTIAL, State.INVALID, State.OTHER_SETTINGS)
SUMS_READ = 1 << 20  # bytes at a time
ENDED = (
    "The token ended meanwhile: it expired or was revoked, its account was closed, or its "
    "leaderboard was deleted. Ask a maintainer for a new one."
)


class Forbidden(Exception):
    """A file that changes what the token is not for."""


class OtherRequest(Exception):
    """An Idempotency-Key that came with another file or other parameters before."""


class HandedIn(NamedTuple):
    """What became of a request: its import, whether it is new, and its preview."""

    imported: Import | None  # None: it changes nothing, and nothing is kept
    is_new: bool
    document: dict[str, Any] | None = None
    waits_because: tuple[str, ...] = ()


def hand_in(
    files: Sequence[UploadedFile],
    questions: UploadedFile | None,
    options: dict[str, Any],
    token: APIToken,
    key: str = "",
) -> HandedIn:
    """Reads and compares the files, and stores them at once if the token and the preview allow it.

    The same files with the same options, or the same key, are the import that they were before.
    Raises Refused, Misused, ImportRefused, Forbidden or OtherRequest; then nothing is stored.
    """
    check_right(token)
    sum_ = sum_request([*files, *([questions] if questions else [])], options)
    if known := find_known(token, key or sum_, sum_):
        return HandedIn(known, is_new=False)
    with without_cycle_search():
        read = read_given(files, questions, options)
        read, choices = add_choices(read, options)
        if token.leaderboard_id:
            choices = replace(choices, other_facts=TICKED)
        preview = make_preview(read.reading, choices)
        check_scope(preview, token)
        check_source(read)
        document = build_document(read, preview, find_effects(preview), False)
        if not (preview.change_count or preview.blocking):
            return HandedIn(None, True, document)
        imported, is_new = store_once(read, choices, preview, token, key or sum_, sum_)
        if not is_new:
            return HandedIn(imported, is_new)
        reasons = explain_waiting(preview, token)
        if not reasons:
            reasons = store_at_once(imported, read, choices, preview, token)
    document["is_stored"] = imported.state == Import.State.DONE
    return HandedIn(imported, True, document, tuple(reasons))


def renew(token: APIToken) -> APIToken:
    """Returns a token with its account as they are stored now, for files are long on their way.

    Raises Forbidden for one that may not hand in results any more.
    """
    row = APIToken.objects.live().select_related("created_by").filter(pk=token.pk).first()
    if row is None:
        raise Forbidden(ENDED)
    check_right(row)
    return row


def check_right(token: APIToken) -> None:
    """Raises Forbidden for a token of an account that may not import."""
    user: Any = token.created_by
    if not user.has_perm("leaderboard.add_import"):
        raise Forbidden("The account that made this token may not import results any more.")


def sum_request(files: Sequence[UploadedFile], options: dict[str, Any]) -> str:
    """Returns the SHA-256 of the files with their names and of the options."""
    sum_ = hashlib.sha256(json.dumps(options, sort_keys=True).encode())
    for file in files:
        sum_.update(f"\0{file.name}\0{file.size}\0".encode())
        for chunk in file.chunks(SUMS_READ):
            sum_.update(chunk)
        file.seek(0)
    return sum_.hexdigest()


def find_known(token: APIToken, key: str, sum_: str) -> Import | None:
    """Returns the import that a request was before; None for a new one, or one that has expired.

    Raises OtherRequest if the key belongs to another.
    """
    known = token.imports.filter(request_key=key).exclude(pk__in=Import.objects.expired()).first()
    if known and known.request_sha256 != sum_:
        raise OtherRequest
    return known


def read_given(
    files: Sequence[UploadedFile], questions: UploadedFile | None, options: dict[str, Any]
) -> ReadFile:
    """Reads the files as the command line would."""
    asked = FileContext(
        llm=options["llm"],
        benchmark=options["benchmark"],
        questions=questions.read(MAX_BYTES + 1) if questions else b"",  # the rest is refused
        **read_layout(options),
    )
    given = [Given(str(file.name), partial(keep_open, file)) for file in files]
    read = read_files(given, asked, options["format"])
    return read._replace(reading=replace_source(read.reading, **read_said_source(options)))


def keep_open(file: UploadedFile) -> Any:
    """An upload, which is gone once it is closed."""
    return nullcontext(file.file)


def check_scope(preview: Preview, token: APIToken) -> None:
    """Raises Forbidden for a score outside the leaderboard that the token is for."""
    if not token.leaderboard_id:
        return
    columns = Column.objects.filter(leaderboard=token.leaderboard_id)
    allowed = set(columns.values_list("metric_id", flat=True))
    foreign = sorted(
        target.name
        for target in preview.targets.metrics.values()
        if (target.id or target.new) and target.id not in allowed
    )
    if foreign:
        raise Forbidden(
            f"This token is for the leaderboard “{token.leaderboard}”, and these metrics are not "
            f"its columns: {', '.join(foreign[:20])}. Leave them out with leave_out."
        )


def store_once(
    read: ReadFile, choices: Choices, preview: Preview, token: APIToken, key: str, sum_: str
) -> tuple[Import, bool]:
    """Stores what waits; returns it, or what the same request stored a moment earlier, and whether
    it is new. Raises Forbidden if the token is not for it any more."""
    try:
        with transaction.atomic():
            check_scope(preview, renew(token))
            waiting = store_waiting(
                read, choices, token.created_by, token=token, request_key=key, request_sha256=sum_
            )
            return waiting, True
    except IntegrityError:
        if known := find_known(token, key, sum_):
            return known, False
        renew(token)  # says so if what the row names was deleted at this moment
        raise


def explain_waiting(preview: Preview, token: APIToken) -> list[str]:
    """Returns why somebody has to look at it first, in sentences; nothing if nobody has to."""
    user: Any = token.created_by
    reasons = []
    if token.scope != APIToken.Scope.PUBLISH:
        reasons.append("The token proposes: a maintainer confirms it.")
    elif not user.has_perm("leaderboard.change_import"):
        reasons.append("The account that made the token may not confirm imports.")
    if preview.blocking:
        reasons.append("Something in it is undecided.")
    reasons += [
        f"{preview.counts[state]} × {state}" for state in NEEDS_A_LOOK if preview.counts[state]
    ]
    return reasons


def store_at_once(
    imported: Import, read: ReadFile, choices: Choices, preview: Preview, token: APIToken
) -> list[str]:
    """Confirms it; returns why it waits if the content or the token changed at this moment.

    Raises ImportRefused if a maintainer has put it away already.
    """

    def judge(preview: Preview) -> None:
        """Judges as before, by what the content and the token are within the lock."""
        now = renew(token)
        check_scope(preview, now)
        if reasons := explain_waiting(preview, now):
            raise ImportRefused(*reasons)

    reasons: list[str] = []
    try:
        confirm(read, choices, preview.digest, token.created_by, pending=imported, judge=judge)
    except (ImportRefused, Forbidden) as refusal:
        reasons += refusal.args
    try:
        imported.refresh_from_db()  # a try that was undone leaves its mark on the object
    except Import.DoesNotExist:
        raise ImportRefused(*reasons) from None
    return reasons if imported.state == Import.State.PENDING else []


def read_again(imported: Import) -> dict[str, Any] | None:
    """Returns the preview of one that waits, as its file compares with the content now."""
    if imported.state != Import.State.PENDING:
        return None
    stored: Any = imported.reading
    read = ReadFile(
        imported.file_name, imported.file_sha256, imported.format, reading_from_json(stored)
    )
    with without_cycle_search():
        preview = make_preview(read.reading, Choices(**imported.choices))
        return build_document(read, preview, find_effects(preview), False)
