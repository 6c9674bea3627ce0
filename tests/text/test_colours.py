"""Accents that can be read, against the colours of the style sheet."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from leaderboard.text.colours import DARK, LIGHT, can_be_read, contrast, mix, nearest_readable


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ff0000", 1)],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(one, other) == contrast(other, one)


def test_the_surfaces_are_those_of_the_style_sheet():
    css = Path(settings.BASE_DIR / "static/css/site.css").read_text()
    pairs = dict(re.findall(r"--(bg|panel|raised): light-dark\(([^)]*)\)", css))
    full = {name: [long(each.strip()) for each in pair.split(",")] for name, pair in pairs.items()}
    assert tuple(light for light, _dark in full.values()) == LIGHT
    assert tuple(dark for _light, dark in full.values()) == DARK


def long(colour):
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])


@pytest.mark.parametrize("surfaces", [LIGHT, DARK])
@pytest.mark.parametrize(
    "colour", ["#ff0000", "#ffff00", "#0000ff", "#808080", "#000000", "#ffffff"]
)
def test_the_nearest_colour_can_be_read_and_one_step_less_could_not(colour, surfaces):
    nearest = nearest_readable(colour, surfaces)
    assert can_be_read(nearest, surfaces)
    if can_be_read(colour, surfaces):
        assert nearest == colour
        return
    end = "#000000" if surfaces is LIGHT else "#ffffff"
    steps = [mix(colour, end, share / 255) for share in range(256)]
    assert not can_be_read(steps[steps.index(nearest) - 1], surfaces)
