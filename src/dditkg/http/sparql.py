"""SPARQL 1.1 Protocol for queries, read-only, at `/sparql`."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dditkg import formats
from dditkg.errors import BadQuery, DditkgError, NotAcceptable, TooLarge, WrongUse
from dditkg.formats import Format
from dditkg.http.replies import OPEN, URL_BYTES, preflight, refusal
from dditkg.sandbox import Answer, Answerer, Question
from dditkg.settings import Settings

PATH = "/sparql"
Page = Callable[[Request], Response]
About = Callable[[Request, Format], Response]

_log = logging.getLogger(__name__)
_METHODS = "GET, HEAD, OPTIONS, POST"
_FORM, _DIRECT, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_ACCEPT_BYTES = 4 * 1024
_TO_SHOW = f"{formats.SPARQL_JSON.media_type}, {formats.TURTLE.media_type};q=0.5"
_READ_ONLY = "This service is read-only: it answers queries and takes no updates. Changes are made in the files."
_HEADERS = {**OPEN, "Vary": "Accept", "Cache-Control": "no-store"}
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
    pool: Answerer, settings: Settings, page: Page | None = None, shown: Shown | None = None, about: About | None = None
) -> list[Route]:
    """The endpoint at `/sparql`. `page` answers a browser that comes without a query; default: a plain form.

    `about` answers a program that comes without a query; default: a description of the endpoint alone.

    With `shown`, a client that would rather have a page than results gets one. For all others
    every refusal is a problem document (RFC 9457) with the status that the protocol asks for.
    """
    about = about or functools.partial(_plain_description, settings.address + PATH)
    return [Route(PATH, _Endpoint(pool, settings, page or _plain_page, shown, about))]


class _Endpoint:
    """An ASGI application, so that each method reaches it and gets an answer of ours."""

    def __init__(self, pool: Answerer, settings: Settings, page: Page, shown: Shown | None, about: About) -> None:
        self._pool, self._settings, self._page, self._shown, self._about = pool, settings, page, shown, about
        self._address = settings.address + PATH  # also the base of relative IRIs in queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except (ClientDisconnect, _ClientGone):
            return
        except DditkgError as error:
            shown = self._shows(request)
            response = shown.refusal(request.query_params.get("query", ""), error) if shown else _problem(error)
        except Exception:
            _log.exception("Unexpected failure at %s", PATH)
            response = _problem(DditkgError("The service failed to answer. The failure has been logged."))
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if request.method == "HEAD":
            response.body = b""  # the headers, Content-Length among them, stay as for GET
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return preflight(_METHODS)
        if request.method not in ("GET", "HEAD", "POST"):
            error = refusal(405, "Method not allowed", f"Use GET or POST to query. {_READ_ONLY}")
            return _problem(error, Allow=_METHODS)
        if len(request.scope.get("raw_path") or b"") + len(request.scope["query_string"]) > URL_BYTES:
            raise refusal(414, "The URL is too long", f"URLs may have {URL_BYTES} bytes. Send the query by POST.")
        accept = ", ".join(request.headers.getlist("accept"))
        if len(accept) > _ACCEPT_BYTES:
            raise WrongUse(f"The Accept header is longer than {_ACCEPT_BYTES} bytes.")
        asked = _asked(await self._parameters(request))
        if asked.query is not None:
            shown = self._shows(request)
            answer = await self._ask(request, asked, asked.query, _TO_SHOW if shown else accept)
            if shown:
                return await run_in_threadpool(shown.answer, asked.query, answer)
            return Response(answer.body, headers={"Content-Type": answer.content_type})
        if request.method == "POST":
            raise WrongUse("There is no query. Send it as the body, or as the form field “query”.")
        return await self._describe(request, accept)

    def _shows(self, request: Request) -> Shown | None:
        """How to show an answer, to a client that likes a page better than any form of results."""
        accept = ", ".join(request.headers.getlist("accept"))[:_ACCEPT_BYTES]
        offered = (*formats.RESULT_FORMATS, *formats.GRAPH_FORMATS, formats.HTML)
        return self._shown if formats.negotiate(accept, offered) is formats.HTML else None

    async def _parameters(self, request: Request) -> list[tuple[str, str]]:
        """All parameters of a request, those of the URL first; a query in the body is one of them."""
        parameters = parse_form(request.scope["query_string"])
        if request.method != "POST":
            return parameters
        media_type, charset = _content_type(request)
        if media_type == _UPDATE:
            raise refusal(415, "Updates are not taken", _READ_ONLY)
        if media_type not in (_FORM, _DIRECT):
            named = f"not “{media_type}”" if media_type else "and it is missing here"
            sentence = f"The Content-Type of a query must be {_DIRECT} or {_FORM}, {named}."
            raise refusal(415, "Not a media type for queries", sentence)
        if charset not in ("utf-8", "utf8", "us-ascii"):
            raise BadQuery("Queries must be in UTF-8.")
        # In a form each byte may be written as three.
        most = self._settings.query_bytes * (1 if media_type == _DIRECT else 3) + (0 if media_type == _DIRECT else 4096)
        body = await _body(request, most)
        return parameters + (parse_form(body) if media_type == _FORM else [("query", _text(body))])

    async def _ask(self, request: Request, asked: _Asked, query: str, accept: str) -> Answer:
        """The pool's answer; gives the worker free when the client goes away before it has come."""
        asking = asyncio.ensure_future(
            self._pool.ask(Question(query, accept or None, asked.default_graphs, asked.named_graphs, self._address))
        )
        leaving = asyncio.ensure_future(_disconnected(request))
        try:
            await asyncio.wait((asking, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                raise _ClientGone
            return asking.result()
        finally:
            asking.cancel()
            leaving.cancel()

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


@dataclass(frozen=True)
class _Asked:
    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


def _asked(parameters: list[tuple[str, str]]) -> _Asked:
    """What the parameters ask for; those that the protocol does not know are left aside."""

    def values(name: str) -> tuple[str, ...]:
        return tuple(value for key, value in parameters if key == name)

    if any(key in ("update", "using-graph-uri", "using-named-graph-uri") for key, _ in parameters):
        raise refusal(400, "Updates are not taken", _READ_ONLY)
    queries = values("query")
    if len(queries) > 1:
        raise WrongUse(f"There are {len(queries)} queries in this request; send one at a time.")
    return _Asked(queries[0] if queries else None, values("default-graph-uri"), values("named-graph-uri"))


def parse_form(data: bytes) -> list[tuple[str, str]]:
    """Names and values of form-encoded data, in order, decoded exactly once.

    Raises BadQuery for a broken escape or for what is not UTF-8 after decoding.
    """
    fields = (field.partition(b"=") for field in data.split(b"&") if field)
    return [(_decoded(name), _decoded(value)) for name, _, value in fields]


def _decoded(part: bytes) -> str:
    broken = re.search(rb"%(?![0-9A-Fa-f]{2}).{0,2}", part, re.DOTALL)
    if broken:
        shown = broken[0].decode("ascii", "replace")
        raise BadQuery(f"“{shown}” is not a percent-encoded byte. Write a percent sign itself as %25.")
    return _text(unquote_to_bytes(part.replace(b"+", b" ")))


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadQuery(f"The request is not UTF-8: byte {error.start} cannot be read.") from None


def _content_type(request: Request) -> tuple[str, str]:
    """The media type and charset of a body, in small letters."""
    media_type, *parameters = request.headers.get("content-type", "").split(";")
    values = dict(parameter.strip().lower().partition("=")[::2] for parameter in parameters)
    return media_type.strip().lower(), values.get("charset", "utf-8").strip('" ')


async def _body(request: Request, most: int) -> bytes:
    """The whole body, refused as soon as it is clear that it is longer than `most` bytes."""
    too_large = TooLarge(f"The body of a query may have {most} bytes.", limit="query_bytes", allowed=most)
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise too_large
    return bytes(body)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _problem(error: DditkgError, **headers: str) -> Response:
    if "retry_after" in error.details:
        headers["Retry-After"] = str(error.details["retry_after"])
    body = json.dumps(error.problem(), ensure_ascii=False).encode()
    return Response(body, error.status, {"Content-Type": "application/problem+json", **headers})


def _plain_page(request: Request) -> Response:
    return HTMLResponse(_FORM_PAGE, headers={"Content-Security-Policy": "default-src 'none'; form-action 'self'"})


def _plain_description(endpoint: str, request: Request, chosen: Format) -> Response:
    syntax = ox.RdfFormat.from_media_type(chosen.media_type)
    assert syntax is not None
    body = ox.serialize(service_description(endpoint), format=syntax, prefixes={"sd": _SD, "format": _FORMAT})
    return Response(body, headers={"Content-Type": chosen.content_type})


# Service description

_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMAT = "http://www.w3.org/ns/formats/"
_FORMAT_NAMES = {
    formats.SPARQL_JSON: "SPARQL_Results_JSON",
    formats.SPARQL_XML: "SPARQL_Results_XML",
    formats.CSV: "SPARQL_Results_CSV",
    formats.TSV: "SPARQL_Results_TSV",
    formats.TURTLE: "Turtle",
    formats.NTRIPLES: "N-Triples",
    formats.RDFXML: "RDF_XML",
    formats.JSONLD: "JSON-LD",
}


def service_description(endpoint: str) -> list[ox.Triple]:
    """What the endpoint says about itself in the SPARQL 1.1 Service Description vocabulary."""

    def sd(name: str) -> ox.NamedNode:
        return ox.NamedNode(_SD + name)

    service, dataset, graph = (ox.NamedNode(f"{endpoint}#{part}") for part in ("service", "dataset", "default-graph"))
    statements = [
        (service, _RDF_TYPE, sd("Service")),
        (service, sd("endpoint"), ox.NamedNode(endpoint)),
        (service, sd("supportedLanguage"), sd("SPARQL10Query")),
        (service, sd("supportedLanguage"), sd("SPARQL11Query")),
        *(
            (service, sd("resultFormat"), ox.NamedNode(_FORMAT + _FORMAT_NAMES[offered]))
            for offered in (*formats.RESULT_FORMATS, *formats.GRAPH_FORMATS)
        ),
        (service, sd("defaultDataset"), dataset),
        (dataset, _RDF_TYPE, sd("Dataset")),
        (dataset, sd("defaultGraph"), graph),
        (graph, _RDF_TYPE, sd("Graph")),
    ]
    return [ox.Triple(*statement) for statement in statements]
