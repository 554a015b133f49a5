"""Replies that every router gives alike: bytes with a strong ETag, and problems in the form the client reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from dditkg import formats
from dditkg.errors import DditkgError, NotAcceptable, WrongUse
from dditkg.formats import Format

#: Read by anyone from anywhere; nothing here is private.
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Location, ETag, Link, Retry-After, X-Dataset-Version",
    "X-Content-Type-Options": "nosniff",
}
#: Path and query string together.
URL_BYTES = 16 * 1024
#: Kept by anyone, asked about each time: the ETag makes that cheap, and nobody sees yesterday.
_ASK_AGAIN = "no-cache"


def reply(
    request: Request,
    body: bytes,
    content_type: str,
    *,
    vary: str | None = "Accept",
    cache: str = _ASK_AGAIN,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A whole representation: 304 when the client holds it already, no body for HEAD."""
    tag = f'"{hashlib.sha256(content_type.encode() + body).hexdigest()[:24]}"'
    sent = {**sent_with(tag, vary=vary, cache=cache), **(headers or {})}
    if holds(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=sent)
    return Response(body, media_type=None, headers={**sent, "Content-Type": content_type})


def sent_with(tag: str, *, vary: str | None = "Accept", cache: str = _ASK_AGAIN) -> dict[str, str]:
    """The headers of a representation whose ETag is known."""
    return {**OPEN, "ETag": tag, "Cache-Control": cache, **({"Vary": vary} if vary else {})}


def problem(error: DditkgError) -> Response:
    """An RFC 9457 problem document."""
    body = json.dumps(error.problem(), ensure_ascii=False).encode()
    headers = {**OPEN, "Cache-Control": "no-store", "Vary": "Accept", "Content-Type": "application/problem+json"}
    if "retry_after" in error.details:
        headers["Retry-After"] = str(error.details["retry_after"])
    return Response(body, status_code=error.status, headers=headers)


def refusal(status: int, title: str, sentence: str, **details: object) -> WrongUse:
    """A refusal that only HTTP knows."""
    error = WrongUse(sentence, **details)
    error.status, error.title = status, title
    return error


def preflight(methods: str) -> Response:
    """What may be asked of an address, by whom: a browser asks this before it sends another site's request."""
    allowed = {
        "Allow": methods,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=allowed)


def accepted(request: Request) -> str | None:
    """What the client accepts: all its Accept lines as one."""
    return ", ".join(request.headers.getlist("accept")) or None


def wants_page(request: Request) -> bool:
    """Whether the client is a browser, which should see a page and not a problem document."""
    chosen = formats.negotiate(accepted(request), (formats.JSON, formats.HTML))
    return chosen is formats.HTML


def choose(request: Request, offered: tuple[Format, ...]) -> Format:
    """The offered format a client likes best. Raises NotAcceptable that lists what there is."""
    accept = accepted(request)
    chosen = formats.negotiate(accept, offered)
    if chosen is None:
        names = ", ".join(f.media_type for f in offered)
        raise NotAcceptable(f"“{accept}” is not among what this address offers: {names}.", available=names.split(", "))
    return chosen


def only(request: Request, name: str) -> str:
    """A parameter that is given once, or nothing. Raises WrongUse where it is given more often."""
    given = request.query_params.getlist(name)
    if len(given) > 1:
        raise WrongUse(f"“{name}” is given {len(given)} times. Give it once.")
    return given[0] if given else ""


def allow(request: Request, names: Sequence[str]) -> None:
    """Raises WrongUse for a parameter that this address does not know: a slip of the pen would go unnoticed."""
    strange = next((name for name in request.query_params if name not in names), None)
    if strange is not None:
        known = f"Known: {', '.join(names)}" if names else "This address takes no parameters"
        raise WrongUse(f"“{strange[:40]}” is no parameter of this address. {known}.")


def go(path: str) -> Response:
    """See other: where a form leads to. `path` is one of ours."""
    return Response(status_code=303, headers={"Location": path, "Cache-Control": "no-store"})


def holds(if_none_match: str | None, tag: str) -> bool:
    """Whether an If-None-Match header says that the client has what this tag stands for."""
    if if_none_match is None:
        return False
    held = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return "*" in held or tag in held
