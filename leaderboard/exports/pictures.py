"""Drawings as PNG, for slides and for what other sites show of a link.

resvg draws them from the same SVG, with the fonts of the machine; it brings no library of the
system and reads nothing from the network.
"""

import unicodedata
from functools import lru_cache

import resvg_py

PIXELS = 1_440  # of a chart: fit for a slide, and drawn in a third of a second
# The first of them that the machine has is taken.
SANS = "'DejaVu Sans', 'Noto Sans', 'Liberation Sans', Roboto, Arial, Helvetica"
WIDE = "'Noto Sans CJK SC', 'Source Han Sans SC', 'WenQuanYi Zen Hei', 'Microsoft YaHei'"
WIDE_SAMPLE = "模"


def draw_png(svg: str, width: int = PIXELS) -> bytes:
    """Draws an SVG, `width` pixels wide."""
    return resvg_py.svg_to_bytes(svg_string=svg, width=width)


@lru_cache(maxsize=8)
def has_fonts(sample: str = "A") -> bool:
    """Whether the machine has a font in which a letter can be drawn."""
    empty, written = (
        draw_png(
            '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
            f'<text x="2" y="16" font-family="{SANS}, {WIDE}">{letter}</text></svg>',
            width=20,
        )
        for letter in ("", sample)
    )
    return empty != written


def can_write(text: str) -> bool:
    """Whether the machine has the fonts for a text: for Latin letters, and for wide ones in it."""
    return has_fonts() and (not is_wide(text) or has_fonts(WIDE_SAMPLE))


def font_families(text: str) -> str:
    """The fonts for a picture, as in an attribute; one for wide letters is first where there are
    any, as the first font that has a letter draws its whole line."""
    return f"{WIDE}, {SANS}, sans-serif" if is_wide(text) else f"{SANS}, {WIDE}, sans-serif"


def is_wide(text: str) -> bool:
    """Whether a text has letters as wide as Chinese ones."""
    return any(unicodedata.east_asian_width(letter) in "WF" for letter in text)
