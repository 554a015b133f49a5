"""SPARQL 1.1 Protocol for queries, read-only, at `/sparql`."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dditkg import formats
from dditkg.errors import DditkgError, NotAcceptable, WrongUse
from dditkg.formats import Format
from dditkg.http import state
from dditkg.http.answers import Answers, lasting
from dditkg.http.clients import REFUSED_SECONDS, Charge, Clients
from dditkg.http.delivery import PIECE_BYTES, Delivery, Outbox, RawHeaders
from dditkg.http.protocol import READ_ONLY, Asked, accepted, read
from dditkg.http.replies import OPEN, holds, preflight, problem, refusal
from dditkg.http.service import PREFIXES, service_description
from dditkg.http.tally import Tally
from dditkg.sandbox import Answer, Answerer, Question
from dditkg.settings import Settings

PATH = "/sparql"
Page = Callable[[Request], Response]
About = Callable[[Request, Format], Response]

_log = logging.getLogger(__name__)
_METHODS = "GET, HEAD, OPTIONS, POST"
_FORMS = (*formats.RESULT_FORMATS, *formats.GRAPH_FORMATS, formats.HTML)
_TO_SHOW = f"{formats.SPARQL_JSON.media_type}, {formats.TURTLE.media_type};q=0.5"
_HEADERS = {**OPEN, "Vary": "Accept", "Cache-Control": "no-store"}
_PATIENCE = 0.05  # seconds
_FORM_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>SPARQL</title></head>
<body>
<h1>SPARQL</h1>
<form method="get">
<p><label for="query">Query</label></p>
<p><textarea id="query" name="query" rows="15" cols="80" spellcheck="false" required></textarea></p>
<p><button>Run</button></p>
</form>
</body>
</html>
"""


@dataclass(frozen=True)
class Shown:
    """How a browser is shown an answer to a query, and why there is none."""

    answer: Callable[[str, Answer], Response]
    refusal: Callable[[str, DditkgError], Response]


def routes(
    pool: Answerer,
    settings: Settings,
    page: Page | None = None,
    shown: Shown | None = None,
    about: About | None = None,
    answers: Answers | None = None,
    said: Mapping[str, str] | None = None,
) -> list[Route]:
    """The endpoint at `/sparql`, and `/readyz` and `/metrics` about it.

    `page` answers a browser that comes without a query; default: a plain form.
    `about` answers a program that comes without a query; default: a description of the endpoint alone.

    With `shown`, a client that would rather have a page than results gets one. For all others
    every refusal is a problem document (RFC 9457) with the status that the protocol asks for.

    `answers` keeps what can be given again, `Answers(0)` nothing; a store whose content
    may change needs that. `said` are headers of every answer.
    """
    about = about or functools.partial(_plain_description, settings.address + PATH)
    answers = Answers(settings.cache_bytes) if answers is None else answers
    tally = Tally()
    endpoint = _Endpoint(pool, settings, page or _plain_page, shown, about, tally, answers, said or {})
    return [Route(PATH, endpoint), *state.routes(pool, tally, answers)]


