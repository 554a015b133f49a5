"""Lists of names or codes over HTTP, each mapped to one framework: as many rows out as in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dditkg import formats
from dditkg.crosswalk import COLUMNS, Translated, columns, translate
from dditkg.errors import WrongUse
from dditkg.http import crosswalk_pages, pages
from dditkg.http import crosswalk_schema as schema
from dditkg.http.api import Api
from dditkg.http.crosswalk import Held, table, written
from dditkg.http.protocol import parse_form, whole_body
from dditkg.http.replies import allow, choose, refusal

_FORM = "application/x-www-form-urlencoded"
_EXAMPLE = 'Send JSON such as {"units": ["data modelling", "gdad:skill/consultancy"], "to": "sfia"}.'


@dataclass(frozen=True)
class _Asked:
    units: list[str]
    to: str
    source: str = ""
    compose: bool = True
    least: float = 0.0
    form: str = ""  # the name of a format


def mount(api: Api, held: Held) -> None:
    """Add `/translate`."""

    async def several(request: Request) -> Response:
        allow(request, ())
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in ("application/json", _FORM):
            named = f"not “{media_type[:60]}”" if media_type else "and it is missing here"
            raise refusal(415, "Not a media type for lists", f"A list is sent as application/json, {named}. {_EXAMPLE}")
        body = await whole_body(request, schema.MOST_BYTES)
        return await run_in_threadpool(_several, held, request, body, media_type == _FORM)

    async def unread(request: Request) -> Response:
        raise HTTPException(405, "Method Not Allowed")

    api.add("/translate", several, schema.TRANSLATE, "POST")
    for method in ("GET", "PUT", "PATCH", "DELETE"):  # or the address would be taken for that of a thing
        api.add("/translate", unread, method=method)


def _several(held: Held, request: Request, body: bytes, is_form: bool) -> Response:
    asked = _from_form(body) if is_form else _from_json(body)
    if len(asked.units) > schema.MOST_ENTRIES:
        sentence = f"A list may have {schema.MOST_ENTRIES} entries; this one has {len(asked.units)}. Split it."
        raise refusal(413, "Too large", sentence, limit="entries", allowed=schema.MOST_ENTRIES)
    walk, index = held.walk, held.site.index
    to = walk.units.framework(asked.to)
    source = walk.units.framework(asked.source) if asked.source else ""
    rows = list(translate(walk, index, asked.units, to, source=source, compose=asked.compose, least=asked.least))
    chosen = formats.by_name(asked.form, schema.LISTED) or choose(request, schema.LISTED)
    headers = {"Content-Type": chosen.content_type, "Cache-Control": "no-store", "Vary": "Accept"}
    if chosen is formats.CSV:
        lines = ([row.typed, *columns(walk, index, row)] for row in rows)
        headers["Content-Disposition"] = f'attachment; filename="{to}.csv"'
        return Response(table(("typed", *COLUMNS), lines), headers=headers)
    if chosen is formats.HTML:
        body = crosswalk_pages.listed(held.site, walk, to, source, rows)
        return Response(body, headers={**headers, **pages.HEADERS})
    return Response(written(_said(held, to, rows)), headers=headers)


def _said(held: Held, to: str, rows: list[Translated]) -> dict[str, Any]:
    answers = [held.forms.translated(row, to) for row in rows]
    return {"version": held.site.dataset.version, "to": to, "answers": answers}


def _from_json(body: bytes) -> _Asked:
    """What a list asks for, each member of the kind it must be. Raises WrongUse with what is expected."""
    try:
        said = json.loads(body.decode())
    except UnicodeDecodeError as error:
        raise WrongUse(f"The body is not UTF-8: byte {error.start} cannot be read.") from None
    except json.JSONDecodeError as error:
        raise WrongUse(f"The body is not JSON at line {error.lineno}, column {error.colno}. {_EXAMPLE}") from None
    except (ValueError, RecursionError):
        raise WrongUse(f"The body cannot be read. {_EXAMPLE}") from None
    if not isinstance(said, dict) or not isinstance(said.get("units"), list) or not isinstance(said.get("to"), str):
        raise WrongUse(f"“units” is a list and “to” the name of a framework. {_EXAMPLE}")
    if strange := sorted(set(said) - set(schema.LIST_MEMBERS)):
        raise WrongUse(f"“{strange[0]}” is not known here. Known: {', '.join(schema.LIST_MEMBERS)}.")
    source, compose, least = said.get("from", ""), said.get("compose", True), said.get("min_confidence", 0)
    if not isinstance(source, str):
        raise WrongUse("“from” must be the name of a framework.")
    if not isinstance(compose, bool):
        raise WrongUse("“compose” must be true or false.")
    if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1:
        raise WrongUse("“min_confidence” must be a number from 0 to 1.")
    for place, entry in enumerate(said["units"], 1):
        if not isinstance(entry, str):
            raise WrongUse(f"Entry {place} of “units” is no text. Write codes in quotes too.", entry=place)
        if any("\ud800" <= character <= "\udfff" for character in entry):
            raise WrongUse(f"Entry {place} of “units” holds half a character. Send it as UTF-8.", entry=place)
    return _Asked(said["units"], said["to"], source, compose, float(least))


def _from_form(body: bytes) -> _Asked:
    """A list from a form: one entry a line, and the framework."""
    given = dict(parse_form(body))
    lines = given.get("units", "").splitlines()
    if not lines or not given.get("to"):
        raise WrongUse("Write one name or code a line into “units”, and name a framework in “to”.")
    if strange := sorted(set(given) - {"units", "to", "from", "format"}):
        raise WrongUse(f"“{strange[0]}” is not known in a form. Known: units, to, from, format.")
    return _Asked(lines, given["to"], given.get("from", ""), form=given.get("format", ""))
