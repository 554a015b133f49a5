"""Who answers queries from outside: a pool of workers here, or an engine elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from dditkg.sandbox.wire import Answer, Question


class Answerer(Protocol):
    """What the SPARQL endpoint needs of it."""

    @property
    def ready(self) -> bool:
        """Whether a query could be answered now."""

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers of confinement in which queries run here."""

    def census(self) -> dict[str, int]:
        """How many of its workers do what."""

    async def start(self) -> None:
        """Make ready. Calling again is harmless."""

    async def ask(self, question: Question, charge: Callable[[float], object] = ...) -> Answer:
        """The whole answer to a query, or an error of ours. `charge` is told the seconds that it took."""