class _Endpoint:
    """An ASGI application, so that each method reaches it and gets an answer of ours."""

    def __init__(
        self,
        pool: Answerer,
        settings: Settings,
        page: Page,
        shown: Shown | None,
        about: About,
        tally: Tally,
        answers: Answers,
        said: Mapping[str, str],
    ) -> None:
        self._said = {**_HEADERS, **said}
        always = [(name.lower().encode(), value.encode()) for name, value in self._said.items()]
        self._passing: RawHeaders = always
        self._lasting: RawHeaders = [*(h for h in always if h[0] != b"cache-control"), (b"cache-control", b"no-cache")]
        self._pool, self._settings, self._page, self._shown, self._about = pool, settings, page, shown, about
        self._tally, self._answers = tally, answers
        self._clients, self._outbox = Clients(settings), Outbox(settings)
        self._address = settings.address + PATH  # also the base of relative IRIs in queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = self._known(scope)
        if known is not None:
            self._tally.count("from cache")
            answer, headers = known
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            return await send({"type": "http.response.body", "body": answer.body})
        request = Request(scope, receive)
        try:
            await self._respond(request, send)
        except (ClientDisconnect, _ClientGone):
            self._tally.count("client gone")
        except DditkgError as error:
            self._tally.refuse(error)
            shown = self._shows(", ".join(request.headers.getlist("accept")))
            await self._send(
                shown.refusal(request.query_params.get("query", ""), error) if shown else problem(error), request, send
            )
        except Exception:
            self._tally.count("failed")
            _log.exception("Unexpected failure at %s", PATH)
            failure = DditkgError("The service failed to answer. The failure has been logged.")
            await self._send(problem(failure), request, send)

    async def _send(self, response: Response | Delivery, request: Request, send: Send) -> None:
        if isinstance(response, Response):
            for name, value in self._said.items():
                response.headers.setdefault(name, value)
        if request.method == "HEAD":
            response.body = b""  # the headers, Content-Length among them, stay as for GET
        await response(request.scope, request.receive, send)

    def _known(self, scope: Scope) -> tuple[Answer, RawHeaders] | None:
        """The answer, and its headers, to a GET that has come before letter by letter; nothing else is quicker."""
        if scope["method"] != "GET":
            return None
        accept = ""
        for name, value in scope["headers"]:
            if name == b"accept" and not accept:
                accept = value.decode("latin-1")
            elif name in (b"accept", b"if-none-match"):
                return None
        known = self._answers.repeated(scope["query_string"], accept)
        if known is None or known[1] is None or len(known[0].body) > PIECE_BYTES:
            return None
        return known[0], known[1]

    async def _respond(self, request: Request, send: Send) -> None:
        if request.method == "OPTIONS":
            return await self._send(preflight(_METHODS), request, send)
        if request.method not in ("GET", "HEAD", "POST"):
            response = problem(refusal(405, "Method not allowed", f"Use GET or POST to query. {READ_ONLY}"))
            response.headers["Allow"] = _METHODS
            return await self._send(response, request, send)
        accept = accepted(request)
        if request.method == "GET":
            known = self._answers.repeated(request.scope["query_string"], accept)
            if known is not None:
                self._tally.count("from cache")
                return await self._send(self._delivery(request, known[0], kept=True), request, send)
        asked = await read(request, self._settings)
        if asked.query is not None:
            return await self._answer(request, asked, asked.query, accept, send)
        if request.method == "POST":
            raise WrongUse("There is no query. Send it as the body, or as the form field “query”.")
        await self._send(await self._describe(request, accept), request, send)

    async def _answer(self, request: Request, asked: Asked, query: str, accept: str, send: Send) -> None:
        shown = self._shows(accept)
        wanted = _TO_SHOW if shown else accept or None
        graphs = asked.default_graphs, asked.named_graphs
        question = Question(query, wanted, *graphs, self._address, asked.seconds, asked.rows)
        kept = self._answers.keeps and lasting(query)
        # A client that sets a limit of its own for rows is to be held to it.
        answer = self._answers.get(question) if kept and asked.rows is None else None

        async def deliver(answer: Answer) -> None:
            if shown:
                return await self._send(await run_in_threadpool(shown.answer, query, answer), request, send)
            delivery = self._delivery(request, answer, kept)
            if kept and request.method == "GET" and asked.rows is None and isinstance(delivery, Delivery):
                self._answers.remember(request.scope["query_string"], accept, question, answer, delivery.headers)
            await self._send(delivery, request, send)

        if answer is not None:
            self._tally.count("from cache")
            return await deliver(answer)
        self._tally.miss()
        # A client's place is kept until it has taken its answer: slow readers would fill the memory otherwise.
        with self._clients.visit(self._client(request)) as charge:
            try:
                answer = await self._ask(request, question, charge)
            except DditkgError:
                charge(REFUSED_SECONDS)
                raise
            if kept:
                self._answers.keep(question, answer)
            self._tally.count("answered")
            with self._outbox.holding(len(answer.body)):
                await deliver(answer)

    def _delivery(self, request: Request, answer: Answer, kept: bool) -> Response | Delivery:
        """An answer as it is sent; 304 to a client that has it. What differs at each time is not to be stored."""
        headers = [*self._passing]
        if kept and request.method != "POST":
            tag = f'"{answer.tag}"'
            if holds(request.headers.get("if-none-match"), tag):
                return Response(status_code=304, headers={"ETag": tag, "Cache-Control": "no-cache"})
            headers = [*self._lasting, (b"etag", tag.encode())]
        headers.append((b"content-type", answer.content_type.encode()))
        return Delivery(answer.body, headers, self._settings.sending_seconds)

    def _client(self, request: Request) -> str | None:
        peer = request.scope["client"]
        forwarded = request.headers.getlist("x-forwarded-for") if self._settings.trusted_proxies else ()
        return self._clients.who(peer[0] if peer else None, forwarded)

    def _shows(self, accept: str) -> Shown | None:
        """How to show an answer, to a client that likes a page better than any form of results."""
        return self._shown if formats.negotiate(accept or None, _FORMS) is formats.HTML else None

    async def _ask(self, request: Request, question: Question, charge: Charge) -> Answer:
        """The pool's answer; gives the worker free when the client goes away before it has come."""

        def spend(seconds: float) -> None:
            charge(seconds)
            self._tally.spend(seconds)

        # Most answers come before it is worth while to look whether anybody still waits for them.
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        leaving: list[asyncio.Task[None]] = []
        timer = loop.call_later(_PATIENCE, lambda: leaving.append(loop.create_task(_cancel_if_gone(request, task))))
        try:
            return await self._pool.ask(question, spend)
        except asyncio.CancelledError:
            if not (leaving and leaving[0].done()):
                raise
            task.uncancel()
            raise _ClientGone from None
        finally:
            timer.cancel()
            for watch in leaving:
                watch.cancel()

    async def _describe(self, request: Request, accept: str) -> Response:
        offered = (*formats.GRAPH_FORMATS, formats.HTML)
        chosen = formats.negotiate(accept or None, offered)
        if chosen is None:
            names = [f.media_type for f in offered]
            raise NotAcceptable(
                f"Without a query there is a description of this service, as {', '.join(names)}.", offered=names
            )
        if chosen is formats.HTML:
            return self._page(request)
        return await run_in_threadpool(self._about, request, chosen)


class _ClientGone(Exception):
    """Nobody is there to answer."""


async def _cancel_if_gone(request: Request, task: asyncio.Task[object]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    task.cancel()


def _plain_page(request: Request) -> Response:
    return HTMLResponse(_FORM_PAGE, headers={"Content-Security-Policy": "default-src 'none'; form-action 'self'"})


def _plain_description(endpoint: str, request: Request, chosen: Format) -> Response:
    syntax = ox.RdfFormat.from_media_type(chosen.media_type)
    assert syntax is not None
    body = ox.serialize(service_description(endpoint), format=syntax, prefixes=PREFIXES)
    return Response(body, headers={"Content-Type": chosen.content_type})
