"""The first page of the admin: what needs a look, what one does most, and the newest changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leaderboard.models import LLM, DraftLink, Import, Leaderboard, Score, SitePage
from leaderboard.standings.consistency import FindingKind, check

from .deleted import VIEWS
from .newest import list_changes

MOST_CHECKED = 5_000  # scores; with more, checking takes longer than a first page may
SHOWN_ROWS = 4  # of one kind of drafts, and of imports

# What the README describes: (permissions, name of the address, title, what it is).
TASKS = (
    (("add_llm",), "leaderboard_llm_add", _("Add an LLM"), _("Its facts and all its scores")),
    (("add_import",), "leaderboard_import_add", _("Import a file"),
     _("Scores of many LLMs, seen before they are stored")),
    (("add_benchmark", "add_metric", "add_component", "add_column", "add_leaderboard"),
     "guided-benchmark", _("Add a benchmark"), _("With its metrics and the leaderboard for them")),
    (("change_llm",), "leaderboard_llm_changelist", _("Correct a score"),
     _("Open the LLM and type the new value")),
    (("add_release",), "", _("Freeze a release"), _("A state that papers can cite")),
    (("add_sitepage",), "leaderboard_sitepage_add", _("Write a page"),
     _("“About”, “How to submit”")),
    (VIEWS, "deleted", _("Put something back"), _("What was deleted, by whom and why")),
)  # fmt: skip


class Task(NamedTuple):
    """A button of the first page."""

    address: str
    title: Any
    what: Any


@dataclass(frozen=True)
class Drafts:
    """The unpublished rows of one kind, the newest of them with the addresses of their forms."""

    kind: Any
    count: int
    rows: list[tuple[Any, str]]
    address: str  # of the list of all of them


def build_home(request: HttpRequest) -> dict[str, Any]:
    """What the page shows, of what somebody may see."""
    findings = count_findings(request)
    pending = list_pending(request)
    drafts = list(list_drafts(request))
    links = count_links(request)
    return {
        "tasks": list(list_tasks(request)),
        "findings": findings,
        "pending": pending,
        "drafts": drafts,
        "open_links": links,
        "needs_nothing": findings == [] and not (pending or drafts or links),
        "changes": list_changes(request),
        "is_unchecked": findings is None,
    }


def may(request: HttpRequest, *names: str) -> bool:
    """Whether somebody has these permissions."""
    user: Any = request.user
    return bool(user.has_perms([f"leaderboard.{name}" for name in names]))


def list_tasks(request: HttpRequest) -> Iterator[Task]:
    """The tasks that somebody may do."""
    for permissions, name, title, what in TASKS:
        if may(request, *permissions):
            yield Task(reverse(f"admin:{name}") if name else freeze_address(), title, what)


def freeze_address() -> str:
    """Where a release is frozen: of the only published leaderboard, else of one from the list."""
    published = list(Leaderboard.objects.published().values_list("pk", flat=True)[:2])
    if len(published) == 1:
        return reverse("admin:freeze-release", args=published)
    return reverse("admin:leaderboard_leaderboard_changelist") + "?is_published__exact=1"


def count_findings(request: HttpRequest) -> list[tuple[FindingKind, int]] | None:
    """[(kind, number)] of what is inconsistent; None if there is too much to check it here."""
    if not may(request, "view_score"):
        return []
    if Score.objects.count() > MOST_CHECKED:
        return None
    report = check()
    counts = [(kind, len(report.of(kind))) for kind in FindingKind]
    return [(kind, count) for kind, count in counts if count]


def list_pending(request: HttpRequest) -> list[Import]:
    """The newest imports that wait for somebody to confirm or discard them."""
    if not may(request, "view_import"):
        return []
    waiting = Import.objects.filter(state=Import.State.PENDING)
    waiting = waiting.exclude(pk__in=Import.objects.expired()).select_related("created_by")
    return list(waiting.defer("reading", "choices", "changes")[:SHOWN_ROWS])


def list_drafts(request: HttpRequest) -> Iterator[Drafts]:
    """The unpublished rows of each kind."""
    models: tuple[Any, ...] = (Leaderboard, LLM, SitePage)
    for model in models:
        name = model._meta.model_name
        if not may(request, f"view_{name}"):
            continue
        drafts = model.objects.filter(is_published=False).order_by("-pk")
        rows = [
            (row, reverse(f"admin:leaderboard_{name}_change", args=[row.pk]))
            for row in drafts[:SHOWN_ROWS]
        ]
        if rows:
            address = reverse(f"admin:leaderboard_{name}_changelist") + "?is_published__exact=0"
            yield Drafts(model._meta.verbose_name_plural, drafts.count(), rows, address)


def count_links(request: HttpRequest) -> int:
    """How many links open a draft to somebody without an account."""
    return DraftLink.objects.live().count() if may(request, "view_draftlink") else 0


show_index: Any = admin.site.index


def show_home(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Django's first page, with more on it than its lists."""
    page: HttpResponse = show_index(request, build_home(request) | (extra_context or {}))
    return page


admin.site.index = show_home  # type: ignore[assignment, method-assign]  # its addresses ask the site for it
admin.site.index_template = "admin/home.html"
