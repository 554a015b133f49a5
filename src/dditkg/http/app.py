"""The web application: routers over one dataset, and every failure as a sentence."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dditkg import formats
from dditkg.errors import DditkgError, WrongUse
from dditkg.http import compare, crosswalk, graph_store, linked_data, pages, questions, server, sparql, translate
from dditkg.http.answers import Answers
from dditkg.http.api import Api
from dditkg.http.dataset import Catalogue
from dditkg.http.description import HEALTH, described
from dditkg.http.kept import Kept
from dditkg.http.replies import OPEN, URL_BYTES, preflight, problem, refusal, reply, wants_page
from dditkg.http.site import Site
from dditkg.sandbox import Answer, Answerer
from dditkg.store import LocalStore

_log = logging.getLogger("dditkg")
_REPLIES_BYTES = 32 * 1024 * 1024
_METHODS = "GET, HEAD, OPTIONS"
# Only lists are sent here: everything else is asked for.
_POSTED = {"/translate": "OPTIONS, POST"}
_SAID = {404: "There is nothing at this address."}
Refuse = Callable[[Request, Exception], Awaitable[Response]]


def create(site: Site, pool: Answerer) -> ASGIApp:
    """The application. It starts the pool of query workers with itself."""

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await pool.start()
        yield

    api = Api()
    questions.mount(api, site, pool)
    held = crosswalk.Held(site)
    crosswalk.mount(api, held)
    translate.mount(api, held)
    compare.mount(api, held)
    first = next(iter(site.questions.values()))

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "version": site.dataset.version, "workers": pool.ready})

    def description() -> dict[str, Any]:
        return described(api.paths, site.settings.address, site.dataset.version, first.text)

    async def openapi(request: Request) -> Response:
        return reply(request, json.dumps(description(), ensure_ascii=False).encode(), formats.JSON.content_type)

    async def home(request: Request) -> Response:
        return reply(request, pages.home(site), formats.HTML.content_type, headers=pages.HEADERS)

    async def docs(request: Request) -> Response:
        body = pages.developers(site, description())
        return reply(request, body, formats.HTML.content_type, headers=pages.HEADERS)

    def query_page(request: Request) -> Response:
        return reply(request, pages.sparql(site), formats.HTML.content_type, headers=pages.HEADERS)

    def shown_answer(query: str, answer: Answer) -> Response:
        body = pages.own_answer(site, query, answer.body, answer.content_type)
        return Response(body, headers={"Content-Type": formats.HTML.content_type, **pages.HEADERS})

    def shown_refusal(query: str, error: DditkgError) -> Response:
        headers = {"Content-Type": formats.HTML.content_type, **pages.HEADERS}
        return Response(pages.sparql(site, query, error), status_code=error.status, headers=headers)

    catalogue = Catalogue(site)
    # What another engine holds may change under us.
    lasting = isinstance(site.dataset.store, LocalStore)
    kept = None if lasting else Answers(0)
    replies = Kept(min(_REPLIES_BYTES, site.settings.cache_bytes) if lasting else 0)
    shown = sparql.Shown(shown_answer, shown_refusal)
    # The name of the service, in place of that of its server.
    said = {"X-Dataset-Version": site.dataset.version, "Server": "dditkg"}
    api.add("/health", health, HEALTH)
    api.add("/", home)
    api.add("/docs", docs)
    api.add("/openapi.json", openapi)
    endpoint, *about_it = sparql.routes(pool, site.settings, query_page, shown, catalogue.describe, kept, said)
    routes = [
        *api.routes,
        *about_it,
        *graph_store.routes(site),
        *catalogue.routes(),
        pages.static(),
        *linked_data.routes(site),
    ]

    async def refuse(request: Request, error: Exception) -> Response:
        assert isinstance(error, DditkgError)
        if not wants_page(request):
            return problem(error)
        headers = {
            "Content-Type": formats.HTML.content_type,
            "Cache-Control": "no-store",
            "Vary": "Accept",
            **pages.HEADERS,
        }
        return Response(pages.refusal(site, error), status_code=error.status, headers=headers)

    async def refuse_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        sentence = _SAID.get(error.status_code, f"{error.detail}.")
        if error.status_code == 405:
            methods = _methods(request.url.path)
            told = "This service is only read here: use" if methods is _METHODS else "A list is sent here: use"
            sentence = f"{told} {methods}."
        said = refusal(error.status_code, str(error.detail), sentence)
        response = await refuse(request, said)
        if error.status_code == 405:
            response.headers["Allow"] = _methods(request.url.path)
        return response

    async def fail(request: Request, error: Exception) -> Response:
        _log.exception("Unexpected failure at %s", request.url.path, exc_info=error)
        return await refuse(request, DditkgError("The service failed to answer. The failure has been logged."))

    handlers = {DditkgError: refuse, HTTPException: refuse_http, Exception: fail}
    app = Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)
    return _Door(app, refuse, said, endpoint.app, replies)


class _Door:
    """Before everything else: addresses that no route should see are refused, HEAD is answered as GET without its body,
    and every answer may be read by any site and says which version of the data gave it."""

    def __init__(self, app: ASGIApp, refuse: Refuse, said: dict[str, str], endpoint: ASGIApp, replies: Kept) -> None:
        self._app, self._refuse, self._endpoint, self._replies = app, refuse, endpoint, replies
        self._said = {**OPEN, **said}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if scope["path"] == sparql.PATH:  # which speaks for itself, and would wait for a hundred routes to say no
            return await self._endpoint(scope, receive, send)
        kept = self._replies.find(scope)
        if kept is not None:
            for message in kept:
                await send(message)
            return
        without_body = scope["method"] == "HEAD"
        send = self._replies.watch(scope, send)

        async def opened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._said.items():
                    headers.setdefault(name, value)
            elif without_body:
                message = {**message, "body": b""}
            await send(message)

        scope = {**scope, "method": "GET"} if without_body else scope
        error = _unfit(scope)
        if error:
            await (await self._refuse(Request(scope), error))(scope, receive, opened)
        elif scope["method"] == "OPTIONS":
            await preflight(_methods(scope["path"]))(scope, receive, opened)
        else:
            await self._app(scope, receive, opened)


def _methods(path: str) -> str:
    return _POSTED.get(path, _METHODS)


def _unfit(scope: Scope) -> WrongUse | None:
    """Why an address cannot be that of anything here."""
    path, query = scope.get("raw_path") or b"", scope["query_string"]
    if len(path) + len(query) > URL_BYTES:
        sentence = f"URLs may have {URL_BYTES} bytes. Shorten what is asked for."
        return refusal(414, "The URL is too long", sentence, limit="url_bytes", allowed=URL_BYTES)
    try:
        decoded = (unquote_to_bytes(path) + unquote_to_bytes(query)).decode()
    except UnicodeDecodeError:
        return WrongUse("The address is not UTF-8 once its percent-encoding is undone.")
    if any(ord(character) < 32 for character in decoded):
        return WrongUse("The address holds a control character.")
    return None


def run(site: Site, listening: socket.socket, pool: Answerer) -> None:
    """Serve until SIGTERM, then finish what has begun. Runs in the web process."""
    server.run(create(site, pool), listening)
