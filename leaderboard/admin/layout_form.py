"""How a table is read: shown with the preview of an import, and changed there."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leaderboard.readers.files.dates import DAY_FIRST, MONTH_FIRST
from leaderboard.readers.layouts import (
    ERRORS,
    FACT_ROLES,
    LEFT_OUT,
    METRIC,
    NAME,
    PLUS_MINUS_ROLES,
    SOURCE,
    Column,
    Layout,
)
from leaderboard.readers.results import FileContext
from leaderboard.text.facts import BY_FIELD


class ColumnRow(NamedTuple):
    """A column of the file as the form shows it."""

    column: Column
    field: Any  # the bound field of its role


class LayoutForm(forms.Form):
    """Asks for the decimal sign, the order of dates, and what each column is.

    It may be about several files of one shape; then `mixed` names what is not alike in them: boxes,
    and columns as column_name() has them. They stay as found in each file until one is chosen.
    """

    decimal = forms.ChoiceField(
        label=_("Decimal sign"),
        choices=[(".", _("point: 1,234.5")), (",", _("comma: 1.234,5"))],
        required=False,
    )
    dates = forms.ChoiceField(
        label=_("Order of dates"),
        choices=[
            (DAY_FIRST, _("day first: 29/4/2025")),
            (MONTH_FIRST, _("month first: 4/29/2025")),
        ],
        required=False,
    )
    llms_in = forms.ChoiceField(
        label=_("LLMs stand"),
        choices=[("rows", _("below each other, one in a row")),
                 ("columns", _("side by side, one in a column"))],
        required=False,
    )  # fmt: skip

    def __init__(
        self,
        layout: Layout,
        format: str,
        data: Any = None,
        prefix: str | None = None,
        places: tuple[str, ...] = (),
        mixed: frozenset[str] = frozenset(),
    ):
        super().__init__(data, prefix=prefix)
        self.layout, self.mixed = layout, mixed
        self.places = places  # the files, if there are several
        if format != "wide":
            del self.fields["llms_in"]
        if not layout.has_separators:
            del self.fields["decimal"]
        if not layout.has_dates:
            del self.fields["dates"]
        for name in self.fields:
            self.initial[name] = said = getattr(layout, name)
            if not said:
                self.offer_nothing(name, name)
        self.columns = list(self.add_columns())

    def offer_nothing(self, name: str, known_as: str) -> None:
        """Puts a line before the choices of a field, as nothing is known yet, or not for all."""
        field: Any = self.fields[name]
        line = _("as found in each file") if known_as in self.mixed else _("choose")
        field.choices = [("", line), *field.choices]

    def add_columns(self) -> Iterator[ColumnRow]:
        """Adds a field for each column, and yields what the page shows of it."""
        roles = [(METRIC, gettext(METRIC)), *translated((*ERRORS, NAME, SOURCE, LEFT_OUT))]
        roles += [(fact, gettext(BY_FIELD[fact].label)) for fact in FACT_ROLES]
        for number, column in enumerate(self.layout.columns):
            name = f"column-{number}"
            choices = list(translated(PLUS_MINUS_ROLES)) if column.is_plus_minus else roles
            self.fields[name] = forms.ChoiceField(
                choices=choices, required=False, label=column.header, initial=column.role
            )
            if not column.role:
                self.offer_nothing(name, column_name(column.header))
            yield ColumnRow(column, self[name])

    @property
    def settings(self) -> list[Any]:
        """The fields of the whole file."""
        return [self[name] for name in ("decimal", "dates", "llms_in") if name in self.fields]

    @property
    def is_undecided(self) -> bool:
        """Whether something has to be chosen before anything can be imported."""
        settings = [name for name in ("decimal", "dates") if name in self.fields]
        asked: set[str] = {name for name in settings if not getattr(self.layout, name)}
        asked |= {column_name(each.header) for each in self.layout.columns if not each.role}
        return bool(asked - self.mixed)

    def said(self) -> dict[str, str]:
        """What was chosen, by the name of its box."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def says_something_new(self) -> bool:
        """Whether something is chosen that is not so already."""
        return any(
            value != (self.initial.get(name) or self[name].initial)
            for name, value in self.said().items()
        )

    def context_for(self, layout: Layout, benchmark: str) -> FileContext:
        """How a file that was read with this layout is to be read."""
        data = self.said()
        is_turned = data.get("llms_in", layout.llms_in) != layout.llms_in
        roles = {column.header: column.role for column in layout.columns}
        roles |= {
            column.header: data[f"column-{number}"]
            for number, column in enumerate(self.layout.columns)
            if f"column-{number}" in data and column.header in roles
        }
        return FileContext(
            benchmark=benchmark,
            decimal=data.get("decimal", layout.decimal),
            dates=data.get("dates", layout.dates),
            llms_in=data.get("llms_in", layout.llms_in),
            # Turned, the table has other columns.
            roles={} if is_turned else {name: role for name, role in roles.items() if role},
        )


def column_name(header: str) -> str:
    """Returns how a column is named among boxes; no box has this name."""
    return f"column: {header}"


def translated(roles: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yields choices of roles."""
    for role in roles:
        yield role, gettext(role)
