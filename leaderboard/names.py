"""What a name may contain, and when two names are the same. Pure: no Django, no database."""

import re
import unicodedata

# Unicode has a dozen dashes that look like the one on the keyboard.
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘﹣-⁃˗➖", "-"))
# Cc controls, Cf format (zero-width, bidi, byte-order mark), Zl and Zp line separators,
# Co private use, Cs surrogates, Cn unassigned: none can be seen or told apart in a table.
INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Co", "Cs", "Cn"}
# Drawn as nothing although they count as letters, symbols or marks.
BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u180b\u180c\u180d\ufe0e\ufe0f")
# Combinations of scripts that one word may have, after UTS 39, section 5.2, "highly restrictive".
EAST_ASIAN = frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL"})
WORD = re.compile(r"[^\W\d_]+")


def clean_name(text: str) -> str:
    """The name in NFC, without spaces around it and with single spaces inside.

    Raises ValueError, saying which character is wrong and what to do, if the name is blank or has
    a character that cannot be seen.
    """
    for position, character in enumerate(text.strip(), start=1):
        if unicodedata.category(character) in INVISIBLE or character in BLANKS:
            code = f"U+{ord(character):04X}"
            name = unicodedata.name(character, "a control character").lower()
            raise ValueError(
                f"Character {position} is {code} ({name}), which nobody can see. "
                "Delete it, or type the name by hand."
            )
    cleaned = " ".join(unicodedata.normalize("NFC", text).split())
    if not cleaned:
        raise ValueError("A name needs at least one letter or digit.")
    return cleaned


def name_key(name: str) -> str:
    """What two names share if a reader would take them for one: NFKC, casefolded, one dash."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(DASHES)
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def mixed_words(name: str) -> list[str]:
    """The words of a name that mix scripts, such as a Cyrillic letter among Latin ones."""
    return [word for word in WORD.findall(name) if not _one_writing_system(word)]


def _one_writing_system(word: str) -> bool:
    scripts = {unicodedata.name(letter, "?").split()[0].split("-")[0] for letter in word}
    scripts -= {"FULLWIDTH", "HALFWIDTH", "MODIFIER", "COMBINING"}
    return len(scripts) <= 1 or scripts <= EAST_ASIAN
