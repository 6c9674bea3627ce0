import pytest

from leaderboard.text.names import clean_name, mixed_words, name_key


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Qwen3-0.6B", "Qwen3-0.6B"),
        ("  gpt-4o \n", "gpt-4o"),
        ("Llama  4\u00a0Scout", "Llama 4 Scout"),
        ("ideographic\u3000space", "ideographic space"),
        ("Me\u0301diLLM", "M\u00e9diLLM"),  # NFD is stored as NFC
        ("ＧＰＴ", "ＧＰＴ"),  # full-width stays as typed; it is the key that unifies
        ("通义千问", "通义千问"),
        ("C++ (v2) & <b>", "C++ (v2) & <b>"),
        ("7", "7"),
    ],
)
def test_a_name_is_stored_in_nfc_with_single_spaces(typed, stored):
    assert clean_name(typed) == stored


@pytest.mark.parametrize(
    ("typed", "position", "code"),
    [
        ("gpt\u200b-4o", 4, "U+200B (zero width space)"),
        ("\u200bgpt-4o", 1, "U+200B (zero width space)"),
        (" gpt-4o\u200b", 7, "U+200B (zero width space)"),
        ("\u200b\u200b", 1, "U+200B (zero width space)"),
        ("a\u200db", 2, "U+200D (zero width joiner)"),
        ("a\u2060b", 2, "U+2060 (word joiner)"),
        ("\ufeffgpt", 1, "U+FEFF (zero width no-break space)"),
        ("a\u00adb", 2, "U+00AD (soft hyphen)"),
        ("gpt\u202eo4", 4, "U+202E (right-to-left override)"),
        ("a\u2066b", 2, "U+2066 (left-to-right isolate)"),
        ("a\u0000b", 2, "U+0000 (a control character)"),
        ("a\u001bb", 2, "U+001B (a control character)"),
        ("a\nb", 2, "U+000A (a control character)"),
        ("a\tb", 2, "U+0009 (a control character)"),
        ("a\u0085", 2, "U+0085 (a control character)"),
        ("a\u2028b", 2, "U+2028 (line separator)"),
        ("ab\u2028", 3, "U+2028 (line separator)"),
        ("ab\u2029", 3, "U+2029 (paragraph separator)"),
        ("a\u3164", 2, "U+3164 (hangul filler)"),
        ("a\u2800b", 2, "U+2800 (braille pattern blank)"),
        ("a\ufe0f", 2, "U+FE0F (variation selector-16)"),
    ],
)
def test_a_character_that_nobody_sees_is_refused_and_named(typed, position, code):
    with pytest.raises(ValueError, match="nobody can see") as refusal:
        clean_name(typed)
    assert str(refusal.value) == (
        f"Character {position} is {code}, which nobody can see. "
        "Delete it, or type the name by hand."
    )


@pytest.mark.parametrize("typed", ["", " ", "\u00a0", "\u3000 \u2003", "-", "***", "\u0301"])
def test_a_name_without_letter_or_digit_is_refused(typed):
    with pytest.raises(ValueError, match=r"^A name needs at least one letter or digit\.$"):
        clean_name(typed)


@pytest.mark.parametrize(
    "look_alike",
    [
        "gpt-4o",
        "GPT-4O",
        "gpt\u20104o",  # hyphen
        "gpt\u20114o",  # non-breaking hyphen
        "gpt\u20124o",  # figure dash
        "gpt–4o",
        "gpt—4o",
        "gpt\u22124o",  # minus
        "gpt\uff0d4o",  # full-width hyphen-minus
        "ｇｐｔ-4ｏ",
        "ｇｐｔ－４ｏ",
    ],
)
def test_look_alikes_share_a_key(look_alike):
    assert name_key(look_alike) == "gpt-4o"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("M\u00e9di", "Me\u0301di"),
        ("Straße", "STRASSE"),
        ("\u212aimi", "Kimi"),  # Kelvin sign
        ("a b", "a\u3000b"),
        ("ﬁne", "fine"),
    ],
)
def test_equivalent_spellings_share_a_key(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("gpt-4o", "gpt-4"), ("gpt-4o", "gpt 4o"), ("gpt-4o", "gpt_4o"), ("gpt-4o", "gpt-4о")],
)
def test_names_that_differ_have_different_keys(one, other):
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("name", "mixed"),
    [
        ("gрt-4o", ["gрt-4o"]),  # Cyrillic er
        ("gpt-4о", ["gpt-4о"]),  # Cyrillic o, a word of its own after the digit
        ("Deерseek R1", ["Deерseek"]),
        ("Ωmega", ["Ωmega"]),
        ("Привет-GPT and аbc", ["Привет-GPT", "аbc"]),
    ],
)
def test_a_word_of_two_scripts_asks_for_confirmation(name, mixed):
    assert mixed_words(name) == mixed


@pytest.mark.parametrize(
    "name",
    [
        "Qwen2.5-72B-Instruct",
        "通义千问Qwen",
        "Qwen通义",
        "モデル7B-Chat版",
        "한국LLM",
        "佐々木LLM",
        "Привет GPT",
        "naïve-Müller",
        "ｇｐｔ-4o",
        "x²-½",
        "2024-12 (v1.0)",
    ],
)
def test_one_script_per_word_or_latin_beside_east_asian_needs_no_confirmation(name):
    assert mixed_words(name) == []
