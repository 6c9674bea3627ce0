"""What a command is busy with, for somebody who waits at a terminal. Pure: no Django."""

from contextlib import suppress
from types import TracebackType
from typing import Self, TextIO

WIDTH = 20  # characters of the bar
CLEAR = "\r\033[K"  # to the start of the line, and empty it


class Progress:
    """One line that names the step in hand, and is gone at the end.

    Nothing is written where no terminal waits: what a program reads stays as it is.
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
        """The next step begins."""
        filled = "#" * (WIDTH * self.done // self.steps)
        self.done = min(self.done + 1, self.steps)
        self.write(f"{CLEAR}[{filled:.<{WIDTH}}] {self.done}/{self.steps} {name} …")

    def clear(self) -> None:
        """Room for other output."""
        self.write(CLEAR)

    def write(self, text: str) -> None:
        if self.is_on:
            with suppress(OSError):  # the terminal is gone; what was asked for is done all the same
                self.stream.write(text)
                self.stream.flush()
