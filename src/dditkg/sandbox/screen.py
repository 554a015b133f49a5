"""A cheap look at a query before a worker sees it. It gives clear refusals early; it is never the only defence."""

from __future__ import annotations

import re

from dditkg.errors import BadQuery, TooLarge
from dditkg.lexis import TOKEN
from dditkg.settings import Settings

#: How deep ( { [ may be nested.
DEEPEST = 64

_SWITCHED_OFF = ("SERVICE", "LOAD")
# Where one of them may be a keyword: mostly it is part of an address or a name, and reading closely is slow.
_SUSPECT = re.compile(rf"(?<![\w/:-])(?:{'|'.join(_SWITCHED_OFF)})(?![\w/:-])")


def screen(query: str, settings: Settings) -> None:
    """Refuse a query that is too long (TooLarge), asks for federation or is nested too deeply (BadQuery)."""
    try:
        size = len(query.encode())
    except UnicodeEncodeError:
        raise BadQuery("The query is not valid Unicode text.") from None
    if size > settings.query_bytes:
        raise TooLarge(
            f"The query is {size} bytes long; {settings.query_bytes} are allowed. Split it, or shorten its VALUES.",
            limit="query_bytes",
            allowed=settings.query_bytes,
        )
    capitals = query.upper()
    suspect = any(word in capitals for word in _SWITCHED_OFF) and _SUSPECT.search(capitals)
    if suspect or sum(map(query.count, "({[")) > DEEPEST:
        _read_closely(query)


def _read_closely(query: str) -> None:
    depth = 0
    for token in TOKEN.finditer(query):
        if token.lastgroup == "word" and token["word"].upper() in _SWITCHED_OFF:
            raise BadQuery(
                f"Federation is switched off: this service answers from its own data only, so {token['word'].upper()} "
                "cannot be used. Ask the other endpoint yourself and give its answers in VALUES."
            )
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        if depth > DEEPEST:
            raise BadQuery(f"The query nests brackets more than {DEEPEST} deep. Write it flatter.")
