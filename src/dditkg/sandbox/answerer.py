"""Who answers queries from outside: a pool of workers here, or an engine elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from dditkg.sandbox.wire import Answer


class Answerer(Protocol):
    """What the SPARQL endpoint needs of it."""

    @property
    def ready(self) -> bool:
        """Whether a query could be answered now."""

    async def start(self) -> None:
        """Make ready. Calling again is harmless."""

    async def ask(
        self,
        query: str,
        accept: str | None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
    ) -> Answer:
        """The whole answer to a query, in the format that `accept` likes best, or an error of ours."""
