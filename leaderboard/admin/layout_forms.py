"""How the tables of several files are read: a form for those of one shape, or one for each file."""

from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from leaderboard.readers.gathering import read_parts_again
from leaderboard.readers.layouts import Column, Layout
from leaderboard.readers.merging import FileReading
from leaderboard.readers.registry import read_again
from leaderboard.readers.results import FileContext, Reading

from .layout_form import LayoutForm, column_name

MOST_FORMS = 20  # on a page; those with something to choose first


class Shape(NamedTuple):
    """Files of one format with the same headers, by their numbers in the reading."""

    format: str
    numbers: list[int]


class LayoutForms:
    """The forms of all tables of an import; none for files without a table."""

    def __init__(self, reading: Reading, format: str, by_file: bool, data: Any = None):
        self.reading, self.format, self.by_file = reading, format, by_file
        self.parts: tuple[FileReading, ...] = reading.parts
        self.data = data

    @cached_property
    def shapes(self) -> list[Shape]:
        """The shapes of the tables among several files."""
        shapes: dict[Any, Shape] = {}
        for number, part in enumerate(self.parts):
            if layout := part.reading.layout:
                headers = tuple(each.header for each in layout.columns if not each.is_plus_minus)
                key = number if self.by_file else (part.format, layout.llms_in, headers)
                shapes.setdefault(key, Shape(part.format, [])).numbers.append(number)
        return list(shapes.values())

    @property
    def has_alike(self) -> bool:
        """Whether files of one shape could be asked about one by one."""
        tables = sum(bool(part.reading.layout) for part in self.parts)
        return self.by_file or len(self.shapes) < tables

    @cached_property
    def forms(self) -> list[LayoutForm]:
        """One form for a file that is alone, else one for each shape."""
        if not self.parts:
            layout = self.reading.layout
            return [LayoutForm(layout, self.format, self.data)] if layout else []
        return [self.make_form(shape) for shape in self.shapes]

    def make_form(self, shape: Shape) -> LayoutForm:
        """The form of a shape; it says of which files it is."""
        layout, mixed = find_common([layout_of(self.parts[number]) for number in shape.numbers])
        return LayoutForm(
            layout,
            shape.format,
            self.data,
            prefix=f"{'file' if self.by_file else 'shape'}-{shape.numbers[0]}",
            places=tuple(self.parts[number].place for number in shape.numbers),
            mixed=mixed,
        )

    @property
    def shown(self) -> list[LayoutForm]:
        """Those on the page."""
        return sorted(self.forms, key=lambda form: not form.is_undecided)[:MOST_FORMS]

    @property
    def is_undecided(self) -> bool:
        """Whether something has to be chosen before anything can be imported."""
        return any(form.is_undecided for form in self.forms)

    def are_valid(self) -> bool:
        """Whether what was sent can be understood."""
        return all(form.is_valid() for form in self.forms)

    def read_again(self, benchmark: str) -> Reading | None:
        """Returns what the files say if they are read as was chosen; None if they are already.

        Raises Refused if one cannot be read so.
        """
        if not self.parts:
            form = next((form for form in self.forms if form.says_something_new()), None)
            if form is None:
                return None
            said = form.context_for(form.layout, benchmark)
            return read_again(self.reading, self.format, said)
        contexts: dict[int, FileContext] = {}
        for shape, form in zip(self.shapes, self.forms, strict=True):
            if form.says_something_new():
                for number in shape.numbers:
                    contexts[number] = form.context_for(layout_of(self.parts[number]), benchmark)
        return read_parts_again(self.reading, contexts) if contexts else None


def layout_of(part: FileReading) -> Layout:
    """Returns the layout of a file that is a table."""
    assert part.reading.layout
    return part.reading.layout


def find_common(layouts: list[Layout]) -> tuple[Layout, frozenset[str]]:
    """Returns what is alike in all layouts, and what is known in all, but not alike.

    That is named as LayoutForm.mixed has it. What is open in one of them is open.
    """
    columns: dict[str, list[Column]] = {}
    for layout in layouts:
        for column in layout.columns:
            columns.setdefault(column.header, []).append(column)
    found = {column_name(header): [each.role for each in some] for header, some in columns.items()}
    found["decimal"] = [layout.decimal for layout in layouts if layout.has_separators]
    found["dates"] = [layout.dates for layout in layouts if layout.has_dates]
    common = Layout(
        columns=tuple(
            replace(some[0], role=agree(found[column_name(header)]))
            for header, some in columns.items()
        ),
        decimal=agree(found["decimal"]),
        has_separators=bool(found["decimal"]),
        dates=agree(found["dates"]),
        has_dates=bool(found["dates"]),
        llms_in=layouts[0].llms_in,
    )
    return common, frozenset(name for name, some in found.items() if some and is_mixed(some))


def agree(values: list[str]) -> str:
    """Returns the value of all; "" if they differ."""
    return values[0] if len(set(values)) == 1 else ""


def is_mixed(values: list[str]) -> bool:
    """Whether values differ, and none is open."""
    return len(set(values)) > 1 and all(values)
