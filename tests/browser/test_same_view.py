"""With script: the same view at once, under the same address."""

from urllib.parse import urlencode

import pytest

from leaderboard.models import LLM, Leaderboard, LeaderboardState, Metric, Score
from leaderboard.models.revision import publish_change
from tests.browser.reading import follow, url_of
from tests.factories import (
    give_scores_to_more_llms,
    make_board_of_units,
    make_llm,
    make_scores,
)

OF_ANY_SIZE = ("cost", "latency", "tokens", "rating", "gain")  # metrics of make_board_of_units

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def order(page):
    return page.eval_on_selector_all("#standings tbody tr", "rows => rows.map(row => row.id)")


def view_of(page):
    """What a visitor sees of the table: rows, marks, headers, status."""
    return {
        "rows": order(page),
        "steps": page.eval_on_selector_all(
            "#standings tbody tr.step", "rows => rows.map(row => row.id)"
        ),
        "sorted": page.eval_on_selector_all(
            "[aria-sort]", "all => all.map(th => [th.dataset.column, th.ariaSort])"
        ),
        "headers": page.eval_on_selector_all(
            "#standings th[data-column]",
            "all => all.filter(th => !th.hidden)"
            ".map(th => [th.dataset.column, th.firstElementChild.getAttribute('href')])",
        ),
        "status": page.locator("#status").inner_text(),
        "chips": page.eval_on_selector_all(
            "#chips a", "all => all.map(a => [a.textContent, a.getAttribute('href')])"
        ),
        "has no match": page.locator("#none").is_visible(),
        "ranks": page.eval_on_selector_all(
            "#standings td.by", "all => all.map(td => td.dataset.rank)"
        ),
    }


@pytest.fixture
def same_from_the_server(open_page):
    """What the server makes, without script, of the address that a page has now."""
    plain = open_page("/nowhere/", 1280)

    def view(page):
        plain.goto(url_of(page))
        return view_of(plain)

    return view


@pytest.fixture
def scripted(open_page):
    """The leaderboard with script, and the list of what it asks of the server from now on."""
    page = open_page("/leaderboard/anesbench/", 1280, script=True)
    requests = []
    # A browser looks after its icon at every new address; the page did not ask.
    page.on("request", lambda each: each.url.endswith("/mark.svg") or requests.append(each.url))
    return page, requests


@pytest.mark.slow
def test_every_header_clicked_twice_gives_the_order_of_the_server(scripted, same_from_the_server):
    page, requests = scripted
    for header in page.locator("#standings th[data-column]").all():
        for _ in range(2):
            header.locator("a").click()
            assert requests == []
            assert view_of(page) == same_from_the_server(page)


@pytest.mark.slow
def test_missing_scores_stay_last_in_both_directions_with_script(scripted, same_from_the_server):
    Score.objects.filter(llm__slug="gpt-4o", metric__key="anesbench-system2").get().delete()
    page, _ = scripted
    page.reload()
    header = page.locator('[data-column="anesbench-system2"] a')
    for _ in range(2):
        header.click()
        assert order(page)[-1] == "gpt-4o"
        assert view_of(page) == same_from_the_server(page)


def test_a_partial_run_stands_last_with_script_as_it_does_without(scripted, same_from_the_server):
    scores = Score.objects.filter(llm__slug="gpt-4o", metric__key__startswith="anesbench-system")
    scores.update(question_count=1)  # the average is made from them
    publish_change()
    page, requests = scripted
    page.reload()
    requests.clear()
    for key in ("average", "anesbench-system2", "anesbench-system2", "llm", "average"):
        page.locator(f'[data-column="{key}"] a').click()
        assert requests == []
        assert view_of(page) == same_from_the_server(page)
        assert (order(page)[-1] == "gpt-4o") is (key != "llm")


def test_typing_and_ticking_filter_without_a_request(scripted, same_from_the_server):
    page, requests = scripted
    page.locator("[name=q]").press_sequentially("QWEN")
    page.locator("summary", has_text="Weights").click()
    page.locator('[name=weights][value="open"]').check()
    page.locator("[name=min_size]").fill("10")
    assert url_of(page).endswith("?q=QWEN&weights=open&min_size=10")
    page.locator('[data-column="amcqa-overall"] a').click()
    assert url_of(page).endswith("?sort=-amcqa-overall&q=QWEN&weights=open&min_size=10")
    assert requests == []
    assert view_of(page) == same_from_the_server(page)
    assert page.locator("#status").inner_text() == (
        "Sorted by AMCQA overall, descending, 10 of 51 LLMs."
    )


@pytest.mark.slow
def test_those_left_out_as_unknown_are_told_by_the_script_too(scripted, same_from_the_server):
    page, requests = scripted
    page.locator("[name=max_size]").fill("8")
    assert "Left out: 1 whose size is unknown (include)." in page.locator("#status").inner_text()
    assert view_of(page) == same_from_the_server(page)
    page.locator("#status a").click()
    assert url_of(page).endswith("?max_size=8&size=unknown")
    assert (order(page)[0], requests) == ("gpt-4o", [])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "field", "typed"),
    [
        ("?sort=bogus", "q", "qwen"),
        ("?sort=llm&sort=-llm&intervals=bogus", "q", "qwen"),
        ("?columns=bogus", "q", "qwen"),
        ("?min_size=1e1", "q", "qwen"),
        ("", "min_size", "7000000000"),
        ("", "q", "q\u00adwen\u200b"),
    ],
)
def test_the_script_reads_an_address_as_the_server_does(
    open_page, same_from_the_server, address, field, typed
):
    page = open_page("/leaderboard/anesbench/" + address, 1280, script=True)
    page.locator(f"[name={field}]").fill(typed)
    page.wait_for_selector("#view:not([aria-busy])")  # what is not on the page is fetched
    assert view_of(page) == same_from_the_server(page)


