"""Shows the step in hand to somebody who waits at a terminal. Pure: no Django."""

from contextlib import suppress
from types import TracebackType
from typing import Self, TextIO

WIDTH = 20  # characters of the bar
CLEAR = "\r\033[K"  # to the start of the line, and empty it


class Progress:
    """Writes one line that names the step in hand, and removes it at the end.

    It writes only to a terminal, so that the output of a command in a script stays as it is.
    """

    def __init__(self, stream: TextIO, steps: int):
        self.stream, self.steps, self.done = stream, steps, 0
        self.is_on = stream.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def step(self, name: str) -> None:
        """Show that the named step begins."""
        filled = "#" * (WIDTH * self.done // self.steps)
        self.done = min(self.done + 1, self.steps)
        self.write(f"{CLEAR}[{filled:.<{WIDTH}}] {self.done}/{self.steps} {name} …")

    def show(self, done: int, steps: int, name: str) -> None:
        """Show how many steps are done, of as many as are known by now."""
        self.done, self.steps = done, max(done + 1, steps)
        self.step(name)

    def clear(self) -> None:
        """Empty the line, so that other output can take it."""
        self.write(CLEAR)

    def write(self, text: str) -> None:
        """Write to the terminal if there is one."""
        if self.is_on:
            with suppress(OSError):  # without its terminal the command still goes on
                self.stream.write(text)
                self.stream.flush()
