"""The real dataset, opened once for all tests of a process: nobody changes it."""

from __future__ import annotations

from functools import cache

from dditkg.dataset import Dataset, open_dataset


@cache
def whole_dataset() -> Dataset:
    return open_dataset()
