"""The files of a release: what they say, that they never change, and that other tools read them."""

import io
import json
import re
import shutil
import subprocess
import zipfile
from base64 import b64decode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
import yaml
from django.core.cache import cache
from jsonschema import validate
from pybtex.database import parse_string

from leaderboard.exports.bundle import bundle
from leaderboard.exports.schema import SCHEMA
from leaderboard.models import LLM, Leaderboard, Release
from leaderboard.models.revision import publish_change
from leaderboard.trail.releases import freeze, read_payload
from leaderboard.views import releases
from tests.conftest import skip_or_fail
from tests.exports.taking import csv_rows
from tests.exports.test_recompute import found, make_hard_board
from tests.trail.editing import EDITS, make_site

BOARD = "/leaderboard/anesbench"
ARCHIVE = f"{BOARD}/releases/2026-11.zip"
FROZEN_AT = datetime(2026, 11, 26, 10, 20, 31, 500, UTC)
MEMBERS = [
    "README.md", "payload.json", "standings.csv", "standings.json", "standings.md", "standings.tex",
    "citation.bib", "CITATION.cff", "croissant.json",
]  # fmt: skip


def freeze_at_noon(monkeypatch, **texts):
    monkeypatch.setattr("django.utils.timezone.now", lambda: FROZEN_AT)
    board = Leaderboard.objects.get()
    for name, text in texts.items():
        setattr(board, name, text)
    board.save()
    release = freeze(board, "2026-11", "The first one.")
    monkeypatch.undo()
    return release


@pytest.fixture
def frozen(anesbench, monkeypatch):
    return freeze_at_noon(monkeypatch, data_licence="CC-BY-4.0")


def take(client, ending, slug="anesbench"):
    answer = client.get(f"/leaderboard/{slug}/releases/2026-11.{ending}")
    assert answer.status_code == 200
    return answer


