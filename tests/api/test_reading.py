"""What the API answers is what the pages show."""

import json

import pytest
from jsonschema import Draft202012Validator

from leaderboard.api import reading
from leaderboard.models import LLM, Leaderboard, Metric, Score, Source
from leaderboard.standings import published
from leaderboard.standings.loading import standings_for
from leaderboard.trail.releases import freeze
from tests.factories import make_benchmark, make_leaderboard, make_llm, make_score
from tests.views.boards import make_boards

API = "/api/v1"


@pytest.fixture
def get(client, anesbench):
    def get(path, **query):
        response = client.get(f"{API}/{path}", query)
        assert response.status_code == 200, response.content
        return response.json()

    return get


def test_the_standings_are_the_export(client, get):
    export = client.get("/leaderboard/anesbench.json", {"sort": "llm", "q": "gpt"}).json()
    assert get("leaderboards/anesbench/standings", sort="llm", q="gpt") == export
    assert len(export["rows"]) > 1


def test_records_are_those_of_the_files(client, get):
    for path, file in (
        ("leaderboards/anesbench/records?q=gpt", "/leaderboard/anesbench.jsonl?q=gpt"),
        ("llms/gpt-4o/records", "/llms/gpt-4o.jsonl"),
    ):
        response = client.get(f"{API}/{path}")
        assert response.content == client.get(file).content
        assert response["Content-Type"] == "application/jsonl"
        assert response.content.count(b'"leaderboard_llm": "gpt-4o"') == 3
    assert client.get(f"{API}/llms/nobody/records").status_code == 404


def test_every_list_says_how_much_there_is_and_leads_to_all_of_it(get):
    assert [row["slug"] for row in get("leaderboards")["items"]] == ["anesbench"]
    llms = get("llms")
    assert (llms["count"], llms["next"]) == (51, None)
    assert {row["slug"] for row in llms["items"]} == set(LLM.objects.values_list("slug", flat=True))
    keys = {metric["key"] for metric in get("metrics")["items"] if metric["benchmark"]}
    assert {key for row in get("benchmarks")["items"] for key in row["metrics"]} == keys
    assert get("sources")["items"][0]["title"]
    organizations = get("organizations")["items"]
    pages = {llm["organization_page"] for llm in llms["items"]}
    assert {organization["page"] for organization in organizations} == pages


def test_leaderboards_are_told_without_the_standings_of_each(client, db, monkeypatch):
    make_boards(8)
    made = []
    monkeypatch.setattr(published, "standings_for", made.append)
    items = client.get(f"{API}/leaderboards").json()["items"]
    standings = [standings_for(board) for board in Leaderboard.objects.published()]
    assert made == []
    assert [(row["llm_count"], row["metrics"], row["ranking_metric"]) for row in items] == [
        (each.llm_count, list(each.position), each.ranking_metric.key) for each in standings
    ]
    assert {row["llm_count"] for row in items} == {0, 3, 4, 5, 6}


def test_scores_come_in_pages(client, get):
    first = get("scores")
    assert first["count"] == 51 * 9
    items, page = list(first["items"]), first
    while page["next"]:
        page = client.get(page["next"]).json()
        items += page["items"]
    assert len(items) == first["count"]
    stored = {(row.llm.slug, row.metric.key): row.value for row in Score.objects.select_related()}
    for item in items:
        if not item["computed"]:
            assert item["value"] == float(stored[item["llm"], item["metric"]])


@pytest.fixture
def lists(client, get):
    """The addresses of all lists of the API, each with three items at least."""
    board = Leaderboard.objects.get()
    for name in ("second", "third"):
        make_leaderboard(list(Metric.objects.all()), slug=name, title=name)
    for metric in Metric.objects.filter(aggregate="")[:3]:
        Metric.objects.filter(pk=metric.pk).update(benchmark=make_benchmark(f"Bench {metric.key}"))
    for number in range(3):
        freeze(board, f"release-{number}")
        llm, source = make_llm(f"New {number}"), Source.objects.create(title=f"Source {number}")
        make_score(llm, Metric.objects.get(key="amcqa-system1"), "1", source=source)
    paths = client.get(f"{API}/openapi.json").json()["paths"]
    return [
        path.replace("{slug}", board.slug)
        for path, methods in paths.items()
        if "PageOf" in str(methods.get("get", {}).get("responses"))
    ]


