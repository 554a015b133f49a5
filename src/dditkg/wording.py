"""Likeness of texts (rapidfuzz): near misses of a mistyped name."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process


def nearest(typed: str, names: Iterable[str], most: int = 5, at_least: float = 70.0) -> list[str]:
    """The names most like what was typed, best first; likeness runs from 0 to 100."""
    found = process.extract(typed, list(names), scorer=fuzz.ratio, limit=most, score_cutoff=at_least)
    return [name for name, _, _ in found]
