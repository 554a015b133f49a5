"""Shares as text: with an interval where there is enough to count, as a plain count where there is not."""

from __future__ import annotations

import math
from collections.abc import Iterable

#: Below this a percentage would say more than is known.
LEAST = 10


def share(answers: Iterable[bool | None]) -> str:
    """`72% (57–83)` with the 95 per cent interval of Wilson's score, or `3 of 4`; `–` where nothing could be judged.

    None among the answers is one that could not be judged.
    """
    judged = [answer for answer in answers if answer is not None]
    part, whole = sum(judged), len(judged)
    if whole < LEAST:
        return f"{part} of {whole}" if whole else "–"
    low, high = wilson(part, whole)
    return f"{100 * part / whole:.0f}% ({100 * low:.0f}–{100 * high:.0f})"


def wilson(part: int, whole: int, z: float = 1.959964) -> tuple[float, float]:
    """The interval of Wilson's score for a share, by default at 95 per cent."""
    spread = z * z / whole
    middle = (part / whole + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(part / whole * (1 - part / whole) / whole + spread / (4 * whole))
    return max(0.0, middle - half), min(1.0, middle + half)