def test_every_list_ends_and_has_each_item_on_one_page(client, lists, monkeypatch):
    whole = {path: client.get(path).json() for path in lists}
    assert len(whole) == 9
    monkeypatch.setattr(reading, "PAGE", 2)
    for path, all_of_it in whole.items():
        items, following, pages = [], f"{path}?page=1", 0
        while following and pages < 300:
            page = client.get(following).json()
            items += page["items"]
            following = page["next"]
            pages += 1
        assert len(all_of_it["items"]) > 2, path
        assert items[:100] == all_of_it["items"], path
        assert len(items) == all_of_it["count"], path


@pytest.mark.parametrize("page", [1000, 2**63, 10**20])
def test_a_page_far_behind_the_last_has_no_items(page, client, lists):
    for path in lists:
        answer = client.get(path, {"page": page})
        assert answer.status_code == 200, path
        assert (answer.json()["items"], answer.json()["next"]) == ([], None), path


def test_scores_of_one_llm_are_those_of_its_page(get):
    llm = get("llms/gpt-4o")
    found = {item["metric"]: item for item in get("scores", llm="gpt-4o")["items"]}
    assert found.keys() == llm["scores"].keys()
    assert all(found[key] | score == found[key] for key, score in llm["scores"].items())


def test_scores_of_a_leaderboard_are_those_of_its_columns_with_its_ranks(client, get):
    metric = Metric.objects.get(key="amcqa-overall")
    LLM.objects.filter(slug="gpt-4o").update(kind="human")
    Score.objects.filter(llm__slug="phi-4", metric=metric).update(question_count=5)
    make_leaderboard([metric], slug="other", ranks_partial_runs=True)
    found = get("scores", leaderboard="other")
    assert found["count"] == Score.objects.filter(metric=metric).count()
    assert {item["metric"] for item in found["items"]} == {"amcqa-overall"}
    rows = get("leaderboards/other/standings")["rows"]
    assert {item["llm"]: item["rank"] for item in found["items"]} == {
        row["slug"]: row["scores"]["amcqa-overall"]["rank"] for row in rows
    }
    one = get("scores", leaderboard="other", llm="phi-4", metric="amcqa-overall")["items"]
    assert [item["partial"] for item in one] == [True]
    assert one[0]["rank"] is not None
    assert get("scores", leaderboard="other", metric="average")["count"] == 0
    assert client.get(f"{API}/scores", {"leaderboard": "nothing"}).status_code == 404


def test_changes_since_a_revision_are_those_after_it(client, get):
    revision = get("leaderboards")["items"][0]["revision"]
    before = get("changes")["count"]
    score = Score.objects.select_related("metric").filter(metric__aggregate="").first()
    score.value = score.value / 2
    score.save()
    after = get("changes", since=revision)
    assert after["count"] == 1
    assert get("changes")["count"] == before + 1
    assert score.llm.name in json.dumps(after["items"], ensure_ascii=False)
    for unknown in ("nothing", "\0"):
        assert client.get(f"{API}/changes", {"since": unknown}).status_code == 404


def test_answers_are_kept_and_open_to_scripts_of_any_site(client, get):
    response = client.get(f"{API}/llms")
    assert response["Access-Control-Allow-Origin"] == "*"
    again = client.get(f"{API}/llms", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert client.head(f"{API}/llms").status_code == 200
    assert client.post(f"{API}/llms").status_code == 405


@pytest.mark.parametrize("path", ["llms/nobody", "leaderboards/none/standings", "nothing"])
def test_what_there_is_not_is_a_404(client, get, path):
    assert client.get(f"{API}/{path}").status_code == 404


def test_drafts_are_not_told(client, get):
    LLM.objects.get(slug="gpt-4o").delete()
    llm = LLM.objects.first()
    llm.is_published = False
    llm.save()
    assert get("llms")["count"] == 49
    assert client.get(f"{API}/llms/{llm.slug}").status_code == 404
    assert get("scores", llm=llm.slug)["count"] == 0


def test_the_schema_is_openapi_3_1_and_names_every_answer(client, db):
    document = client.get(f"{API}/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["operationId"], (path, method)
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    Draft202012Validator.check_schema(content["schema"])
    imports = document["paths"]["/api/v1/imports"]["post"]
    assert set(imports["responses"]) == {"200", "201", "401", "403", "413", "422", "429"}
