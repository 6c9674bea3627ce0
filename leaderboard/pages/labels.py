"""Labels of points in a chart: placed one by one, and left out rather than laid over others."""

from collections.abc import Sequence
from typing import NamedTuple

from .axes import Text, text_width

LINE = 13  # height of a label
WIDEST = 1.15  # of a text in the widest of the usual fonts, against the estimate for all
DOT = 5  # half the room of a point


class Box(NamedTuple):
    """A rectangle in the chart."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: "Box") -> bool:
        return (
            other.left >= self.left
            and other.right <= self.right
            and other.top >= self.top
            and other.bottom <= self.bottom
        )


class Place(NamedTuple):
    """A point that wants a label: the names to try, longest first."""

    x: float
    y: float
    names: tuple[str, ...]


def dot_box(x: float, y: float) -> Box:
    """Returns the room that a point takes."""
    return Box(x - DOT, y - DOT, x + DOT, y + DOT)


def box_of(label: Text) -> Box:
    """Returns the room that a label takes."""
    width = WIDEST * text_width(label.text)
    left = label.x - width * {"start": 0, "middle": 0.5, "end": 1}[label.anchor]
    return Box(left, label.y - 10, left + width, label.y - 10 + LINE)


def place_labels(
    places: Sequence[Place], obstacles: Sequence[Box], canvas: Box
) -> list[Text | None]:
    """Returns a label for each place, in this order of importance; None without room for it.

    No label overlaps another, an obstacle or the edge of the canvas.
    """
    taken = list(obstacles)
    labels: list[Text | None] = []
    for place in places:
        label = place_label(place, taken, canvas)
        if label:
            taken.append(box_of(label))
        labels.append(label)
    return labels


def place_label(place: Place, obstacles: Sequence[Box], canvas: Box) -> Text | None:
    """Returns the first label around a point that overlaps nothing."""
    own = dot_box(place.x, place.y)
    others = [box for box in obstacles if box != own]
    for name in place.names:
        for label in labels_around(place.x, place.y, name):
            box = box_of(label)
            if canvas.holds(box) and not any(box.overlaps(other) for other in others):
                return label
    return None


def labels_around(x: float, y: float, name: str) -> list[Text]:
    """Returns the places of a label, the best first: left above the point, where the frontier of
    most charts leaves room, then beside, then below."""
    above, below, level = round(y - 7, 1), round(y + 14, 1), round(y + 4, 1)
    return [
        Text(round(x - 3, 1), above, name, "end"),
        Text(round(x - 8, 1), level, name, "end"),
        Text(x, above, name, "middle"),
        Text(round(x + 3, 1), above, name, "start"),
        Text(round(x + 8, 1), level, name, "start"),
        Text(round(x + 3, 1), below, name, "start"),
        Text(x, below, name, "middle"),
        Text(round(x - 3, 1), below, name, "end"),
    ]
