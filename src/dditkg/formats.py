"""The one table of formats: names, suffixes, media types, and how a client chooses among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


@dataclass(frozen=True, eq=False)  # there is one of each, and many tables are looked up by it
class Format:
    """A way to write an answer. `also` holds other media types by which clients ask for it."""

    name: str
    suffix: str
    media_type: str
    label: str
    also: tuple[str, ...] = ()
    charset: bool = True

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type


HTML = Format("html", ".html", "text/html", "Web page", ("application/xhtml+xml",))
TURTLE = Format("ttl", ".ttl", "text/turtle", "Turtle", ("application/x-turtle",))
JSONLD = Format("jsonld", ".jsonld", "application/ld+json", "JSON-LD", charset=False)
NTRIPLES = Format("nt", ".nt", "application/n-triples", "N-Triples", ("text/plain",))
RDFXML = Format("rdfxml", ".rdf", "application/rdf+xml", "RDF/XML", ("application/xml", "text/xml"))
SPARQL_JSON = Format(
    "json", ".srj", "application/sparql-results+json", "SPARQL results JSON", ("application/json",), charset=False
)
SPARQL_XML = Format(
    "xml", ".srx", "application/sparql-results+xml", "SPARQL results XML", ("application/xml", "text/xml")
)
CSV = Format("csv", ".csv", "text/csv", "CSV")
TSV = Format("tsv", ".tsv", "text/tab-separated-values", "TSV")
JSON = Format("json", ".json", "application/json", "JSON", charset=False)
SSSOM = Format("sssom", ".sssom.tsv", "text/tab-separated-values", "SSSOM")
JSKOS = Format("jskos", ".jskos", "application/ld+json", "JSKOS", charset=False)

#: What a thing's own address offers; the first is the default.
DOCUMENT_FORMATS = (HTML, JSONLD, TURTLE, NTRIPLES, RDFXML, JSON)
#: What CONSTRUCT and DESCRIBE offer.
GRAPH_FORMATS = (TURTLE, NTRIPLES, RDFXML, JSONLD)
#: What SELECT offers, and ASK its first two.
RESULT_FORMATS = (SPARQL_JSON, SPARQL_XML, CSV, TSV)
ASK_FORMATS = RESULT_FORMATS[:2]
#: What a question's address offers.
QUESTION_FORMATS = (HTML, JSON, CSV)


_SECOND_NAME = 1.5  # less telling than a format's own name, more than text/*


def parse_accept(accept: str) -> list[tuple[str, float, int]]:
    """An Accept header as (media range, q, how specific), in the client's order.

    A q-value that cannot be read counts as 1, as most servers do; one outside 0…1 is clamped.
    """
    ranges = []
    for part in accept.split(","):
        media_range, *parameters = (piece.strip() for piece in part.split(";"))
        if not media_range:
            continue
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                number = _NUMBER.fullmatch(value.strip())
                quality = min(1.0, max(0.0, float(number[0]))) if number else 1.0
        media_range = "*/*" if media_range == "*" else media_range.lower()
        specific = 0 if media_range == "*/*" else 1 if media_range.endswith("/*") else 2
        ranges.append((media_range, quality, specific))
    return ranges


@lru_cache(maxsize=1024)
def negotiate(accept: str | None, offered: tuple[Format, ...]) -> Format | None:
    """The offered format that an Accept header likes best; None when it excludes them all.

    Without a header, or with nothing in it, the first offer wins. The most specific range decides a format's q-value.
    Of formats liked alike, one that is asked for by name goes before one that only a wildcard allows; then the earlier
    offer wins.
    """
    ranges = parse_accept(accept or "")
    if not ranges:
        return offered[0]
    best: tuple[tuple[float, float], Format] | None = None
    for option in offered:
        # A second name counts only where the client writes it out: text/* does not ask for what is called text/xml too.
        named = ((q, _SECOND_NAME) for media_range, q, _ in ranges if media_range in option.also)
        liking = max(_liking(option.media_type, ranges), *named, (0.0, 0.0))
        if liking[0] > 0 and (best is None or liking > best[0]):
            best = (liking, option)
    return best[1] if best else None


def by_name(name: str, offered: Sequence[Format]) -> Format | None:
    """The offered format with that name or suffix (`ttl`, `.ttl`)."""
    wanted = name.lower().lstrip(".")
    return next((f for f in offered if wanted in (f.name, f.suffix.lstrip("."))), None)


def _liking(media_type: str, ranges: Sequence[tuple[str, float, int]]) -> tuple[float, float]:
    """The q-value of a media type, and how specific the range is that gives it."""
    family = media_type.partition("/")[0] + "/*"
    matching = [(specific, q) for r, q, specific in ranges if r in (media_type, family, "*/*")]
    specific, quality = max(matching, default=(0, 0.0))
    return quality, specific
