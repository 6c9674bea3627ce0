"""The layering of the design, read from the imports; and functions that fit on a screen."""

import ast
import sys
from importlib.util import resolve_name

import pytest
from django.conf import settings

LONGEST_FUNCTION = 45

# What each module may import of ours. A new module gets a line here: first decide its layer.
PURE = set()  # the standard library only
PURE_WITH_SENTENCES = {"sentences"}  # and that, which is pure itself
MAY_IMPORT = {
    "sentences": PURE,
    "names": PURE_WITH_SENTENCES,
    "numbers": PURE_WITH_SENTENCES,
    "privacy": PURE,
    "logs": PURE,
    "progress": PURE,
    "ranking": PURE,
    "words": {"sentences"},
    "fields": {"names", "numbers", "sentences"},
    "models": {"fields", "names", "numbers", "privacy", "words"},
    "revision": {"models"},
    "throttle": {"models"},
    "access": {"models", "throttle"},
    "second_factor": {"access", "throttle"},
    "accounts": {"models", "second_factor"},
    "records": {"models"},
    "standings": {"ranking", "records", "models", "numbers"},
    "kept": {"models", "revision", "standings"},
    "memory": set(),
    "static_files": set(),
    "page_cache": {"access", "http", "kept", "languages", "revision", "selection"},
    "selection": {"names", "numbers", "records", "standings", "words"},
    "rows": {"models", "records", "standings", "numbers", "words"},
    "tables": {"rows", "records", "standings", "selection", "words"},
    "charts": {"numbers", "records", "selection", "standings", "words"},
    "comparison": {"numbers", "records", "selection", "standings", "words"},
    "changes": {"models", "records", "standings", "numbers", "words"},
    "consistency": {"models", "standings", "numbers"},
    "integrity": {"fields", "models"},
    "feeds": {"changes"},
    "templatetags": {"languages", "numbers", "words"},
    "sharing": {"models", "records", "standings", "numbers", "templatetags", "words"},
    "backups": set(),
    "freshness": {"numbers"},
    "deletions": {"freshness"},
    "fresh_admin": {"deletions", "freshness"},
    "matching": {"importers", "models", "fields", "names", "numbers"},
    "previews": {
        "importers",
        "matching",
        "models",
        "names",
        "numbers",
        "records",
        "standings",
        "words",
    },
    "effects": {"matching", "models", "previews", "records", "standings"},
    "imports": {
        "importers",
        "matching",
        "models",
        "names",
        "numbers",
        "previews",
        "revision",
        "sentences",
        "words",
    },
    "undo": {"imports", "models", "numbers", "previews", "revision", "words"},
    "import_forms": {"fields", "importers", "matching", "models"},
    "import_admin": {
        "effects",
        "import_forms",
        "importers",
        "imports",
        "matching",
        "models",
        "previews",
        "undo",
        "words",
    },
    "forms": {"freshness", "models", "fields", "names", "numbers", "privacy"},
    "admin_filters": set(),
    "admin": {
        "accounts",
        "admin_filters",
        "import_admin",
        "forms",
        "fresh_admin",
        "freshness",
        "models",
        "standings",
        "consistency",
        "numbers",
    },
    "importers": {"names", "numbers", "privacy", "sentences"},
    "exporters": {"numbers", "records", "selection", "standings"},
    "schema": PURE,
    "http": {"logs"},
    "languages": set(),
    "views": {
        "exporters",
        "http",
        "schema",
        "models",
        "records",
        "standings",
        "selection",
        "tables",
        "changes",
        "charts",
        "comparison",
        "kept",
        "revision",
        "sharing",
    },
    "urls": {"views", "feeds", "second_factor"},
    "apps": {"access", "models", "changes", "revision", "words"},
    "management": {
        "models",
        "revision",
        "backups",
        "consistency",
        "integrity",
        "importers",
        "matching",
        "previews",
        "effects",
        "imports",
        "progress",
    },
}


def source_files(package):
    root = settings.BASE_DIR / package
    return sorted(path for path in root.rglob("*.py") if "migrations" not in path.parts)


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def dotted(path):
    """“leaderboard.models.base”; a package is its __init__."""
    parts = path.relative_to(settings.BASE_DIR).with_suffix("").parts
    return ".".join(parts)


def imports(tree, module):
    """The dotted names that a module imports, at the top or inside a function."""
    package = module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            # “from . import ranking” imports a module, “from .names import x” out of one.
            yield from (
                f"{base}.{alias.name}" if base == "leaderboard" else base for alias in node.names
            )


def unit(module):
    """The part of the app that a module belongs to: “models” for leaderboard.models.base."""
    return module.split(".")[1]


MODULES = {
    dotted(path): set(imports(parse(path), dotted(path)))
    for path in source_files("leaderboard")
    if dotted(path) != "leaderboard.__init__"
}


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module):
    ours = {unit(name) for name in MODULES[module] if name.startswith("leaderboard.")}
    assert unit(module) in MAY_IMPORT, f"Give {unit(module)} a line in MAY_IMPORT."
    assert ours - {unit(module)} <= MAY_IMPORT[unit(module)]


PURE_MODULES = [
    name
    for name, allowed in MAY_IMPORT.items()
    if allowed is PURE or allowed is PURE_WITH_SENTENCES
]


@pytest.mark.parametrize("name", PURE_MODULES)
def test_pure_modules_import_the_standard_library_only(name):
    imported = MODULES[f"leaderboard.{name}"] - {"leaderboard.sentences"}
    packages = {each.split(".")[0] for each in imported}
    assert packages <= sys.stdlib_module_names


def test_the_layers_have_no_circle():
    done = set()
    while rest := MAY_IMPORT.keys() - done:
        ready = {name for name in rest if MAY_IMPORT[name] <= done}
        assert ready, f"a circle among {rest}"
        done |= ready


def test_only_urls_imports_views_and_only_standings_imports_ranking():
    importers = {
        target: {unit(module) for module, names in MODULES.items() if target in names}
        for target in ("leaderboard.views", "leaderboard.ranking")
    }
    assert importers == {"leaderboard.views": {"urls"}, "leaderboard.ranking": {"standings"}}


def test_imports_are_read_in_all_their_forms():
    tree = ast.parse("""
import os.path
from . import ranking, views
from .names import clean_name
from django.db import models
def inside():
    from .models.base import make_slug
""")
    assert set(imports(tree, "leaderboard.standings")) == {
        "os.path",
        "leaderboard.ranking",
        "leaderboard.views",
        "leaderboard.names",
        "leaderboard.models.base",
        "django.db",
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
