"""The content security policy: nothing that a page does is refused by the browser."""

from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from leaderboard.models import LLM
from tests.browser.reading import COMPARE, follow, log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def watched(chromium, live_server, anesbench):
    """(page, complaints): what the browser refuses or writes into its console, as it happens."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    complaints = []
    context.expose_binding(
        "complain", lambda source, text: complaints.append((url_path(source["page"]), text))
    )
    context.add_init_script(
        "document.addEventListener('securitypolicyviolation', event => complain("
        "`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile} ${event.sample}`))"
    )
    context.on("console", lambda said: complaints.extend(complaints_of(said)))
    context.on("weberror", lambda error: complaints.append((error.page.url, str(error.error))))
    page = context.new_page()
    page.goto(live_server.url + "/")
    yield page, complaints
    context.close()


def complaints_of(said):
    """Errors and warnings; a page without an icon of its own makes the browser ask for one."""
    if said.type in ("error", "warning") and not said.location["url"].endswith("/favicon.ico"):
        yield said.text


def url_path(page):
    return urlsplit(page.url).path


def walk(page, start, origin, allowed):
    """Visit the first page of each kind of address that links lead to; the kinds seen."""
    waiting, kinds = [start], {}
    while waiting:
        path = waiting.pop(0)
        kind = resolve(path).view_name
        if kind in kinds or not allowed(kind, path):
            continue
        kinds[kind] = path
        page.goto(origin + path)
        page.mouse.move(200, 200)
        waiting += page.eval_on_selector_all(
            "a[href]:not([hreflang])",  # one language: the other has the same pages
            "(all, origin) => all.filter(a => a.origin === origin && a.pathname.endsWith('/'))"
            ".map(a => a.pathname)",
            origin,
        )
    return kinds


@pytest.mark.slow
def test_no_public_page_is_refused_anything(watched, live_server):
    page, complaints = watched
    kinds = walk(page, "/", live_server.url, lambda kind, path: not path.startswith("/admin/"))
    page.goto(live_server.url + COMPARE + "?llm=gpt-4o&llm=phi-4")
    page.goto(live_server.url + "/leaderboard/anesbench/embed/")
    page.goto(live_server.url + "/llms/gpt-4o/badge.svg")
    page.goto(live_server.url + "/leaderboard/anesbench/?q=llama")
    page.locator("[name=q]").fill("gpt")
    page.locator('[data-column="llm"] a').click()
    page.locator("summary", has_text="Columns").click()
    pages = {"front", "leaderboard", "compare", "llm", "benchmark", "source", "ranks", "changes"}
    assert pages | {"api"} <= kinds.keys()
    assert complaints == []


def test_a_violation_of_the_policy_would_be_seen(watched):
    page, complaints = watched
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">')")
    for _ in range(100):  # the browser tells it when it comes to it
        if "style-src-attr" in str(complaints):
            break
        page.wait_for_timeout(100)
    assert "style-src-attr" in str(complaints)


@pytest.mark.slow
def test_no_page_of_the_admin_is_refused_anything(watched, live_server):
    page, complaints = watched
    log_in(page, live_server)
    kinds = walk(page, "/admin/", live_server.url, in_admin)
    names = {"changelist", "add", "change", "history", "delete", "simple_history"}
    of_llms = {f"admin:leaderboard_llm_{name}" for name in names}
    assert of_llms | {"admin:consistency", "admin:guided-benchmark", "preview-llm"} <= kinds.keys()
    assert complaints == []


def in_admin(kind, path):
    return path.startswith("/admin/") and kind not in ("admin:logout", "admin:jsi18n")


@pytest.mark.slow
def test_no_widget_of_the_admin_is_refused_anything(watched, live_server):
    page, complaints = watched
    log_in(page, live_server)
    llm = LLM.objects.get(slug="gpt-4o")
    page.goto(f"{live_server.url}/admin/leaderboard/llm/{llm.pk}/change/")
    page.locator(".select2-selection").first.click()
    page.locator(".select2-search__field").last.fill("a")
    page.wait_for_selector(".select2-results__option")
    page.keyboard.press("Escape")
    page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true })")
    page.locator(".datetimeshortcuts a:visible").last.click()
    page.wait_for_selector(".calendarbox:visible")
    page.keyboard.press("Escape")
    with page.expect_popup() as opened:
        page.locator("a.related-widget-wrapper-link.add-related:visible").first.click()
    opened.value.wait_for_load_state()
    opened.value.close()
    page.locator("[name=name]").fill("")
    follow(page, "[name=_save]")  # an error, marked in the form
    page.goto(f"{live_server.url}/admin/leaderboard/llm/")
    page.locator("#action-toggle").check()
    page.locator("[name=action]").select_option("delete_selected")
    follow(page, "[name=index]")
    page.goto(f"{live_server.url}/admin/password_change/")
    follow(page, "#logout-form button")
    assert complaints == []
