"""SPARQL 1.1 Graph Store Protocol at `/data`, reading only: a whole graph, however large.

A graph is written once into a file without a name, and sent from there: the answer knows its length and its ETag,
no thread waits for a slow reader, and nothing is left behind when the process dies.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from dditkg import formats
from dditkg.errors import NotFound, WrongUse
from dditkg.formats import Format
from dditkg.http.replies import choose, holds, only, sent_with
from dditkg.http.site import Site

PATH = "/data"
_KEPT = 16  # graphs in one form each
_CHUNK = 1 << 16
_HOW = "Name a graph: /data?default for everything, or /data?graph=… with the address of one graph."


def routes(site: Site) -> list[Route]:
    """`/data?default` and `/data?graph=IRI`, in Turtle, N-Triples, RDF/XML and JSON-LD."""
    written = _Written(site)

    async def data(request: Request) -> Response:
        graph = _asked(site, request)
        chosen = choose(request, formats.GRAPH_FORMATS)
        file = await run_in_threadpool(written.file, graph, chosen)
        headers = sent_with(file.tag)
        if holds(request.headers.get("if-none-match"), file.tag):
            return Response(status_code=304, headers=headers)
        headers |= {"Content-Type": chosen.content_type, "Content-Length": str(file.size)}
        return StreamingResponse(file.chunks(), headers=headers)

    return [Route(PATH, data, methods=["GET"])]


def _asked(site: Site, request: Request) -> str | None:
    """The graph that a request names; None for the default graph."""
    default, graph = "default" in request.query_params, only(request, "graph")
    if default and request.query_params["default"]:
        raise WrongUse(f"“default” takes no value. {_HOW}")
    if default == ("graph" in request.query_params):
        raise WrongUse(f"Ask for one graph at a time. {_HOW}" if default else _HOW)
    if default:
        return None
    try:
        known = site.dataset.store.holds(graph)
    except ValueError:
        raise WrongUse(f"“{graph}” is not a whole address. {_HOW}") from None
    if not known:
        raise NotFound(f"There is no graph {graph}. The description at /sparql names all there are.")
    return graph


class _File:
    """One graph in one form, in a file that only this process sees."""

    def __init__(self, site: Site, graph: str | None, wanted: Format) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed when the last answer from it is sent
        site.dataset.store.write_graph(graph, wanted, self._file, site.dataset.prefixes.table)
        self.size = self._file.tell()
        self._file.flush()
        self._file.seek(0)
        self.tag = f'"{hashlib.file_digest(self._file, "sha256").hexdigest()[:24]}"'

    async def chunks(self) -> AsyncIterator[bytes]:
        for start in range(0, self.size, _CHUNK):  # from the system's memory, so short enough not to wait for
            yield os.pread(self._file.fileno(), _CHUNK, start)


class _Written:
    """The graphs written so far; the one not asked for longest gives way. A file that is being sent lives on."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._files: OrderedDict[tuple[str | None, str], _File] = OrderedDict()
        self._lock = threading.Lock()

    def file(self, graph: str | None, wanted: Format) -> _File:
        key = graph, wanted.name
        with self._lock:
            if key not in self._files:
                self._files[key] = _File(self._site, graph, wanted)
                if len(self._files) > _KEPT:
                    self._files.popitem(last=False)
            self._files.move_to_end(key)
            return self._files[key]
