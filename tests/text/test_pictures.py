"""Uploaded pictures: what stays of them, and which are refused."""

import struct
import zlib

import pytest

from leaderboard.text.pictures import PNG, SVG, read_picture
from leaderboard.text.sentences import Sentence


def svg(inside, attributes='viewBox="0 0 9 9"'):
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


def chunk(name, data):
    body = name + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(width=2, height=2, *more):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" + b"\x80" * 6 + b"\0" + b"\x80" * 6)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            *more,
            chunk(b"IDAT", rows),
            chunk(b"IEND", b""),
        ]
    )


def test_a_logo_stays_as_it_was_drawn():
    drawn = (
        '<defs><linearGradient id="a"><stop offset="0" stop-color="#f00"></stop></linearGradient>'
        '</defs><path d="M0 0h9" fill="url(#a)"></path><use href="#a"></use>'
    )
    picture = read_picture(svg(drawn))
    assert picture.media_type == SVG
    assert picture.content == svg(drawn)


def test_styles_become_the_attributes_that_they_stand_for():
    drawn = svg('<path style="fill: #f00; stroke-width:2;-inkscape-x:1; background:url(x)"/>')
    assert read_picture(drawn).content == svg('<path fill="#f00" stroke-width="2"></path>')


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<SCRIPT xmlns="http://www.w3.org/1999/xhtml">alert(1)</SCRIPT>',
        '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
        '<a href="javascript:alert(1)"><path/></a>',
        '<animate attributeName="href" values="javascript:alert(1)"/>',
        '<set attributeName="onload" to="alert(1)"/>',
        '<metadata><i xmlns="https://x.example">text</i></metadata>',
        '<iframe xmlns="http://www.w3.org/1999/xhtml" src="https://x.example"/>',
        "<!-- <script>alert(1)</script> -->",
        '<?xml-stylesheet href="https://x.example"?>',
        "text<![CDATA[<script>alert(1)</script>]]>",
    ],
)
def test_what_could_act_or_load_is_left_out(inside):
    assert read_picture(svg(inside)).content == svg("")


@pytest.mark.parametrize(
    "attribute",
    [
        'onload="alert(1)"',
        'href="https://x.example/#a"',
        'href="javascript:alert(1)"',
        'href="data:image/svg+xml,x"',
        'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://x.example/a.svg#a"',
        'fill="url(https://x.example/#a)"',
        'fill="url( &quot;//x.example#a&quot; )"',
        'fill="u\\72l(//x.example)"',
        'style="fill:url(//x.example)"',
        'clip-path="url(#a) url(//x.example)"',
        'xml:base="https://x.example"',
        'class="a"',
        'requiredExtensions="x"',
    ],
)
def test_an_attribute_that_could_act_or_load_is_left_out(attribute):
    assert read_picture(svg(f"<use {attribute}/>")).content == svg("<use></use>")


def test_texts_are_escaped_again():
    drawn = svg("<title>a &lt;script&gt; &amp; b</title>")
    assert read_picture(drawn).content == drawn


BOMB = (
    b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><text>&b;</text></svg>'
)


@pytest.mark.parametrize(
    ("data", "beginning"),
    [
        (b"", "This is neither a PNG nor an SVG"),
        (b"GIF89a", "This is neither a PNG nor an SVG"),
        (b"<svg viewBox='0 0 1 1'></svg>", "This is neither a PNG nor an SVG"),
        (b"<html/>", "This is neither a PNG nor an SVG"),
        (svg("<path>"), "This is neither a PNG nor an SVG"),
        (svg("", ""), "This SVG has neither a viewBox nor a size"),
        (BOMB, "This SVG declares entities"),
        (svg("<style>@import '//x.example'</style>"), "This SVG has a <style>"),
        (svg("<foreignObject/>"), "This SVG has a <foreignObject>"),
        (svg("<image href='//x.example'/>"), "This SVG has a <image>"),
        (svg("<g>" * 40 + "</g>" * 40), "This SVG is too complicated"),
        (svg("<g/>" * 6_000), "This SVG is too complicated"),
        (svg(" " * 110_000), "The picture has 111 kB, at most 100"),
        (b"x" * 210_000, "The picture has 211 kB, at most 200"),
        (png()[:-20], "This PNG is damaged"),
        (png()[:40], "This PNG is damaged"),
        (png()[:8], "This PNG is damaged"),
        (png().replace(b"IDAT", b"IDAX"), "This PNG is damaged"),
        (png(width=5_000), "The picture has 5000 × 2 pixels"),
        (png(width=0), "The picture has 0 × 2 pixels"),
    ],
)
def test_what_cannot_be_shown_safely_is_refused_with_a_sentence(data, beginning):
    with pytest.raises(Sentence) as refused:
        read_picture(data)
    assert str(refused.value).startswith(beginning)


def repeats(*levels):
    """Groups, each with ten <use> of the one before it."""
    return "".join(
        f'<g id="a{level}">' + f'<use href="#a{level - 1}"/>' * 10 + "</g>" for level in levels
    )


@pytest.mark.parametrize(
    "inside",
    [
        '<g id="a0"><path/></g>' + repeats(1, 2),
        repeats(2, 1) + '<g id="a0"><path/></g>',
        '<g id="a"><g><use xlink:href="#a" xmlns:xlink="http://www.w3.org/1999/xlink"/></g></g>',
    ],
)
def test_a_few_lines_draw_no_billion_of_shapes(inside):
    with pytest.raises(Sentence, match="too complicated"):
        read_picture(svg(inside))


def test_shapes_are_drawn_again_in_groups_of_their_own():
    drawn = (
        '<g id="a0"><path></path></g><g id="b"><use href="#a0"></use><use href="#a0"></use></g>'
        '<g><use href="#a0"></use></g>'
    )
    assert read_picture(svg(drawn)).content == svg(drawn)


def test_a_png_keeps_its_picture_and_loses_what_is_said_beside_it():
    said = png(2, 2, chunk(b"tEXt", b"Author\0Somebody"), chunk(b"eXIf", b"place"))
    assert read_picture(said + b"<script>") == (png(), PNG)
