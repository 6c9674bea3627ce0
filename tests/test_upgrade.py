"""What the first release has stored is the same site with every later one."""

import hashlib
import json
import sqlite3
from contextlib import closing

import pytest
from django.conf import settings

from .first_release import FILE, FIRST, columns_of_first, insert
from .sites import manage
from .trail.golden import golden_file, golden_versions, read_golden

MIGRATIONS = settings.BASE_DIR / "leaderboard" / "migrations"
FROZEN = {
    "0001_initial": "9d68663ed71a3efb56259ceec9930c26d5fdd137802adf917b117f2fc0738b92",
    "0002_login_attempts": "2efc7e6b4dc28eb23c541b16a2a94a454d3327e588e062cecb76f4fcc0a5cd6f",
}
# Printed by the site itself: what visitors can take away, and its pages.
EXPORTS = """
import json
from django.test import Client
from leaderboard.models import LLM
client = Client(SERVER_NAME="localhost")
addresses = [f"/leaderboard/anesbench.{ending}?intervals={which}"
             for ending in ("csv", "json", "md", "tex", "bib") for which in ("all", "off")]
addresses += [f"/llms/{slug}{end}" for slug in LLM.objects.values_list("slug", flat=True)
              for end in ("/", ".yaml", "/badge.svg")]
addresses += ["/", "/benchmarks/anesbench/", "/changes/", "/changes/feed/", "/sitemap.xml"]
answers = {address: client.get(address) for address in addresses}
assert {answer.status_code for answer in answers.values()} == {200}
print(json.dumps({address: answer.content.decode() for address, answer in answers.items()}))
"""
# The same rows, stored by the models of today.
LOAD = """
import json
from datetime import UTC, datetime
from django.apps import apps
from django.db import transaction
models = {model._meta.db_table: model for model in apps.get_app_config("leaderboard").get_models()}
with transaction.atomic():
    for table, content in json.load(open(PATH, encoding="utf-8")).items():
        model = models[table]
        fields = {field.column: field for field in model._meta.concrete_fields}
        for row in content["rows"]:
            named = dict(zip(content["columns"], row))
            values = {fields[name].attname: fields[name].to_python(value)
                      for name, value in named.items()}
            for name, value in values.items():
                if isinstance(value, datetime):  # SQLite stores UTC without saying so
                    values[name] = value.replace(tzinfo=UTC)
            model(**values).save_base(raw=True)
"""

LOADED = "Loaded from fixture anesbench"  # the reason of the changes in the first release's rows
WITH_CHINESE_COLUMNS = "0005_score_history_index"
# Texts in Chinese as the columns held them: one that was changed once, one that was emptied, one of
# a benchmark that is gone, and one that came in past the history.
CHINESE_TEXTS = """
UPDATE leaderboard_leaderboard SET title_zh = '排行榜', introduction_zh = '介绍';
UPDATE leaderboard_historicalleaderboard SET title_zh = '排行', methodology_zh = '方法';
{copy};
INSERT INTO leaderboard_historicalbenchmark (id, name, name_key, slug, version, language,
  description, description_zh, homepage, paper, dataset, citation, history_date, history_type)
VALUES (77, 'Gone', 'gone', 'gone', '', '', '', '没了', '', '', '', '', '2026-01-01', '+'),
       (77, 'Gone', 'gone', 'gone', '', '', '', '没了', '', '', '', '', '2026-01-02', '-');
UPDATE leaderboard_metric SET description_zh = '指标' WHERE "key" = 'average';
"""
# Printed by the site itself: the texts, and each state that their history knows.
TRANSLATIONS = """
import json
from leaderboard.models import Translation
rows = [str(row).split(" in ")[0] + ": " + row.text for row in Translation.objects.order_by("text")]
history = {}
for record in Translation.history.order_by("history_id"):
    history.setdefault((record.id, record.field), []).append(
        [record.history_type, record.text, record.history_change_reason or ""])
ids = {row.pk for row in Translation.objects.all()}
print(json.dumps([rows, sorted([field, pk in ids, *states]
                               for (pk, field), states in history.items())]))
"""


