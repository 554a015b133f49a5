"""What an importer takes in, the same for all: rows are counted, and a bad one is named with its place and the reason.

A bad row stops the import; or it is passed over, and named all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

from dditkg.errors import BadFile, DditkgError
from dditkg.meter import Meter

_T = TypeVar("_T")


class Intake:
    """The count of one import. `what` is what is counted; of it, all that is neither refused nor left out is used."""

    def __init__(self, keep_going: bool = False, meter: Meter | None = None) -> None:
        self.keep_going = keep_going
        self.meter = meter or Meter()
        self.what = "rows"
        self.read = 0
        self.refused: list[str] = []
        self.left_out: Counter[str] = Counter()
        self.notes: list[str] = []

    @property
    def used(self) -> int:
        """How many rows are in what was written."""
        return self.read - len(self.refused) - self.left_out.total()

    @property
    def closing(self) -> str:
        """Count in, count out, count refused; and what was left out, and why."""
        left = ", ".join(f"{count:,} {why}" for why, count in self.left_out.items() if count)
        counted = f"{self.read:,} {self.what} in, {self.used:,} out, {len(self.refused):,} refused"
        return f"{counted}; left out: {left}." if left else f"{counted}."

    def over(self, rows: Collection[_T], path: Path) -> Iterator[_T]:
        """The rows of a file in their order, with a line of progress on a terminal."""
        return self.meter.over(rows, f"{self.what} of {path.name}", len(rows))

    def passing(self, items: Iterable[_T], what: str) -> Iterator[_T]:
        """Items whose number is not known beforehand, with a line of progress on a terminal."""
        return self.meter.over(items, what)

    def row(self, path: Path, number: int) -> AbstractContextManager[None]:
        """Count a row of a file; an error raised inside refuses it. Raises BadFile unless bad rows are passed over."""
        return self.one(f"{path}, row {number}")

    @contextmanager
    def one(self, place: str, counted: bool = True) -> Iterator[None]:
        """As `row`, for what has no number. `counted=False`: it has been counted when it was read."""
        self.read += counted
        try:
            yield
        except DditkgError as error:
            self.refuse(place, error)

    def refuse(self, place: str, error: DditkgError) -> None:
        """Name what is refused and why. Raises BadFile unless bad rows are passed over."""
        if not self.keep_going:
            raise BadFile(f"{place}: {error.message}") from error
        self.refused.append(f"{place}: {error.message}")

    def leave_out(self, why: str, count: int = 1) -> None:
        """Count rows that were read and, for a good reason, stand nowhere: `why` follows their number."""
        self.left_out[why] += count

    def require_some(self, source: Path) -> None:
        """Raises BadFile, with every reason, when all was refused: then nothing is to be written."""
        if self.refused and not self.used:
            raise BadFile("\n".join([f"{source}: nothing could be used, so nothing was written.", *self.refused]))
