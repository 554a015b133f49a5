"""Each question at its own address, as a page, JSON or CSV, and as an operation in the API's description."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dditkg import formats, rows
from dditkg.formats import Format
from dditkg.http import pages
from dditkg.http.api import Api, Operation
from dditkg.http.replies import choose, only, reply
from dditkg.http.site import Site
from dditkg.questions import Parameter, Question, find_question
from dditkg.sandbox import Answerer
from dditkg.sandbox import Question as Asked
from dditkg.store import Table, answer_bytes, terms_of

_JSON_TYPE = {"number": "integer"}


def mount(api: Api, site: Site, pool: Answerer) -> None:
    """Add `/questions` and a documented operation for each question.

    A question asked about everything may take seconds: the pool answers it, with its deadline and its limits.
    """

    async def overview(request: Request) -> Response:
        chosen = choose(request, (formats.HTML, formats.JSON))
        if chosen is formats.HTML:
            return reply(request, pages.questions(site), chosen.content_type, headers=pages.HEADERS)
        there = f"{site.settings.address}/questions/"
        listed = [{**question.about(), "url": there + question.name} for question in site.questions.values()]
        return reply(request, _json({"questions": listed}), chosen.content_type)

    responses = {"200": {"description": "The list", "content": _content({"type": "object"}, formats.HTML)}}
    summary = "All questions, what each helps to decide and what it takes"
    said = {"operationId": "questions", "summary": summary, "tags": ["questions"], "responses": responses}
    api.add("/questions", overview, said)
    for question in site.questions.values():
        api.describe(f"/questions/{question.name}", _said(question))

    async def answer(request: Request) -> Response:
        return await _answer(site, pool, request)

    api.add("/questions/{name}", answer)


def _said(question: Question) -> Operation:
    content = _content(_schema(question), formats.CSV, formats.HTML)
    return {
        "operationId": question.name.replace("-", "_"),
        "summary": question.summary,
        "description": f"{question.description}\n\nInforms: {question.decision}",
        "tags": ["questions"],
        "parameters": [_parameter(p) for p in question.parameters],
        "responses": {
            "200": {"description": "The rows of the answer", "content": content},
            "400": {"description": "A parameter that cannot be understood"},
            "404": {"description": "A name that nothing here has"},
        },
    }


async def _answer(site: Site, pool: Answerer, request: Request) -> Response:
    name = request.path_params["name"]
    suffix = formats.by_name(name.rpartition(".")[2], (formats.JSON, formats.CSV))
    question = find_question(site.questions, name.removesuffix(suffix.suffix) if suffix else name)
    chosen = suffix or choose(request, formats.QUESTION_FORMATS)
    values = {name: only(request, name) for name in request.query_params}
    query = await run_in_threadpool(question.bound, values, site.index.resolve)
    written = formats.CSV if chosen is formats.CSV else formats.SPARQL_JSON
    if "*" in values.values():
        rows_held = (await pool.ask(Asked(query, written.media_type))).body
    else:
        rows_held = await run_in_threadpool(answer_bytes, site.dataset.store, query, written)
    return await run_in_threadpool(_shown, site, question, values, query, rows_held, chosen, request)


def _shown(
    site: Site,
    question: Question,
    values: Mapping[str, str],
    query: str,
    rows_held: bytes,
    chosen: Format,
    request: Request,
) -> Response:
    """An answer as a page, as CSV the way the engine writes it, or as plain JSON rows."""
    if chosen is formats.CSV:
        return reply(request, rows_held, chosen.content_type)
    table = terms_of(rows_held)
    assert isinstance(table, Table)
    if chosen is formats.HTML:
        body = pages.answer(site, question, values, query, table)
        return reply(request, body, chosen.content_type, headers=pages.HEADERS)
    said = {"question": question.name, "version": site.dataset.version, "rows": rows.plain(table)}
    return reply(request, _json(said), chosen.content_type)


def _parameter(parameter: Parameter) -> dict[str, Any]:
    example = parameter.example.strip('"')
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "schema": {"type": _JSON_TYPE.get(parameter.kind, "string"), "default": _default(parameter, example)},
        "description": f"A {parameter.kind}."
        if parameter.kind in ("number", "text")
        else f"A name, a short form such as {example}, or an address; * for any.",
    }


def _default(parameter: Parameter, example: str) -> object:
    return int(example) if parameter.kind == "number" else example


def _content(shape: dict[str, Any], *others: Format) -> dict[str, Any]:
    """The forms of an answer: JSON of this shape, and others that are text."""
    text = {form.media_type: {"schema": {"type": "string"}} for form in others}
    return {formats.JSON.media_type: {"schema": shape}, **text}


def _schema(question: Question) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["question", "version", "rows"],
        "properties": {
            "question": {"const": question.name},
            "version": {"type": "string", "description": "The version of the dataset that answered"},
            "rows": {"type": "array", "items": {"type": "object"}},
        },
    }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
