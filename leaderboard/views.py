"""Public pages: get, build, render."""

from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from . import standings as standings_of
from .models import LLM, Leaderboard
from .revision import current_revision
from .selection import Selection
from .tables import StandingsTable

PREVIEW = "Preview: this is how the page will look with all drafts. Visitors do not see it."


@require_safe
def front_page(request):
    """The first published leaderboard, or a word to those who have just installed the site."""
    leaderboards = list(Leaderboard.objects.published())
    if not leaderboards:
        return render(request, "leaderboard/empty.html")
    return leaderboard_page(request, leaderboards[0], leaderboards)


@require_safe
def leaderboard(request, slug):
    leaderboards = list(Leaderboard.objects.published())
    found = next((each for each in leaderboards if each.slug == slug), None)
    if found is None:
        return redirect_renamed(request, Leaderboard, slug)
    return leaderboard_page(request, found, leaderboards)


def leaderboard_page(request, leaderboard, leaderboards, llms=None, preview=""):
    """Also the preview of a draft, with the drafts among its LLMs."""
    revision = current_revision()
    standings = standings_of.of_leaderboard(leaderboard, llms)
    selection = Selection.from_query(request.GET, standings)
    context = {
        "leaderboard": leaderboard,
        "leaderboards": leaderboards,
        "preview": preview,
        "standings": standings,
        "table": StandingsTable(standings, selection),
        "question_count": count_questions(standings),
        "updated": revision.changed_at,
        "canonical": request.build_absolute_uri(leaderboard.get_absolute_url()),
    }
    return render(request, "leaderboard/leaderboard.html", context)


def count_questions(standings):
    """All different questions behind the columns: aggregates ask none of their own."""
    return sum(metric.question_count or 0 for metric in standings.columns if not metric.aggregate)


@require_safe
def llm(request, slug):
    try:
        found = LLM.objects.published().select_related("organization").get(slug=slug)
    except LLM.DoesNotExist:
        return redirect_renamed(request, LLM, slug)
    return llm_page(request, found)


def llm_page(request, llm, preview=""):
    """Also the preview of a draft, among the published LLMs."""
    shown = LLM.objects.filter(Q(is_published=True) | Q(pk=llm.pk))
    standings = standings_of.of_every_metric(shown)
    context = {
        "llm": llm,
        "preview": preview,
        "leaderboards": Leaderboard.objects.published(),
        "groups": standings.scores_by_benchmark(llm.slug),
        "canonical": request.build_absolute_uri(llm.get_absolute_url()),
    }
    return render(request, "leaderboard/llm.html", context)


@require_safe
@permission_required("leaderboard.view_leaderboard", login_url="admin:login")
def preview_leaderboard(request, pk):
    """A leaderboard as it will be, drafts included, for maintainers only."""
    found = get_object_or_404(Leaderboard, pk=pk)
    return leaderboard_page(request, found, [], llms=LLM.objects.all(), preview=PREVIEW)


@require_safe
@permission_required("leaderboard.view_llm", login_url="admin:login")
def preview_llm(request, pk):
    found = get_object_or_404(LLM.objects.select_related("organization"), pk=pk)
    return llm_page(request, found, preview=PREVIEW)


def redirect_renamed(request, model, slug):
    """An address that published content once had leads to the one it has now."""
    past = model.history.filter(slug=slug, is_published=True).values("id")
    found = model.objects.published().filter(pk__in=past).first()
    if found is None:
        raise Http404(f"There is no {model._meta.verbose_name} “{slug}”.")
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{found.get_absolute_url()}{'?' + query if query else ''}", permanent=True)
