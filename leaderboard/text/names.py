"""What a name may contain, and when two names are the same. Pure: no Django, no database."""

import unicodedata

from .sentences import Sentence

# Unicode has a dozen dashes that look like the one on the keyboard.
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘﹣-⁃˗➖", "-"))
# Cc controls, Cf format (zero-width, bidi, byte-order mark), Zl and Zp line separators,
# Co private use, Cs surrogates, Cn unassigned: none can be seen or told apart in a table.
INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Co", "Cs", "Cn"}
# Drawn as nothing although they count as letters, symbols or marks.
BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u180b\u180c\u180d\ufe0e\ufe0f")
# Combinations of scripts that one word may have, after UTS 39, section 5.2, "highly restrictive".
EAST_ASIAN = frozenset(
    {"LATIN", "CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL"}
)
SPACES = " \t\r\n"  # often pasted together with a name, and removed; others are refused


def clean_name(text: str) -> str:
    """Returns the name in NFC, without spaces around it and with single spaces inside.

    Raises Sentence if the name has no letter or digit, or a character that cannot be seen: it says
    which one, and what to do.
    """
    cleaned = clean_label(text)
    if not any(character.isalnum() for character in cleaned):
        raise Sentence("A name needs at least one letter or digit.")
    return cleaned


def clean_label(text: str) -> str:
    """Cleans a text as clean_name does, but signs such as $ suffice."""
    if text.isascii() and text.isprintable():  # nothing in it is refused or written otherwise
        return " ".join(text.split())
    for position, character in enumerate(text.strip(SPACES), start=1):
        if unicodedata.category(character) in INVISIBLE or character in BLANKS:
            raise Sentence(
                "Character %(position)s is %(code)s (%(name)s), which nobody can see. "
                "Delete it, or type the name by hand.",
                position=position,
                code=f"U+{ord(character):04X}",
                name=unicodedata.name(character, "a control character").lower(),
            )
    return " ".join(unicodedata.normalize("NFC", text).split())


def name_key(name: str) -> str:
    """Returns the same for names that readers take for one: NFKC, casefolded, one kind of dash."""
    if name.isascii():  # which NFKC and the dashes leave as it is
        return " ".join(name.lower().split())
    folded = unicodedata.normalize("NFKC", name).casefold().translate(DASHES)
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def mixed_words(name: str) -> list[str]:
    """Returns the words of a name that mix scripts, such as a Cyrillic letter among Latin ones.

    A word ends at a space only: in gpt-4o the last letter alone could be a Cyrillic one.
    """
    if name.isascii():
        return []
    return [word for word in name.split() if not _one_writing_system(word)]


def _one_writing_system(word: str) -> bool:
    letters = filter(str.isalpha, word)
    scripts = {unicodedata.name(letter, "?").split()[0].split("-")[0] for letter in letters}
    scripts -= {"FULLWIDTH", "HALFWIDTH", "MODIFIER"}
    return len(scripts) <= 1 or scripts <= EAST_ASIAN


KEPT = "\n\N{NO-BREAK SPACE}"  # though Python counts them as unprintable


def drop_unprintable(text: str) -> str:
    """Returns the text without control characters, which XML does not allow: one in an old text
    must not stop a feed or a picture."""
    return "".join(character for character in text if character.isprintable() or character in KEPT)
