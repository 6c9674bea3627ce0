"""The layering of the design, read from the imports; and functions that fit on a screen."""

import ast
import sys
from functools import cache
from importlib.util import resolve_name

import pytest
from django.conf import settings

LONGEST_FUNCTION = 45

# The rooms from the top down, and the rooms below that each may import. A new room gets a line
# here: first decide its floor. `__init__.py` of each room says what it is for.
MAY_IMPORT = {
    "urls": {"accounts", "api", "serving", "views"},
    "api": {
        "accounts",
        "exports",
        "imports",
        "models",
        "pages",
        "readers",
        "serving",
        "standings",
        "text",
        "trail",
        "views",
    },
    "views": {"exports", "models", "pages", "serving", "standings", "text", "trail"},
    "admin": {
        "accounts",
        "fields",
        "imports",
        "models",
        "operations",
        "readers",
        "standings",
        "text",
        "trail",
    },
    "management": {
        "accounts",
        "imports",
        "models",
        "operations",
        "publishing",
        "readers",
        "standings",
        "text",
        "trail",
    },
    "apps": {"accounts", "models", "operations", "text", "trail"},
    "templatetags": {"text"},
    "publishing": {"models", "operations", "pages", "serving", "standings", "text"},
    "exports": {"models", "pages", "standings", "text"},
    "pages": {"models", "standings", "text"},
    "trail": {"models", "standings", "text"},
    "serving": {"accounts", "models", "standings", "text"},
    "imports": {"fields", "models", "readers", "standings", "text", "trail"},
    "standings": {"models", "text"},
    "accounts": {"models", "text"},
    "operations": {"fields", "models", "text"},
    "models": {"fields", "text"},
    "fields": {"text"},
    "readers": {"text"},
    "text": set(),
}


def source_files(package):
    root = settings.BASE_DIR / package
    return sorted(path for path in root.rglob("*.py") if "migrations" not in path.parts)


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def dotted(path):
    """“leaderboard.models.base”; a package is its __init__."""
    parts = path.relative_to(settings.BASE_DIR).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def imports(tree, module, is_package=False):
    """The dotted names that a module imports, at the top or inside a function."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            # “from leaderboard.standings import ranking” imports a module.
            yield from (f"{base}.{alias.name}" for alias in node.names)


def room(name):
    """The part of the app that a dotted name belongs to: “models” for leaderboard.models.base."""
    return name.split(".")[1]


@cache  # not at the import, as every process of the suite imports every test
def modules():
    """{dotted name: the dotted names that it imports}"""
    return {
        dotted(path): set(imports(parse(path), dotted(path), path.name == "__init__.py"))
        for path in source_files("leaderboard")
        if dotted(path) != "leaderboard"
    }


def test_imports_point_one_way():
    wrong = {}
    for module, names in modules().items():
        ours = {room(name) for name in names if name.startswith("leaderboard.")}
        assert room(module) in MAY_IMPORT, f"Give {room(module)} a line in MAY_IMPORT."
        if others := ours - {room(module)} - MAY_IMPORT[room(module)]:
            wrong[module] = others
    assert wrong == {}


PURE = ["leaderboard.standings.ranking", "leaderboard.text.names", "leaderboard.text.numbers"]


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_import_the_standard_library_and_sentences_only(name):
    imported = {each for each in modules()[name] if "sentences" not in each}
    packages = {each.split(".")[0] for each in imported}
    assert packages <= sys.stdlib_module_names


def test_readers_know_no_database():
    names = {
        name for module, found in modules().items() if room(module) == "readers" for name in found
    }
    assert [name for name in names if name.startswith("django.db")] == []


def test_the_rooms_have_no_circle():
    done = set()
    while rest := MAY_IMPORT.keys() - done:
        ready = {name for name in rest if MAY_IMPORT[name] <= done}
        assert ready, f"a circle among {rest}"
        done |= ready


def test_every_room_says_what_it_is_for():
    for path in source_files("leaderboard"):
        is_room = path.name == "__init__.py" and path.parent.name not in (
            "leaderboard", "management", "commands", "templatetags",
        )  # fmt: skip
        if is_room:
            assert ast.get_docstring(parse(path)), f"{path} says nothing"


def test_imports_are_read_in_all_their_forms():
    tree = ast.parse("""
import os.path
from . import ranking, records
from ..text.names import clean_name
from django.db import models
def inside():
    from leaderboard.models.base import make_slug
""")
    assert set(imports(tree, "leaderboard.standings.cells")) == {
        "os.path",
        "leaderboard.standings.ranking",
        "leaderboard.standings.records",
        "leaderboard.text.names.clean_name",
        "leaderboard.models.base.make_slug",
        "django.db.models",
    }


def test_no_function_is_longer_than_a_screen():
    functions = {
        f"{dotted(path)}.{node.name}": node.end_lineno - node.lineno + 1
        for package in ("leaderboard", "config")
        for path in source_files(package)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert len(functions) > 50
    assert {name: lines for name, lines in functions.items() if lines > LONGEST_FUNCTION} == {}
