"""Queries from outside, handed on to another engine. What a query may cost there is for that engine to limit."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Sequence

from starlette.concurrency import run_in_threadpool

from dditkg import formats
from dditkg.errors import NotAcceptable
from dditkg.formats import Format
from dditkg.remote import Endpoint, RemoteStore
from dditkg.sandbox import Answer, Question, rows
from dditkg.sandbox.screen import screen
from dditkg.settings import Settings


class Relay:
    """Answers as a pool of workers does, from an endpoint that gives so many rows at most (None: all)."""

    ready = True
    layers: tuple[str, ...] = ()

    def __init__(self, url: str, most_rows: int | None, settings: Settings) -> None:
        self._url, self._most_rows, self._settings = url, most_rows, settings

    def census(self) -> dict[str, int]:
        """There are no workers."""
        return {}

    async def start(self) -> None:
        """There is nothing to start."""

    async def ask(self, question: Question, charge: Callable[[float], object] = lambda seconds: None) -> Answer:
        """The whole answer to a query, in the format that its `accept` likes best.

        `charge` is called with the seconds that the engine had it. Raises what `Pool.ask` raises. A query that nobody
        waits for any more runs on until the engine ends it.
        """
        screen(question.query, self._settings)
        question = question.within(self._settings)
        endpoint = Endpoint(self._url, question.seconds or self._settings.query_seconds, self._settings.answer_bytes)
        store, output, began = RemoteStore(endpoint, self._most_rows), io.BytesIO(), time.monotonic()

        def choose(offered: Sequence[Format]) -> Format:
            chosen = formats.negotiate(question.accept, offered)
            if chosen is None:
                names = [f.media_type for f in offered]
                raise NotAcceptable(f"This query's answer is offered as {', '.join(names)}.", offered=names)
            return chosen

        graphs = question.default_graphs, question.named_graphs
        try:
            chosen = await run_in_threadpool(store.evaluate, question.query, choose, output, *graphs, question.base)
        finally:
            charge(time.monotonic() - began)
        body = output.getvalue()
        if question.rows is not None and rows.exceed(question.rows, body, chosen):
            raise rows.too_many(question.rows)
        return Answer(chosen.content_type, body, hashlib.sha256(chosen.content_type.encode() + body).hexdigest()[:24])
