"""The web application: routers over one dataset, and every failure as a sentence."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dditkg import formats
from dditkg.errors import DditkgError
from dditkg.http import linked_data, pages, questions, sparql
from dditkg.http.description import described
from dditkg.http.replies import problem, reply, wants_page
from dditkg.http.site import Site
from dditkg.sandbox import Pool

_log = logging.getLogger("dditkg")


def create(site: Site, pool: Pool) -> FastAPI:
    """The application. It starts the pool of query workers with itself."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await pool.start()
        yield

    app = FastAPI(
        title="dditkg",
        version=site.dataset.version,
        description="An open knowledge graph of digital, data and innovation capabilities.",
        servers=[{"url": site.settings.address}],
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    questions.mount(app, site)

    @app.get("/health", summary="Whether the service answers", tags=["service"])
    async def health() -> dict[str, str | bool]:
        return {"status": "ok", "version": site.dataset.version, "workers": pool.ready}

    async def home(request: Request) -> Response:
        return reply(request, pages.home(site), formats.HTML.content_type, headers=pages.HEADERS)

    async def docs(request: Request) -> Response:
        body = pages.developers(site, app.openapi())
        return reply(request, body, formats.HTML.content_type, headers=pages.HEADERS)

    def query_page(request: Request) -> Response:
        return reply(request, pages.sparql(site), formats.HTML.content_type, headers=pages.HEADERS)

    app.openapi = lambda: described(FastAPI.openapi(app))  # type: ignore[method-assign]
    app.add_route("/", home)
    app.add_route("/docs", docs)
    app.router.routes += [*sparql.routes(pool, site.settings, query_page), pages.static(), *linked_data.routes(site)]

    async def refuse(request: Request, error: Exception) -> Response:
        assert isinstance(error, DditkgError)
        if not wants_page(request):
            return problem(error)
        headers = {"Content-Type": formats.HTML.content_type, "Cache-Control": "no-store", **pages.HEADERS}
        return Response(pages.refusal(site, error), status_code=error.status, headers=headers)

    async def refuse_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        said = DditkgError(str(error.detail))
        said.status, said.title = error.status_code, str(error.detail)
        response = await refuse(request, said)
        response.headers.update(error.headers or {})
        return response

    async def fail(request: Request, error: Exception) -> Response:
        _log.exception("Unexpected failure at %s", request.url.path, exc_info=error)
        return await refuse(request, DditkgError("The service failed to answer. The failure has been logged."))

    app.add_exception_handler(DditkgError, refuse)
    app.add_exception_handler(HTTPException, refuse_http)
    app.add_exception_handler(Exception, fail)
    return app


def run(site: Site, listening: socket.socket, pool: Pool) -> None:
    """Serve until SIGTERM, then finish what has begun. Runs in the web process."""
    config = uvicorn.Config(
        create(site, pool),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=int(site.settings.query_seconds) + 1,
        loop="asyncio",
        http="h11",
        lifespan="on",
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=os.dup(listening.fileno()))])