def unpack(client, slug="anesbench"):
    with zipfile.ZipFile(io.BytesIO(take(client, "zip", slug).content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def run(tool, folder, *arguments):
    """What a validator says; the test is skipped without it.

    CI has both in an environment of their own: cffconvert wants a jsonschema older than ours.
    """
    path = shutil.which(tool)
    if path is None:
        skip_or_fail(f"There is no {tool} on this machine")
    return subprocess.run(
        [path, *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


# How to cite it


def test_a_bibliography_names_the_release_and_no_day_of_a_visit(frozen, client):
    text = take(client, "bib").content.decode()
    entries = parse_string(text, "bibtex").entries
    assert list(entries) == ["feng2025anesbench", "anesbench-2026-11"]
    entry = entries["anesbench-2026-11"]
    assert [str(person) for person in entry.persons["author"]][:2] == [
        "Feng, Xiang",
        "Jiang, Wentao",
    ]
    assert dict(entry.fields) == {
        "title": "{LeaderBoard - AnesBench}",
        "version": "2026-11",
        "year": "2026",
        "month": "November",
        "url": f"http://testserver{BOARD}/releases/2026-11/",
        "note": f"SHA-256 {frozen.sha256}",
    }


def test_a_leaderboard_without_authors_is_the_author_itself(anesbench, client, monkeypatch):
    freeze_at_noon(monkeypatch, citation="", title="50 % {of} A_B & C")
    text = take(client, "bib").content.decode()
    entry = parse_string(text, "bibtex").entries["anesbench-2026-11"]
    assert entry.fields["title"] == (r"{50 \% \textbraceleft{}of\textbraceright{} A\_B \& C}")
    assert "author  = {{50 \\%" in text
    cff = yaml.safe_load(take(client, "cff").content)
    assert cff["authors"] == [{"name": "50 % {of} A_B & C"}]


def test_a_doi_enters_what_cites_the_release(frozen, client):
    before = {ending: take(client, ending).content for ending in ("bib", "cff", "zip", "csv")}
    release = Release.objects.get()
    release.doi = "10.5281/zenodo.1234567"
    release.save()
    after = {ending: take(client, ending).content for ending in before}
    assert [ending for ending in before if before[ending] != after[ending]] == ["bib", "cff"]
    assert b"doi     = {10.5281/zenodo.1234567}" in after["bib"]
    assert yaml.safe_load(after["cff"])["doi"] == "10.5281/zenodo.1234567"


def test_a_citation_file_has_what_its_format_asks_for(frozen, client):
    cff = yaml.safe_load(take(client, "cff").content)
    assert cff.pop("abstract").startswith("The following leaderboard")
    assert cff.pop("authors")[0] == {"given-names": "Xiang", "family-names": "Feng"}
    assert cff == {
        "cff-version": "1.2.0",
        "message": "Please cite this release when you use its data.",
        "type": "dataset",
        "title": "LeaderBoard - AnesBench",
        "version": "2026-11",
        "date-released": "2026-11-26",
        "url": f"http://testserver{BOARD}/releases/2026-11/",
        "license": "CC-BY-4.0",
        "identifiers": [
            {
                "type": "other",
                "value": f"sha256:{frozen.sha256}",
                "description": "SHA-256 of the frozen state, payload.json",
            }
        ],
    }


def test_cffconvert_takes_the_citation_file(frozen, client, tmp_path):
    (tmp_path / "CITATION.cff").write_bytes(take(client, "cff").content)
    done = run("cffconvert", tmp_path, "--validate", "-i", "CITATION.cff")
    assert (done.returncode, done.stdout.split()[:4]) == (
        0,
        ["Citation", "metadata", "are", "valid"],
    )


# The archive


def test_an_archive_holds_all_and_its_description_fits(frozen, client):
    files = unpack(client)
    assert list(files) == MEMBERS
    assert sha256(files["payload.json"]).hexdigest() == frozen.sha256
    croissant = json.loads(files["croissant.json"])
    assert {each["name"]: each["sha256"] for each in croissant["distribution"]} == {
        name: sha256(content).hexdigest()
        for name, content in files.items()
        if name not in ("README.md", "croissant.json")
    }
    (records,) = croissant["recordSet"]
    columns = files["standings.csv"].decode().splitlines()[0].split(",")
    assert [each["name"] for each in records["field"]] == columns
    assert {f"average{mark}" for mark in ("", "_low", "_high", "_n")} <= set(columns)
    readme = files["README.md"].decode()
    for words in ("The first one.", frozen.sha256, "Frozen on 2026-11-26 10:20 UTC", "CC-BY-4.0"):
        assert words in readme


def test_an_archive_has_the_same_bytes_and_the_time_of_freezing(frozen, client):
    content = take(client, "zip").content
    publish_change()  # nothing is kept
    assert take(client, "zip").content == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    assert {entry.date_time for entry in entries} == {
        (2026, 11, 26, 10, 20, 30)  # a ZIP counts in steps of two seconds
    }


def test_an_archive_takes_the_payload_as_it_is_stored_compressed(frozen, client):
    content = take(client, "zip").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo("payload.json")
    stored = frozen.payload[2:-4]  # without what zlib puts around
    assert (entry.compress_size, content.count(stored)) == (len(stored), 1)


def test_an_archive_is_packed_once_for_an_address_and_its_bytes_are_checked_each_time(
    frozen, client, monkeypatch
):
    packed = []

    def count_and_pack(cited, *rest):
        packed.append(cited.address)
        return bundle(cited, *rest)

    monkeypatch.setattr(releases, "bundle", count_and_pack)
    for host in ("testserver", "testserver", "localhost", "testserver"):
        cache.clear()  # which keeps an archive of less than 2 MB
        assert client.get(ARCHIVE, headers={"host": host}).status_code == 200
    page = f"{BOARD}/releases/2026-11/"
    assert packed == [f"http://{host}{page}" for host in ("testserver", "localhost", "testserver")]
    rows = Release.objects.all()
    super(type(rows), rows).update(payload=frozen.payload[:-9])  # as a failing disk leaves them
    cache.clear()
    assert client.get(ARCHIVE).status_code == 503


def test_mlcroissant_reads_the_archive(frozen, client, tmp_path):
    for name, content in unpack(client).items():
        (tmp_path / name).write_bytes(content)
    done = run("mlcroissant", tmp_path, "validate", "--jsonld", "croissant.json")
    assert (done.returncode, "Done." in done.stderr) == (0, True)
    done = run("mlcroissant", tmp_path, "load", "--jsonld", "croissant.json",
               "--record_set", "standings", "--num_records", "2")  # fmt: skip
    assert (done.returncode, "deepseek-r1" in done.stdout + done.stderr) == (0, True)


def test_every_column_of_a_release_is_described(client, db):
    make_site()
    for name in ("n", "unit label", "hidden column", "a new LLM", "fact"):
        EDITS[name]()
    freeze(Leaderboard.objects.get(), "2026-11")
    files = unpack(client, "board")
    (records,) = json.loads(files["croissant.json"])["recordSet"]
    described = {each["name"]: each["description"] for each in records["field"]}
    assert described["one_partial"] == "Bench one: is it of fewer questions than the metric has?"
    assert described["speed"] == "speed (ms)"
    assert list(described) == files["standings.csv"].decode().splitlines()[0].split(",")


# Headers


def test_tags_and_digests_are_made_from_the_hash(frozen, client):
    answer = client.get(f"{BOARD}/releases/2026-11/payload.json")
    assert answer["ETag"] == f'"{frozen.sha256}"'
    digest = answer["Repr-Digest"].removeprefix("sha-256=:").removesuffix(":")
    assert b64decode(digest).hex() == frozen.sha256 == sha256(answer.content).hexdigest()
    assert "no-transform" in answer["Cache-Control"]
    assert answer["Access-Control-Allow-Origin"] == "*"
    again = client.get(
        f"{BOARD}/releases/2026-11/payload.json", headers={"if-none-match": answer["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert answer.content == read_payload(frozen)


@pytest.mark.parametrize("encoding", ["", "br"])
@pytest.mark.parametrize("ending", ["csv", "json", "bib", "zip"])
def test_a_file_keeps_its_tag_when_something_else_changes(ending, encoding, frozen, client):
    address, headers = f"{BOARD}/releases/2026-11.{ending}", {"accept-encoding": encoding}
    first = client.get(address, headers=headers)
    publish_change()
    headers["if-none-match"] = first["ETag"]
    assert client.get(address, headers=headers).status_code == 304
    other = client.get(f"{address}?sort=llm&utm_source=x")
    assert (other["ETag"] == first["ETag"]) is (ending in ("bib", "zip") and not encoding)
    assert first["X-State"] == frozen.sha256


def test_files_hold_the_view_that_was_asked_for(frozen, client):
    query = {"q": "qwen", "sort": "llm", "columns": "average", "intervals": "off"}
    rows = csv_rows(client.get(f"{BOARD}/releases/2026-11.csv", query))
    live = csv_rows(client.get(f"{BOARD}.csv", query))
    assert rows == live
    document = client.get(f"{BOARD}/releases/2026-11.json", query).json()
    assert [row["llm"] for row in document["rows"]] == [row["llm"] for row in rows]
    assert (document["leaderboard"]["revision"], document["leaderboard"]["title"]) == (
        frozen.sha256,
        "LeaderBoard - AnesBench, release 2026-11",
    )
    assert document["view"]["address"].endswith(
        "/releases/2026-11/?sort=llm&q=qwen&columns=average&intervals=off"
    )


def test_a_page_describes_the_release_for_search_engines(frozen, client):
    page = client.get(f"{BOARD}/releases/2026-11/").content.decode()
    script = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    data = json.loads(script)
    assert (data["@type"], data["version"], data["license"]) == (
        "Dataset",
        "2026-11",
        "https://spdx.org/licenses/CC-BY-4.0.html",
    )
    assert [each.get("sha256") for each in data["distribution"]] == [None, None, frozen.sha256]


# Whatever names say


def test_hostile_names_stay_texts_in_every_file(client, db):
    attack = """</script><script>alert(1)"<img src=x>: - {x} %s ' \\\\ |"""
    make_site()
    board = Leaderboard.objects.get()
    board.title, board.introduction, board.citation = attack, attack, ""
    board.save()
    llm = LLM.objects.get(name="Alpha")
    llm.name = f"=1+1 {attack}"
    llm.save()
    freeze(Leaderboard.objects.get(), "2026-11", attack)
    cff = yaml.safe_load(take(client, "cff", "board").content)
    assert (cff["title"], cff["authors"]) == (attack, [{"name": attack}])
    assert list(parse_string(take(client, "bib", "board").content.decode(), "bibtex").entries)
    croissant = json.loads(unpack(client, "board")["croissant.json"])
    assert croissant["alternateName"] == f"{attack}, release 2026-11"
    for address in ("releases/2026-11/", "releases/", "diff/?from=2026-11&to=now"):
        page = client.get(f"/leaderboard/board/{address}").content
        assert b"<script>alert" not in page
        assert b"<img src=x>" not in page


# The JSON


def test_the_json_of_a_release_is_the_live_one_but_for_local_ids_and_derived_errors(frozen, client):
    live, data = (client.get(f"{BOARD}{name}.json").json() for name in ("", "/releases/2026-11"))
    for document in (live, data):
        for row in document["rows"]:
            for score in row["scores"].values():
                del score["source"], score["standard_error"]
        del document["leaderboard"], document["view"]["address"]
    assert data == live


@pytest.mark.parametrize("ranks_partial_runs", [False, True])
def test_the_json_of_a_release_lacks_only_what_was_computed_and_not_shown(
    ranks_partial_runs, client, db
):
    board = make_hard_board(ranks_partial_runs=ranks_partial_runs)
    freeze(board, "2026-11")
    text = take(client, "json", "board").content.decode()
    validate(json.loads(text), SCHEMA)
    hidden = re.compile(r"[\w-]+, (overall|weighted): value: the file says None, recomputed .+")
    assert [each for each in found(text) if not hidden.fullmatch(each)] == []
    assert found(client.get("/leaderboard/board/releases/2026-11/payload.json").content) == []
    assert "98765" not in text
