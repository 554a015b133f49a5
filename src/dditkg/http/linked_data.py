"""Each thing at its own address, in the form the client asks for."""

from __future__ import annotations

import json
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dditkg import formats
from dditkg.documents import CONTEXT_PATH
from dditkg.errors import NotFound, WrongUse
from dditkg.formats import Format
from dditkg.http import pages
from dditkg.http.replies import choose, only, reply
from dditkg.http.site import Site
from dditkg.terms import BASE, GRAPH_BASE, SKOS, is_iri, kind_of, path_of

_FOREVER = "public, max-age=31536000, immutable"
_BY_SUFFIX = {f.suffix: f for f in formats.DOCUMENT_FORMATS}


def routes(site: Site) -> list[Route]:
    """The context, the resolver, and every other path as the address of a thing. Must come last."""

    async def context(request: Request) -> Response:
        return reply(request, site.documents.context, formats.JSONLD.content_type, vary=None, cache=_FOREVER)

    async def resolve(request: Request) -> Response:
        """`/resolve?uri=…`: to the page of any address, short form or name that is known here."""
        typed = only(request, "uri")
        if not typed:
            raise WrongUse("Give the address to look up: /resolve?uri=https://w3id.org/dditkg/skill/data-modelling.")
        iri = site.index.resolve(typed)
        return RedirectResponse(_show(iri), status_code=303)

    async def find(request: Request) -> Response:
        """`/find?q=…`: what has a name like the words given, as a page or as JSON."""
        typed = only(request, "q")
        found = site.index.find(typed)
        chosen = choose(request, (formats.HTML, formats.JSON))
        if chosen is formats.JSON:
            body = json.dumps([_hit(site, iri) for iri in found], ensure_ascii=False, indent=1).encode()
            return reply(request, body, chosen.content_type)
        return reply(request, pages.found(site, typed, found), chosen.content_type, headers=pages.HEADERS)

    async def unit(request: Request) -> Response:
        """`/unit?iri=…`: what is held about an address that belongs to somebody else."""
        iri = only(request, "iri")
        if not is_iri(iri):
            raise WrongUse("Give a whole address: /unit?iri=http://….")
        return _document(site, request, iri, choose(request, formats.DOCUMENT_FORMATS), False)

    async def graph(request: Request) -> Response:
        """What one file says, or one rule derives: the graph that `GRAPH` names."""
        path = request.path_params["path"]
        triples = site.dataset.store.graph(GRAPH_BASE + path)
        if not triples:
            raise NotFound(
                f"No file or rule stands at /graph/{path}. `dditkg ask where-a-statement-comes-from` names them."
            )
        chosen = choose(request, (formats.TURTLE, formats.NTRIPLES))
        return reply(request, site.documents.serialised(triples, chosen), chosen.content_type)

    async def thing(request: Request) -> Response:
        path = request.path_params["path"]
        if path.endswith("/"):  # one address for each thing, so without the slash that people add
            return RedirectResponse("/" + path.strip("/"), status_code=308)
        iri, wanted = _requested(site, path)
        explicit = wanted is not None
        chosen = wanted or choose(request, formats.DOCUMENT_FORMATS)
        return _document(site, request, iri, chosen, explicit)

    return [
        Route(CONTEXT_PATH, context),
        Route("/find", find),
        Route("/resolve", resolve),
        Route("/unit", unit),
        Route("/graph/{path:path}", graph),
        Route("/{path:path}", thing),
    ]


def _hit(site: Site, iri: str) -> dict[str, object]:
    """A thing that was found: what a list of choices shows of it."""
    definition = " ".join(site.texts(iri, SKOS + "definition")) or None
    return {"id": iri, "kind": kind_of(iri), "label": site.index.label(iri), "definition": definition}


def _requested(site: Site, path: str) -> tuple[str, Format | None]:
    """The thing at a path, and the format its suffix asks for. Raises NotFound naming near misses."""
    if site.index.knows(BASE + path):
        return BASE + path, None
    for suffix, candidate in _BY_SUFFIX.items():
        if path.endswith(suffix) and site.index.knows(BASE + path.removesuffix(suffix)):
            return BASE + path.removesuffix(suffix), candidate
    kind = (kind_of(BASE + path) or "") + "/"
    scope = BASE + kind if any(iri.startswith(BASE + kind) for iri in site.index.subjects) and kind != "/" else ""
    near = [{"iri": iri, "label": site.index.label(iri)} for iri in site.index.near(path, scope)]
    named = ", ".join(f"{item['label']} (/{path_of(item['iri'])})" for item in near)
    hint = f" Did you mean {named}?" if near else ""
    raise NotFound(f"There is nothing at /{path}.{hint}", near=near)


def _ascii(iri: str) -> str:
    """An IRI as the URI that a header can carry."""
    return quote(iri, safe=":/?#[]@!$&'()*+,;=%~")


def _show(iri: str) -> str:
    path = path_of(iri)
    return f"/{_ascii(path)}" if path is not None else f"/unit?iri={quote(iri, safe='')}"


def _document(site: Site, request: Request, iri: str, chosen: Format, explicit: bool) -> Response:
    body = pages.thing(site, iri) if chosen is formats.HTML else site.documents.render(iri, chosen)
    here = site.settings.address + _show(iri)
    headers = {"Link": _links(site, iri, here, chosen)}
    if path_of(iri) is not None:
        headers["Content-Location"] = here + chosen.suffix
    if chosen is formats.HTML:
        headers |= pages.HEADERS
    return reply(request, body, chosen.content_type, vary=None if explicit else "Accept", headers=headers)


def _links(site: Site, iri: str, here: str, chosen: Format) -> str:
    links = [f'<{_ascii(iri)}>; rel="canonical"']
    if path_of(iri) is not None:
        links += [
            f'<{here}{other.suffix}>; rel="alternate"; type="{other.media_type}"'
            for other in formats.DOCUMENT_FORMATS
            if other is not chosen
        ]
        links.append(f'<{here}{formats.TURTLE.suffix}>; rel="describedby"; type="{formats.TURTLE.media_type}"')
    if chosen is formats.JSON:
        links.append(
            f'<{site.documents.context_url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
        )
    return ", ".join(links)
