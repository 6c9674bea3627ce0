"""Which test holds each line of the list of bad files that an import has to survive."""

import ast

import pytest
from django.conf import settings

from tests.conftest import shared_sample

# {the start of a line of the list: its tests, by module}
TESTS = {
    "XLSX whose one cell is 1 GB": {
        "hostile_tables": [
            "a_hostile_workbook_is_refused_with_a_sentence",
            "a_hostile_workbook_takes_less_than_100_megabytes",
            "a_cell_of_a_gigabyte_takes_less_than_100_megabytes",
        ],
    },
    "XML entity bombs": {
        "hostile_tables": ["a_hostile_workbook_is_refused_with_a_sentence"],
    },
    "PNG, zip, encrypted, truncated, .xls, a git-LFS pointer named .json": {
        "file_kinds": [
            "a_file_of_another_kind_is_named",
            "a_git_lfs_pointer_says_how_to_get_the_file",
            "a_zip_that_was_cut_off_is_damaged",
        ],
        "import_admin": ["a_hostile_upload_is_answered_with_a_sentence"],
    },
    "CSV: 100 MB, a 50 MB line, 10,000 columns, unbalanced quote, NUL, UTF-16": {
        "hostile_tables": [
            "a_table_above_five_megabytes_is_refused_unread",
            "a_text_beyond_a_limit_is_refused",
            "a_hostile_text_takes_less_than_100_megabytes",
        ],
        "file_kinds": [
            "an_open_quote_is_refused_with_the_line_where_it_opens",
            "a_nul_is_refused_with_its_line",
            "every_unicode_encoding_is_read_without_a_note",
            "an_old_encoding_is_guessed_and_said",
            "delimiters_and_line_ends_are_found",
            "an_empty_file_is_refused",
            "a_header_alone_is_refused",
            "a_duplicate_or_missing_header_is_refused",
        ],
    },
    "the same LLM and metric twice with different values": {
        "table_formats": ["different_scores_for_the_same_llm_and_metric_name_both_rows"],
        "previews": ["two_rows_that_disagree_are_both_named"],
    },
    "4,999 good rows and 1 bad": {
        "import_safety": ["4999_good_rows_and_a_bad_one_store_nothing"],
    },
    "the same file twice": {
        "import_results": ["the_same_file_twice_says_0_changes"],
    },
    "two imports at once": {
        "import_safety": [
            "two_imports_at_once_are_one_after_the_other_or_refused",
            "the_same_file_confirmed_twice_from_one_preview_is_refused_the_second_time",
        ],
    },
    "JSON: NaN, Infinity, 1e999, depth 100,000, 20,000-digit integer, duplicate keys": {
        "hostile_json": ["a_hostile_file_is_answered_with_little_memory"],
        "json_documents": [
            "nan_and_infinity_are_no_numbers",
            "numbers_beyond_all_bounds_are_read_without_computing_them",
            "a_key_given_twice_is_refused_by_name",
            "a_list_or_a_text_on_top_is_read_as_it_is",
            "other_documents_are_refused_with_what_they_are",
            "half_a_character_is_refused_by_name",
        ],
    },
    "file name `../../x`, `<img>`, 5,000 characters": {
        "import_admin": [
            "the_name_of_a_file_is_never_a_path_and_never_markup",
            "a_name_longer_than_any_system_allows_is_answered_and_stores_nothing",
            "a_name_that_is_none_is_answered_with_a_sentence",
        ],
    },
    "killed in the middle": {
        "import_safety": ["an_import_killed_at_any_moment_leaves_what_was_before_or_all_of_it"],
    },
}


def defined_in(module):
    [path] = (settings.BASE_DIR / "tests").rglob(f"test_{module}.py")
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {node.name.removeprefix("test_") for node in body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("line", TESTS)
def test_every_line_has_tests_that_are_there(line):
    assert TESTS[line]
    for module, names in TESTS[line].items():
        assert [name for name in names if name not in defined_in(module)] == []


def test_the_list_has_no_line_without_a_test():
    listed = shared_sample("bad-inputs.md")
    files = listed.read_text(encoding="utf-8").partition("**Files** — ")[2].partition("\n**")[0]
    lines = " ".join(files.split()).split(" · ")
    assert [line for line, start in zip(lines, TESTS, strict=True) if start not in line] == []
