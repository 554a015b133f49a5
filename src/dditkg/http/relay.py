"""Queries from outside, handed on to another engine. What a query may cost there is for that engine to limit."""

from __future__ import annotations

import io
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool

from dditkg import formats
from dditkg.errors import NotAcceptable
from dditkg.formats import Format
from dditkg.remote import RemoteStore
from dditkg.sandbox import Answer
from dditkg.sandbox.screen import screen
from dditkg.settings import Settings


class Relay:
    """Answers as a pool of workers does, from an endpoint."""

    ready = True

    def __init__(self, store: RemoteStore, settings: Settings) -> None:
        self._store, self._settings = store, settings

    async def start(self) -> None:
        """There is nothing to start."""

    async def ask(
        self,
        query: str,
        accept: str | None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base: str | None = None,
    ) -> Answer:
        """The whole answer to a query, in the format that `accept` likes best.

        Raises what `Pool.ask` raises. A query that nobody waits for any more runs on until the engine ends it.
        """
        screen(query, self._settings)

        def choose(offered: Sequence[Format]) -> Format:
            chosen = formats.negotiate(accept, offered)
            if chosen is None:
                names = [f.media_type for f in offered]
                raise NotAcceptable(f"This query's answer is offered as {', '.join(names)}.", offered=names)
            return chosen

        output = io.BytesIO()
        chosen = await run_in_threadpool(
            self._store.evaluate, query, choose, output, default_graphs, named_graphs, base
        )
        return Answer(chosen.content_type, output.getvalue())