def run(data_dir, *arguments):
    done = manage(data_dir, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def exports(data_dir):
    run(data_dir, "collectstatic", "--no-input", "--verbosity", "0")
    return json.loads(run(data_dir, "shell", "--no-imports", "-c", EXPORTS))


@pytest.mark.parametrize("name", FROZEN)
def test_a_released_migration_never_changes(name):
    found = hashlib.sha256((MIGRATIONS / f"{name}.py").read_bytes()).hexdigest()
    assert found == FROZEN[name], f"{name} is in use: put the change into a new migration."


def test_the_stored_rows_fit_the_schema_of_the_first_release():
    tables = json.loads(FILE.read_text(encoding="utf-8"))
    assert {name: table["columns"] for name, table in tables.items()} == columns_of_first()
    counts = {name: len(table["rows"]) for name, table in tables.items()}
    assert counts["leaderboard_llm"] * 9 == counts["leaderboard_score"] == 45


@pytest.mark.slow
def test_a_database_of_the_first_release_moves_on_with_identical_pages_and_exports(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    run(old, "migrate", "auth", "--verbosity", "0")  # the receiver of ours needs its last state
    run(old, "migrate", "leaderboard", FIRST, "--verbosity", "0")
    insert(old / "db.sqlite3", json.loads(FILE.read_text(encoding="utf-8")))
    run(old, "migrate", "--verbosity", "0")
    run(new, "migrate", "--verbosity", "0")
    run(new, "shell", "--no-imports", "-c", f"PATH = {str(FILE)!r}\n{LOAD}")
    run(new, "migrate", "--verbosity", "0")  # gives it the log that its history tells

    upgraded, fresh = exports(old), exports(new)

    assert [address for address in fresh if upgraded[address] != fresh[address]] == []
    assert run(old, "verify").endswith(
        "15 reported aggregates agree with their components, 0 do not.\n"
    )


def store_chinese_texts(path):
    """As a release with columns for Chinese stored them."""
    with closing(sqlite3.connect(path)) as database:
        columns = [row[1] for row in database.execute(
            "PRAGMA table_info(leaderboard_historicalleaderboard)")]  # fmt: skip
        own = [row[1] for row in database.execute("PRAGMA table_info(leaderboard_leaderboard)")]
        shared = ", ".join(name for name in columns if name in own)
        copy = (
            f"INSERT INTO leaderboard_historicalleaderboard ({shared}, history_date, history_type) "
            f"SELECT {shared}, '2026-02-01', '~' FROM leaderboard_leaderboard"
        )
        database.executescript(CHINESE_TEXTS.format(copy=copy))
        database.commit()


@pytest.mark.slow
def test_a_database_with_columns_for_chinese_keeps_its_texts_and_their_history(tmp_path):
    old = tmp_path / "old"
    run(old, "migrate", "auth", "--verbosity", "0")
    run(old, "migrate", "leaderboard", FIRST, "--verbosity", "0")
    insert(old / "db.sqlite3", json.loads(FILE.read_text(encoding="utf-8")))
    run(old, "migrate", "leaderboard", WITH_CHINESE_COLUMNS, "--verbosity", "0")
    store_chinese_texts(old / "db.sqlite3")
    run(old, "migrate", "--verbosity", "0")

    rows, history = json.loads(run(old, "shell", "--no-imports", "-c", TRANSLATIONS))

    assert rows == [
        "introduction of LeaderBoard - AnesBench: 介绍",
        "description of Average: 指标",
        "title of LeaderBoard - AnesBench: 排行榜",
    ]
    assert history == [
        ["description", False, ["+", "没了", ""], ["-", "没了", ""]],
        ["description", True, ["+", "指标", "Moved into translations"]],
        ["introduction", True, ["+", "介绍", ""]],
        ["methodology", False, ["+", "方法", LOADED], ["-", "方法", ""]],
        ["title", True, ["+", "排行", LOADED], ["~", "排行榜", ""]],
    ]
    assert "0 do not." in run(old, "verify")


WAITING = """
INSERT INTO leaderboard_import
(file_name, file_sha256, format, state, reading, choices, change_count, created_at)
VALUES ('a.csv', '', 'wide', 'pending', '{"results": [], "provenance": {"title": "Ä"}}', '{}', 0,
        CURRENT_TIMESTAMP);
INSERT INTO auth_user
(id, username, password, is_superuser, is_staff, is_active, date_joined, first_name, last_name,
 email)
VALUES (1, 'admin', '', 1, 1, 1, CURRENT_TIMESTAMP, '', '', '');
INSERT INTO otp_totp_totpdevice
(user_id, name, confirmed, key, step, t0, digits, tolerance, drift, last_t,
 throttling_failure_count)
VALUES (1, 'seen once', 0, 'aa', 30, 0, 6, 1, 0, -1, 0),
       (1, 'confirmed', 1, 'bb', 30, 0, 6, 1, 0, -1, 0);
"""
WAITS = """
from django_otp.plugins.otp_totp.models import TOTPDevice
from leaderboard.models import Import
print(Import.objects.get().reading["provenance"], [each.name for each in TOTPDevice.objects.all()])
"""


@pytest.mark.slow
def test_what_waits_for_confirmation_still_waits_and_a_key_that_was_only_shown_is_gone(tmp_path):
    run(tmp_path, "migrate", "auth", "--verbosity", "0")
    run(tmp_path, "migrate", "otp_totp", "--verbosity", "0")
    run(tmp_path, "migrate", "leaderboard", "0005", "--verbosity", "0")
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as connection:
        connection.executescript(WAITING)
    run(tmp_path, "migrate", "--verbosity", "0")
    assert run(tmp_path, "shell", "--no-imports", "-c", WAITS) == "{'title': 'Ä'} ['confirmed']\n"

    run(tmp_path, "migrate", "leaderboard", "0005", "--verbosity", "0")
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as connection:
        (stored,) = connection.execute("SELECT reading FROM leaderboard_import").fetchone()
    assert json.loads(stored)["provenance"] == {"title": "Ä"}


BEFORE_RELEASES = "0013_weights_of_shared_questions"
READ_RELEASE = """
from leaderboard.models import Release
from leaderboard.trail.releases import read_state
release = Release.objects.get()
print(release.sha256, release.name, len(read_state(release)["outputs"]["rows"]))
"""


@pytest.mark.slow
def test_a_database_that_was_upgraded_reads_a_release_of_every_payload_version(tmp_path):
    for version in golden_versions():
        site = tmp_path / f"v{version}"
        run(site, "migrate", "auth", "--verbosity", "0")
        run(site, "migrate", "leaderboard", FIRST, "--verbosity", "0")
        insert(site / "db.sqlite3", json.loads(FILE.read_text(encoding="utf-8")))
        run(site, "migrate", "leaderboard", BEFORE_RELEASES, "--verbosity", "0")
        run(site, "migrate", "--verbosity", "0")
        run(site, "loaddata", str(golden_file(version)), "--verbosity", "0")
        found = run(site, "shell", "--no-imports", "-c", READ_RELEASE).split()
        assert found == [read_golden(version)[0]["fields"]["sha256"], "2026-11", "51"]
        assert "0 do not." in run(site, "verify")
