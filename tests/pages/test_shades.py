"""The shades of cells: neighbours can be told apart, and figures on them read, in every accent."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from leaderboard.text.colours import channels
from leaderboard.text.site_style import Look, write_style

STYLE = Path(finders.find("css/site.css")).read_text()


def themed(name, style=STYLE):
    """The light and the dark value of a colour."""
    pair = re.search(rf"--{name}: light-dark\(([^,]+), ([^)]+)\)", style)
    return [value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:])
            for value in pair.groups()]  # fmt: skip


def luminance(colour):
    """WCAG's, of channels that need not be whole numbers, as those of color-mix() are not."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def shades(heat, panel):
    """The ten steps, from a cell without one to the best."""
    shares = [0, *map(float, re.findall(r"\.h\d { --h: ([\d.]+)%; }", STYLE))]
    assert len(shares) == 10
    ends = list(zip(channels(heat), channels(panel), strict=True))
    return [
        [hot * share / 100 + cold * (1 - share / 100) for hot, cold in ends] for share in shares
    ]


def test_in_the_dark_neighbouring_shades_can_be_told_apart():
    steps = shades(themed("heat")[1], themed("panel")[1])
    assert min(contrast(*pair) for pair in pairwise(steps)) >= 1.15
    assert contrast(steps[0], steps[-1]) >= 3


@pytest.mark.parametrize("accent", ["", "#c8102e", "#ffd400", "#000000", "#ffffff"])
def test_figures_can_be_read_on_every_shade_of_every_accent(accent):
    look = Look(
        accent, accent, "dark", has_logo=False, has_announcement=False, has_serif_name=False
    )
    style = write_style(look) if accent else STYLE
    for heat, panel, text in zip(
        themed("heat", style), themed("panel"), themed("text"), strict=True
    ):
        assert min(contrast(channels(text), shade) for shade in shades(heat, panel)) >= 4.5
