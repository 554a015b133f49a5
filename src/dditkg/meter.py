"""How far long work is, as one line on a terminal; where there is no terminal, nothing at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO, TypeVar

_T = TypeVar("_T")
_EVERY = 1_000  # what is shorter than that is done before it is read
_WIDTH = 24
_CLEAR = "\r\x1b[K"


class Meter:
    """A line of progress on `stream`."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None and stream.isatty() else None

    def over(self, items: Iterable[_T], what: str, total: int = 0) -> Iterator[_T]:
        """The items as they are; on a terminal a bar that fills, or a number that grows where no total is given."""
        if self._stream is None:
            yield from items
            return
        try:
            for number, item in enumerate(items):
                if number and number % _EVERY == 0:
                    self._draw(number, what, total)
                yield item
        finally:
            self._write(_CLEAR)

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Say on a terminal what is being done."""
        self._write(f"{_CLEAR}{what} …")
        try:
            yield
        finally:
            self._write(_CLEAR)

    def _draw(self, number: int, what: str, total: int) -> None:
        if total:
            full = min(number, total) * _WIDTH // total
            self._write(f"{_CLEAR}{'━' * full}{'─' * (_WIDTH - full)} {number:,} of {total:,} {what}")
        else:
            self._write(f"{_CLEAR}{number:,} {what}")

    def _write(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(text)
            self._stream.flush()
