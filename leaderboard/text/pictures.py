"""Uploaded pictures, as bytes that are safe to send to everybody: PNG, and SVG written anew.

Of an SVG only elements and attributes of an allow-list are written again, so that nothing runs,
loads or refers to anything outside. The list has what drawing programs write for a logo; a picture
that needs more is refused rather than shown half, unless what is missing is invisible.
"""

import re
import struct
import zlib
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from .sentences import Sentence

SVG, PNG = "image/svg+xml", "image/png"
LARGEST = 200_000  # bytes of a picture
LARGEST_SVG = 100_000
MOST_ELEMENTS, MOST_DEPTH = 5_000, 30
MOST_PIXELS = 4_000  # of a side of a PNG
NAMESPACE = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

ELEMENTS = frozenset({
    "svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse",
    "line", "polyline", "polygon", "text", "tspan", "linearGradient", "radialGradient", "stop",
    "clipPath", "mask", "pattern",
})  # fmt: skip
SHAPE = (
    "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "fr", "width",
    "height", "points", "dx", "dy", "rotate",
)  # fmt: skip
PAINT = (
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray",
    "stroke-dashoffset", "opacity", "color", "stop-color", "stop-opacity", "clip-path",
    "clip-rule", "mask", "display", "visibility", "font-family", "font-size", "font-weight",
    "font-style", "text-anchor", "letter-spacing", "dominant-baseline", "paint-order",
    "vector-effect",
)  # fmt: skip
OTHERS = (
    "id", "viewBox", "preserveAspectRatio", "transform", "gradientTransform", "gradientUnits",
    "spreadMethod", "offset", "clipPathUnits", "maskUnits", "maskContentUnits", "patternUnits",
    "patternContentUnits", "patternTransform", "textLength", "lengthAdjust",
)  # fmt: skip
ATTRIBUTES = frozenset([*SHAPE, *PAINT, *OTHERS])
# With these a picture looks otherwise than it was drawn: it is refused instead of shown half.
NEEDED = {"style": "style", "image": "image", "filter": "filter", "foreignObject": "foreignObject"}
FRAGMENT = re.compile(r"#[\w.:-]+")
REFERENCE = re.compile(r"url\(\s*(['\"]?)#[\w.:-]+\1\s*\)")
STYLE_PART = re.compile(r"\s*([a-z-]+)\s*:\s*([^;]*?)\s*(?:!important)?\s*")


class Picture(NamedTuple):
    """A picture as it is stored and sent."""

    content: bytes
    media_type: str


