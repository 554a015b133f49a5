"""The API's own description (OpenAPI), with the paths that are known only from the data: things, queries, names."""

from __future__ import annotations

from typing import Any

from dditkg import formats
from dditkg.documents import CONTEXT_PATH
from dditkg.formats import Format
from dditkg.http.api import Operation
from dditkg.http.crosswalk_shape import SCHEMAS


def described(paths: dict[str, dict[str, Operation]], address: str, version: str, query: str) -> dict[str, Any]:
    """An OpenAPI document of these paths, with the addresses that every thing, query and name has.

    `query` is an example.
    """
    ours = {
        "/{kind}/{slug}": _get(
            "thing",
            "One thing: what it is, what it links to, and what links to it",
            [_path("kind", "capability"), _path("slug", "record-matching")],
            formats.DOCUMENT_FORMATS,
            [304, 404, 406],
        ),
        "/resolve": _get(
            "resolve",
            "Go to the page of any address, short form or name that is known here",
            [_query("uri", "gdad:data-modelling", "An address, a short form or a name.")],
            (),
            [303, 400, 404],
        ),
        "/find": _get(
            "find",
            "Things whose names are like the words given: address, kind, name and definition, the likest first",
            [_query("q", "data analyst", "A word or a few.")],
            (formats.HTML, formats.JSON),
            [304, 400, 406],
        ),
        "/unit": _get(
            "unit",
            "What is held about an address that belongs to somebody else",
            [_query("iri", "http://www.w3.org/2004/02/skos/core#Concept", "The whole address.")],
            formats.DOCUMENT_FORMATS,
            [304, 400, 404, 406],
        ),
        "/sparql": _get(
            "sparql",
            "A SPARQL 1.1 query of your own; also by POST, as a form or as application/sparql-query",
            [
                _query("query", query, "The query."),
                _query("default-graph-uri", None, "A graph to query instead of everything; may be repeated."),
                _query("named-graph-uri", None, "A graph that GRAPH may name; may be repeated."),
                _query("timeout", None, "Seconds for the query, where you want fewer than the service allows."),
                _query("max-rows", None, "The most rows you want; an answer with more is refused."),
            ],
            (*formats.RESULT_FORMATS, *formats.GRAPH_FORMATS),
            [304, 400, 406, 413, 414, 415, 429, 503],
        ),
        "/data": _get(
            "data",
            "A whole graph, however large: /data?default for everything, /data?graph=… for one file or rule",
            [
                _query("default", None, "Given without a value: everything."),
                _query("graph", "https://w3id.org/dditkg/graph/data/levels.ttl", "The address of one graph."),
            ],
            formats.GRAPH_FORMATS,
            [304, 400, 404, 406],
        ),
        "/dataset": _get(
            "dataset",
            "What the dataset is, how much it holds and what it links to, as VoID and DCAT; also at /.well-known/void",
            [],
            formats.DOCUMENT_FORMATS,
            [304, 406],
        ),
        CONTEXT_PATH: _get("context", "What each key of the JSON means", [], (formats.JSONLD,), [304]),
    }
    about = "An open knowledge graph of digital, data and innovation capabilities."
    return {
        "openapi": "3.1.0",
        "info": {"title": "dditkg", "description": about, "version": version},
        "servers": [{"url": address}],
        "paths": {**ours, **paths},
        "components": {"schemas": SCHEMAS},
    }


_HEALTHY = {
    "type": "object",
    "required": ["status", "version", "workers"],
    "properties": {
        "status": {"const": "ok"},
        "version": {"type": "string", "description": "The version of the dataset"},
        "workers": {"type": "boolean", "description": "Whether a query could be answered now"},
    },
}
HEALTH: Operation = {
    "operationId": "health",
    "summary": "Whether the service answers",
    "tags": ["service"],
    "responses": {"200": {"description": "It does", "content": {"application/json": {"schema": _HEALTHY}}}},
}


_MEANINGS = {
    303: "Where it is",
    304: "You hold it already",
    400: "Something cannot be understood; the answer says what",
    404: "Nothing of that name; the answer names what is near",
    406: "None of the formats asked for; the answer lists what there is",
    413: "Larger than the limit that the answer names",
    414: "A URL that is too long; send the query by POST",
    415: "A body that is not a query",
    429: "One client has had its share; Retry-After says when to come back",
    503: "A limit was reached; the answer says which and how to stay inside it",
}


def _get(
    name: str, summary: str, parameters: list[dict[str, Any]], offered: tuple[Format, ...], others: list[int]
) -> dict[str, Any]:
    responses: dict[str, Any] = {str(code): {"description": _MEANINGS[code]} for code in others}
    if offered:
        content: dict[str, Any] = {f.media_type: {"schema": {}} for f in offered}
        responses["200"] = {"description": "The answer in the form asked for", "content": content}
    operation = {"operationId": name, "summary": summary, "tags": ["data"], "responses": responses}
    return {"get": {**operation, "parameters": parameters} if parameters else operation}


def _path(name: str, example: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "example": example} | {
        "description": f"Such as {example}."
    }


def _query(name: str, example: str | None, description: str) -> dict[str, Any]:
    said = {"name": name, "in": "query", "required": False, "schema": {"type": "string"}, "description": description}
    return said | ({"example": example} if example else {})
