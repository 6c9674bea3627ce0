"""What a browser posted, and the same without rows that cannot be saved any more."""

import re
from collections.abc import Container

from django.contrib.admin.options import TO_FIELD_VAR
from django.http import HttpRequest, QueryDict

from .snapshots import OPENED

MOST_ROWS = 5_000  # of a formset; more than a form may have fields


def asked_to_field(request: HttpRequest) -> str | None:
    """The field by which the address names a row, where a pop-up asks for another than the id."""
    return request.POST.get(TO_FIELD_VAR, request.GET.get(TO_FIELD_VAR))


def replace_post(request: HttpRequest, data: QueryDict) -> None:
    """Let everything that reads the request afterwards read these data."""
    request.POST = data  # type: ignore[assignment]  # django-stubs wants one that is frozen


def posted_ids(data: QueryDict) -> list[str]:
    """The ids of the rows of an editable list."""
    return [
        str(pk) for name, pk in data.items() if name.startswith("form-") and name.endswith("-id")
    ]


def typed_lines(data: QueryDict) -> list[tuple[str, str]]:
    """What somebody typed in a form, without the inputs that the form itself added."""
    own = ("csrfmiddlewaretoken", OPENED, "_", "initial-")
    counts = ("_FORMS", "-id")
    return [
        (name, str(value))
        for name, value in data.items()
        if value and not name.startswith(own) and not name.endswith(counts)
    ]


def without_name(data: QueryDict, name: str) -> QueryDict:
    """What was posted, less one name."""
    rest = data.copy()
    rest.pop(name)
    return rest


def without_rows(
    data: QueryDict, prefix: str, gone: Container[str], pk_name: str = "id"
) -> QueryDict:
    """What was posted of a formset, less the rows that are deleted: they cannot be saved again.

    The rows behind them are numbered anew.
    """
    numbers = [str(number) for number in range(read_count(data.get(f"{prefix}-TOTAL_FORMS")))]
    lost = [number for number in numbers if str(data.get(f"{prefix}-{number}-{pk_name}")) in gone]
    if not lost:
        return data
    kept = [number for number in numbers if number not in lost]
    moved = {f"{prefix}-{old}-": f"{prefix}-{new}-" for new, old in enumerate(kept)}
    dropped = tuple(f"{prefix}-{number}-" for number in lost)
    result = QueryDict(mutable=True)
    for name, values in data.lists():
        start = re.match(rf"{re.escape(prefix)}-[0-9]+-", name)
        if not name.startswith(dropped):
            new_name = moved.get(start[0], start[0]) + name[start.end() :] if start else name
            result.setlist(new_name, values)
    for count in ("TOTAL_FORMS", "INITIAL_FORMS"):
        name = f"{prefix}-{count}"
        result[name] = str(max(0, read_count(data.get(name)) - len(lost)))
    return result


def read_count(text: object) -> int:
    """A formset's count, at most MOST_ROWS; 0 if it is not a number."""
    is_number = isinstance(text, str) and re.fullmatch("[0-9]{1,6}", text)
    return min(int(str(text)), MOST_ROWS) if is_number else 0