def read_picture(data: bytes) -> Picture:
    """Returns an uploaded PNG, or an SVG written anew. Raises Sentence for anything else."""
    if len(data) > LARGEST:
        raise Sentence(
            "The picture has %(size)s kB, at most %(most)s are allowed. Make it smaller.",
            size=str(len(data) // 1000 + 1), most=str(LARGEST // 1000),
        )  # fmt: skip
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Picture(clean_png(data), PNG)
    return Picture(clean_svg(data), SVG)


def clean_png(data: bytes) -> bytes:
    """Returns a PNG with only the chunks that make its picture: no text, time or place, which
    cameras and programs add. Raises Sentence if it is damaged."""
    kept, position, ended = [data[:8]], 8, False
    while not ended:
        head = data[position : position + 8]
        length, name = struct.unpack(">I4s", head) if len(head) == 8 else (LARGEST, b"")
        whole = data[position : position + 12 + length]
        if len(whole) != 12 + length or zlib.crc32(whole[4:-4]) != int.from_bytes(whole[-4:]):
            raise Sentence("This PNG is damaged or was cut off. Save it again.")
        if position == 8:
            check_size(name, whole)
        if name in (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB"):
            kept.append(whole)
        position, ended = position + len(whole), name == b"IEND"
    if not any(chunk[4:8] == b"IDAT" for chunk in kept[1:]):
        raise Sentence("This PNG is damaged or was cut off. Save it again.")
    return b"".join(kept)


def check_size(name: bytes, chunk: bytes) -> None:
    """Raises Sentence unless a PNG begins with its size, and that is one of a logo."""
    if name != b"IHDR" or len(chunk) != 25:
        raise Sentence("This PNG is damaged or was cut off. Save it again.")
    width, height = struct.unpack(">II", chunk[8:16])
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise Sentence(
            "The picture has %(width)s × %(height)s pixels. Make no side longer than %(most)s.",
            width=str(width), height=str(height), most=str(MOST_PIXELS),
        )  # fmt: skip


def clean_svg(data: bytes) -> bytes:
    """Returns an SVG written anew from the allow-list. Raises Sentence if it is none, or needs
    what is not on the list."""
    if len(data) > LARGEST_SVG:
        raise Sentence(
            "The picture has %(size)s kB, at most %(most)s are allowed. Make it smaller.",
            size=str(len(data) // 1000 + 1), most=str(LARGEST_SVG // 1000),
        )  # fmt: skip
    writer = SvgWriter()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = writer.doctype
    parser.EntityDeclHandler = writer.entity
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.text
    try:
        parser.Parse(data, True)
    except Sentence:  # which is a ValueError too
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Sentence("This is neither a PNG nor an SVG that can be read.") from error
    return "".join(writer.parts).encode()


class SvgWriter:
    """Writes what is allowed of the elements that a parser reports."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.open: list[str] = []  # names of open elements; "" for those that are left out
        self.count = 0
        self.ids: list[str] = []  # of the open elements
        self.repeating: set[str] = set()  # ids of elements that have a <use>
        self.repeated: set[str] = set()  # ids that a <use> names

    def doctype(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        """The declaration that old programs write is left out; one with rules of its own is not."""
        if internal:
            self.entity()

    def entity(self, *declared: object) -> None:
        """Entities can grow without end, and name other files."""
        raise Sentence("This SVG declares entities. Save it as “Plain SVG”.")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Writes the beginning of an element, or leaves it out with all that is in it."""
        self.count += 1
        if self.count > MOST_ELEMENTS or len(self.open) >= MOST_DEPTH:
            raise Sentence("This SVG is too complicated for a logo. Simplify it.")
        namespace, _, name = tag.rpartition(" ")
        if not self.open:
            check_root(namespace, name, attributes)
        is_left_out = namespace != NAMESPACE or (self.open and not self.open[-1])
        if not is_left_out and name in NEEDED:
            raise Sentence(
                "This SVG has a <%(name)s>, which may not be shown. Save it as “Plain SVG”, with "
                "presentation attributes and texts as paths, or use a PNG.",
                name=NEEDED[name],
            )
        if is_left_out or name not in ELEMENTS:
            self.open.append("")
            return
        self.check_repeats(name, attributes)
        declared = f' xmlns="{NAMESPACE}"' if not self.open else ""
        written = "".join(f" {key}={quoteattr(value)}" for key, value in allowed(attributes))
        self.open.append(name)
        self.parts.append(f"<{name}{declared}{written}>")

    def check_repeats(self, name: str, attributes: dict[str, str]) -> None:
        """Raises Sentence for a <use> of what has a <use>: a few lines of those make a picture of
        billions of shapes, with which a browser stands still."""
        self.ids = [*self.ids[: len(self.open)], attributes.get("id", "")]
        if name == "use":
            self.repeating |= {*self.ids}
            self.repeated.add(target(attributes).removeprefix("#"))
        if (self.repeating & self.repeated) - {""}:
            raise Sentence("This SVG is too complicated for a logo. Simplify it.")

    def end(self, tag: str) -> None:
        """Writes the end of an element that was written."""
        if name := self.open.pop():
            self.parts.append(f"</{name}>")

    def text(self, text: str) -> None:
        """Writes the texts of a picture."""
        if self.open and self.open[-1] in ("title", "desc", "text", "tspan"):
            self.parts.append(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def check_root(namespace: str, name: str, attributes: dict[str, str]) -> None:
    """Raises Sentence unless the document is an SVG that says how large it is."""
    if (namespace, name) != (NAMESPACE, "svg"):
        raise Sentence("This is neither a PNG nor an SVG that can be read.")
    if "viewBox" not in attributes and not {"width", "height"} <= attributes.keys():
        raise Sentence("This SVG has neither a viewBox nor a size. Save it with a viewBox.")


def allowed(attributes: dict[str, str]) -> list[tuple[str, str]]:
    """Returns the attributes that may stay; a style is taken apart into those it stands for, as the
    policy of the answer lets no style through."""
    styled = {
        match[1]: match[2]
        for part in attributes.get("style", "").split(";")
        if (match := STYLE_PART.fullmatch(part)) and match[1] in PAINT
    }
    plain = {name: value for name, value in attributes.items() if name in ATTRIBUTES}
    found = [(name, value) for name, value in (plain | styled).items() if is_harmless(value)]
    return [*found, ("href", name)] if (name := target(attributes)) else found


def target(attributes: dict[str, str]) -> str:
    """Returns the element of its picture that an element refers to: “#name”; "" for none."""
    name = attributes.get("href") or attributes.get(f"{XLINK} href") or ""
    return name if FRAGMENT.fullmatch(name) else ""


def is_harmless(value: str) -> bool:
    """Whether a value names nothing outside of its picture: url(#…) only, nothing escaped."""
    rest = REFERENCE.sub("", value).lower()
    return not ("url" in rest or "\\" in rest or ":" in rest or "@" in rest)