@pytest.mark.slow
def test_a_row_that_is_filtered_away_stays_ticked_for_the_comparison(scripted):
    page, _ = scripted
    for text, slug in (("qwen", "qwen3-32b"), ("gpt", "gpt-4o")):
        page.locator("[name=q]").fill(text)
        page.locator(f"#{slug} input[name=llm]").check()
    follow(page, page.get_by_role("button", name="Compare"))
    assert sorted(url_of(page).partition("?")[2].split("&")) == ["llm=gpt-4o", "llm=qwen3-32b"]


@pytest.mark.slow
def test_columns_are_hidden_without_a_request(scripted, same_from_the_server):
    page, requests = scripted
    page.locator("summary", has_text="Columns").click()
    for key in ("anesbench-system1", "anesbench-system1x", "anesbench-system2",
                "anesbench-overall", "amcqa-system1"):  # fmt: skip
        page.locator(f'[name=columns][value="{key}"]').uncheck()
    assert url_of(page).endswith("?columns=amcqa-system1x,amcqa-system2,amcqa-overall,average")
    assert requests == []
    assert view_of(page) == same_from_the_server(page)
    groups = page.locator("#standings .groups > :visible").all_inner_texts()
    assert [text.split() for text in groups] == [
        ["Rank", "by", "Average"],
        ["AMCQA", "Chinese"],
        [],
    ]


def test_back_and_forward_walk_through_five_states(scripted):
    page, requests = scripted
    states = [(url_of(page), view_of(page))]
    for step in (
        lambda: page.locator('[data-column="llm"] a').click(),
        lambda: page.locator("[name=q]").press_sequentially("lla"),
        lambda: page.locator('[data-column="average"] a').click(),
        lambda: page.locator("#reset").click(),
    ):
        step()
        states.append((url_of(page), view_of(page)))
    assert len({url for url, _ in states}) == 4  # the reset leads to the first again
    for url, view in states[-2::-1]:
        page.go_back()
        assert (url_of(page), view_of(page)) == (url, view)
    for url, view in states[1:]:
        page.go_forward()
        assert (url_of(page), view_of(page)) == (url, view)
    assert requests == []


@pytest.mark.slow
def test_a_filtered_address_shows_the_same_and_widens_by_asking_the_server(
    open_page, same_from_the_server
):
    page = open_page("/leaderboard/anesbench/?q=gemma", 1280, script=True)
    assert len(order(page)) == 6
    page.locator("[name=q]").fill("gpt")
    page.wait_for_selector("#gpt-4o")
    assert view_of(page) == same_from_the_server(page)


@pytest.mark.slow
def test_a_long_leaderboard_is_fetched_in_place(open_page, anesbench):
    board = Leaderboard.objects.get()
    give_scores_to_more_llms(board, 120)
    page = open_page("/leaderboard/anesbench/", 1280, script=True)
    page.evaluate("window.kept = true")
    page.locator('[data-column="llm"] a').click()
    page.wait_for_selector('[data-column="llm"][aria-sort="ascending"]')
    assert (len(order(page)), page.evaluate("window.kept")) == (100, True)
    page.locator("[rel=next]").click()
    page.wait_for_selector("[rel=prev]")
    assert page.evaluate("window.kept") is True
    assert len(order(page)) == 71


@pytest.mark.slow
def test_grouped_and_negative_numbers_sort_by_their_value_with_script(
    open_page, same_from_the_server
):
    make_board_of_units()
    for number, value in enumerate(("9", "1000000", "-0.5", "100000000000001", "99999")):
        llm = make_llm(f"More {number}")
        make_scores({llm: dict.fromkeys(Metric.objects.filter(key__in=OF_ANY_SIZE), value)})
    page = open_page("/leaderboard/board/", 1280, script=True)
    for header in page.locator("#standings th[data-column]").all():
        for _ in range(2):
            header.locator("a").click()
            assert view_of(page) == same_from_the_server(page)
    page.locator('[data-column="gain"] a').click()
    assert order(page) == [
        "more-3", "beta", "more-1", "more-4", "more-0", "more-2", "alpha",
    ]  # fmt: skip


def test_a_page_of_the_past_stays_in_the_past_with_script(
    open_page, anesbench, same_from_the_server
):
    state = LeaderboardState.objects.get()
    llm = LLM.objects.get(slug="phi-4")
    llm.name = "Phi anew"
    llm.save()
    past = f"/leaderboard/anesbench/?{urlencode({'at': state.changed_at.isoformat()})}"
    page = open_page(past, 1280, script=True)
    requests = []
    page.on("request", lambda each: requests.append(each.url))
    page.locator("#standings th[data-column='llm'] a").click()
    assert "sort=llm" in url_of(page)
    assert "at=" in url_of(page)
    assert [url for url in requests if "/static/" not in url] == []  # an icon may come late
    assert view_of(page) == same_from_the_server(page)
    page.locator("[name='q']").fill("phi-4")
    assert order(page) == ["phi-4"]
    page.locator("#reset").click()
    assert "at=" in url_of(page)
    follow(page, page.get_by_role("link", name="Today’s page"))
    assert url_of(page).endswith("/leaderboard/anesbench/")
    assert page.locator("#phi-4 th a").inner_text() == "Phi anew"
