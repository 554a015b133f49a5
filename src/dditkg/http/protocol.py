"""What a request of the SPARQL 1.1 Protocol asks for, read strictly."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Sequence
from typing import NamedTuple

from starlette.requests import Request

from dditkg.errors import BadQuery, TooLarge, WrongUse
from dditkg.http.replies import URL_BYTES, refusal
from dditkg.settings import Settings

READ_ONLY = "This service is read-only: it answers queries and takes no updates. Changes are made in the files."

_FORM, _DIRECT, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_ACCEPT_BYTES = 4 * 1024
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2}).{0,2}", re.DOTALL)


class Asked(NamedTuple):
    """A query, if there is one, its dataset, and the limits that the client sets itself; None: the service's."""

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    seconds: float | None = None
    rows: int | None = None


async def read(request: Request, settings: Settings) -> Asked:
    """What the request asks for; parameters that are not known are left aside.

    Raises WrongUse, BadQuery and TooLarge with the status that the protocol asks for.
    """
    length = len(request.scope.get("raw_path") or b"") + len(request.scope["query_string"])
    if length > URL_BYTES:
        sentence = f"The URL has {length} bytes; {URL_BYTES} are allowed. Send the query by POST."
        raise refusal(414, "The URL is too long", sentence, limit="url_bytes", allowed=URL_BYTES)
    return _asked(await _parameters(request, settings))


def accepted(request: Request) -> str:
    """All Accept lines of a request as one. Raises WrongUse when they are too long to be read."""
    accept = ", ".join(request.headers.getlist("accept"))
    if len(accept) > _ACCEPT_BYTES:
        sentence = (
            f"The Accept header has {len(accept)} bytes; {_ACCEPT_BYTES} are allowed. Name only what you can read."
        )
        raise WrongUse(sentence, limit="accept_bytes", allowed=_ACCEPT_BYTES)
    return accept


async def _parameters(request: Request, settings: Settings) -> list[tuple[str, str]]:
    """All parameters of a request, those of the URL first; a query in the body is one of them."""
    parameters = parse_form(request.scope["query_string"])
    if request.method != "POST":
        return parameters
    media_type, charset = _content_type(request)
    if media_type == _UPDATE:
        raise refusal(415, "Updates are not taken", READ_ONLY)
    if media_type not in (_FORM, _DIRECT):
        named = f"not “{media_type}”" if media_type else "and it is missing here"
        sentence = f"The Content-Type of a query must be {_DIRECT} or {_FORM}, {named}."
        raise refusal(415, "Not a media type for queries", sentence)
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise BadQuery("Queries must be in UTF-8.")
    direct = media_type == _DIRECT
    body = await _body(
        request, settings.query_bytes, settings.query_bytes if direct else 4096 + 3 * settings.query_bytes
    )
    return parameters + ([("query", _text(body))] if direct else parse_form(body))


def _asked(parameters: Sequence[tuple[str, str]]) -> Asked:
    given: dict[str, list[str]] = {}
    for name, value in parameters:
        given.setdefault(name, []).append(value)

    def only(name: str) -> str | None:
        values = given.get(name, ())
        if len(values) > 1:
            raise WrongUse(f"“{name}” is given {len(values)} times. Give it once.")
        return values[0] if values else None

    if not given.keys().isdisjoint(("update", "using-graph-uri", "using-named-graph-uri")):
        raise refusal(400, "Updates are not taken", READ_ONLY)
    queries = given.get("query", ())
    if len(queries) > 1:
        raise WrongUse(f"There are {len(queries)} queries in this request; send one at a time.")
    rows = _number("max-rows", only("max-rows"), "a whole number of rows")
    if rows is not None and not rows.is_integer():
        raise WrongUse("“max-rows” must be a whole number of rows.")
    return Asked(
        queries[0] if queries else None,
        tuple(given.get("default-graph-uri", ())),
        tuple(given.get("named-graph-uri", ())),
        _number("timeout", only("timeout"), "seconds, such as 2.5"),
        None if rows is None else int(rows),
    )


def _number(name: str, value: str | None, what: str) -> float | None:
    """A limit that the client sets; zero, as in other services, means that it sets none."""
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
        raise WrongUse(f"“{name}” must be {what}; it was “{value[:40]}”. It can only lower the limit of this service.")
    return float(value) or None


def parse_form(data: bytes) -> list[tuple[str, str]]:
    """Names and values of form-encoded data, in order, decoded exactly once.

    Raises BadQuery for a broken escape or for what is not UTF-8 after decoding.
    """
    fields = (field.partition(b"=") for field in data.split(b"&") if field)
    return [(_decoded(name), _decoded(value)) for name, _, value in fields]


def _decoded(part: bytes) -> str:
    broken = _BROKEN_ESCAPE.search(part)
    if broken:
        shown = broken[0].decode("ascii", "replace")
        raise BadQuery(f"“{shown}” is not a percent-encoded byte. Write a percent sign itself as %25.")
    # Quoted-printable is the same with another sign, and its decoder takes a tenth of the time of urllib's.
    return _text(a2b_qp(part.replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"=")))


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


async def _body(request: Request, allowed: int, most: int) -> bytes:
    """The whole body, refused as soon as it is clear that its query is longer than `allowed` bytes.

    `most` is how long the body may be: in a form each byte may be written as three.
    """
    too_large = TooLarge(
        f"A query may have {allowed} bytes, and this body is longer. Split the query, or shorten its VALUES.",
        limit="query_bytes",
        allowed=allowed,
    )
    return await _read_whole(request, most, too_large)


async def whole_body(request: Request, most: int) -> bytes:
    """The whole body of a request. Raises TooLarge as soon as it is clear that it has more than `most` bytes."""
    sentence = f"A request may have {most} bytes, and this one is longer. Split it."
    return await _read_whole(request, most, TooLarge(sentence, limit="body_bytes", allowed=most))


async def _read_whole(request: Request, most: int, too_large: TooLarge) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise too_large
    return bytes(body)
