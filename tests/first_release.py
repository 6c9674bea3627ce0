"""The first release's schema with some content, as plain rows: what every later one has to read.

`python -m tests.first_release` wrote tests/data/first_release.json, from five LLMs of the seed.
It was run once, while the schema was that of 0001_initial plus tables of its own; the file is not
to be made again, as that would only test the new schema against itself.
"""

import json
import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

FILE = Path(__file__).parent / "data" / "first_release.json"
FIRST = "0001_initial"
KEPT = ("qwen3-0-6b", "phi-4", "deepseek-v3", "deepseek-r1", "gpt-4o")


def columns_of_first():
    """{table: columns} of our tables in the first release."""
    from django.db.migrations.loader import MigrationLoader

    state = MigrationLoader(None).project_state(("leaderboard", FIRST)).apps
    return {
        model._meta.db_table: [field.column for field in model._meta.concrete_fields]
        for model in state.get_app_config("leaderboard").get_models()
    }


def rows_of(path):
    """{table: {"columns": …, "rows": …}}"""
    found = {}
    with closing(sqlite3.connect(path)) as database:
        for table, columns in columns_of_first().items():
            names = ", ".join(f'"{column}"' for column in columns)
            rows = database.execute(f'SELECT {names} FROM "{table}" ORDER BY 1').fetchall()
            found[table] = {"columns": columns, "rows": rows}
    return found


def insert(path, tables):
    """Raw rows, as the old release left them."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA foreign_keys=OFF")
        for table, content in tables.items():
            names = ", ".join(f'"{column}"' for column in content["columns"])
            marks = ", ".join("?" * len(content["columns"]))
            sql = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
            database.executemany(sql, content["rows"])
        database.commit()


def main():
    from .sites import manage

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        for command in (["migrate"], ["loaddata", "anesbench"]):
            manage(data, *command, "--verbosity", "0").check_returncode()
        path = data / "db.sqlite3"
        with closing(sqlite3.connect(path)) as database:
            marks = ", ".join("?" * len(KEPT))
            llms = f"SELECT id FROM leaderboard_llm WHERE slug IN ({marks})"
            for table, column in (
                ("score", "llm_id"),
                ("historicalscore", "llm_id"),
                ("historicalllm", "id"),
                ("llm", "id"),
            ):
                sql = f"DELETE FROM leaderboard_{table} WHERE {column} NOT IN ({llms})"
                database.execute(sql, KEPT)
            database.commit()
        FILE.write_text(json.dumps(rows_of(path), ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main()
