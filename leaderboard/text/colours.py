"""Colours as a site's accent: whether a text in one can be read. Pure: no Django.

A contrast is that of WCAG 2.2: (L1 + 0.05) / (L2 + 0.05), with relative luminances.
"""

import re
from collections.abc import Callable, Sequence

HEX = re.compile(r"#[0-9a-f]{6}")
LEAST_CONTRAST = 4.5  # of text of any size, WCAG 1.4.3

# The surfaces on which site.css writes in the accent: ground, panel, raised.
LIGHT = ("#f7f8fa", "#ffffff", "#eef1f5")
DARK = ("#0b0e13", "#10151c", "#1a222d")


def channels(colour: str) -> tuple[int, int, int]:
    """Returns red, green and blue of “#rrggbb”, 0 to 255."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def luminance(colour: str) -> float:
    """Returns the relative luminance of “#rrggbb”, 0 to 1, by the formula of WCAG."""

    def linear(channel: int) -> float:
        part = channel / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Returns the contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def can_be_read(colour: str, surfaces: Sequence[str]) -> bool:
    """Whether a text in this colour has enough contrast on each of the surfaces."""
    return all(contrast(colour, surface) >= LEAST_CONTRAST for surface in surfaces)


def nearest_readable(colour: str, surfaces: Sequence[str]) -> str:
    """Returns the colour itself if it can be read; else mixed with as little black, on light
    surfaces, or white, on dark ones, as makes it so."""
    end = "#000000" if luminance(surfaces[0]) > 0.5 else "#ffffff"
    return nearest(colour, end, lambda mixed: can_be_read(mixed, surfaces))


def as_dark_as(colour: str, other: str) -> str:
    """Returns the colour with as little black in it as makes it no lighter than another one."""
    return nearest(colour, "#000000", lambda mixed: luminance(mixed) <= luminance(other))


def as_light_as(colour: str, other: str) -> str:
    """Returns the colour with as little white in it as makes it no darker than another one."""
    return nearest(colour, "#ffffff", lambda mixed: luminance(mixed) >= luminance(other))


def nearest(colour: str, end: str, fits: Callable[[str], bool]) -> str:
    """Returns the colour mixed with as little of another one as makes it fit; what is no “#rrggbb”
    stays as it is."""
    if not HEX.fullmatch(colour):
        return colour
    mixtures = (mix(colour, end, share / 255) for share in range(256))
    return next(filter(fits, mixtures), end)


def mix(colour: str, other: str, share: float) -> str:
    """Returns a colour with this share, 0 to 1, of another one, in sRGB."""
    mixed = (
        round(part + (end - part) * share)
        for part, end in zip(channels(colour), channels(other), strict=True)
    )
    return "#" + bytes(mixed).hex()
