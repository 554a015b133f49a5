"""The dataset's own page and data at `/dataset` and `/.well-known/void`, and what `/sparql` says of itself."""

from __future__ import annotations

import json
import threading
from functools import lru_cache

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dditkg import catalogue, formats
from dditkg.formats import Format
from dditkg.http import pages
from dditkg.http.replies import choose, reply
from dditkg.http.service import service_description
from dditkg.http.site import Site
from dditkg.http.sparql import PATH as SPARQL_PATH
from dditkg.http.summary import summary
from dditkg.terms import BASE, Prefixes

PATH = "/dataset"
_OFFERED = (formats.HTML, formats.JSONLD, formats.TURTLE, formats.NTRIPLES, formats.RDFXML, formats.JSON)
_RDF_FIRST = (formats.TURTLE, formats.NTRIPLES, formats.RDFXML, formats.JSONLD, formats.JSON, formats.HTML)
_ABOUT = BASE + "dataset"


class Catalogue:
    """What the dataset and the endpoint say of themselves, counted when first asked for."""

    def __init__(self, site: Site) -> None:
        self._site, self._address = site, site.settings.address
        self._prefixes = Prefixes({**site.dataset.prefixes.table, **catalogue.PREFIXES})
        self._counting = threading.Lock()  # so that many who ask at once wait for one count
        self._dataset = lru_cache(maxsize=None)(self._written_dataset)
        self._service = lru_cache(maxsize=None)(self._written_service)
        self._triples = lru_cache(maxsize=1)(lambda: catalogue.about_dataset(site.dataset, self._address))

    def routes(self) -> list[Route]:
        """`/dataset` with its suffixes, and `/.well-known/void`, which prefers RDF."""

        def document(request: Request) -> Response:
            suffix = request.url.path.removeprefix(PATH)
            chosen = formats.by_name(suffix, _OFFERED) if suffix else choose(request, _OFFERED)
            assert chosen is not None
            return self._reply(request, chosen, vary=None if suffix else "Accept")

        def well_known(request: Request) -> Response:
            return self._reply(request, choose(request, _RDF_FIRST), vary="Accept")

        suffixed = [Route(PATH + form.suffix, document, methods=["GET"]) for form in _OFFERED]
        return [
            Route("/.well-known/void", well_known, methods=["GET"]),
            Route(PATH, document, methods=["GET"]),
            *suffixed,
        ]

    def describe(self, request: Request, chosen: Format) -> Response:
        """The description of the endpoint, for a program that comes without a query."""
        return reply(request, self.service(chosen), chosen.content_type)

    def _reply(self, request: Request, chosen: Format, vary: str | None) -> Response:
        here = self._address + PATH
        alternates = [
            f'<{here}{form.suffix}>; rel="alternate"; type="{form.media_type}"'
            for form in _OFFERED
            if form is not chosen
        ]
        alternates.append(f'<{here}.ttl>; rel="describedby"; type="text/turtle"')
        headers = {
            "Content-Location": here + chosen.suffix,
            "Link": ", ".join([f'<{_ABOUT}>; rel="canonical"', *alternates]),
        }
        if chosen is formats.HTML:
            headers |= pages.HEADERS
        return reply(request, self.dataset(chosen), chosen.content_type, vary=vary, headers=headers)

    def dataset(self, wanted: Format) -> bytes:
        """VoID and DCAT, or the page made from them."""
        with self._counting:
            return self._dataset(wanted)

    def service(self, wanted: Format) -> bytes:
        """What the endpoint says of itself."""
        with self._counting:
            return self._service(wanted)

    def _written_dataset(self, wanted: Format) -> bytes:
        if wanted is formats.HTML:
            return pages.dataset(self._site, summary(self._site, self._triples()))
        return self._serialised(self._triples(), wanted)

    def _written_service(self, wanted: Format) -> bytes:
        own = service_description(self._address + SPARQL_PATH)
        more = catalogue.about_service(self._site.dataset, self._site.questions, self._address)
        return self._serialised(sorted({*own, *self._triples(), *more}, key=str), wanted)

    def _serialised(self, triples: list[ox.Triple], wanted: Format) -> bytes:
        if wanted in (formats.JSONLD, formats.JSON):
            document = catalogue.plain(triples, _ABOUT, self._prefixes)
            return json.dumps(document, ensure_ascii=False, indent=1).encode()
        syntax = ox.RdfFormat.from_media_type(wanted.media_type)
        assert syntax is not None
        iris = (term.value for triple in triples for term in triple if isinstance(term, ox.NamedNode))
        return ox.serialize(triples, format=syntax, prefixes=self._prefixes.used_in(iris)) or b""
