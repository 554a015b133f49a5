"""What a client asks for, against what there is."""

from __future__ import annotations

import time

import pytest

from dditkg.formats import (
    CSV,
    DOCUMENT_FORMATS,
    GRAPH_FORMATS,
    HTML,
    JSON,
    JSONLD,
    NTRIPLES,
    QUESTION_FORMATS,
    RDFXML,
    RESULT_FORMATS,
    SPARQL_JSON,
    SPARQL_XML,
    TSV,
    TURTLE,
    Format,
    by_name,
    negotiate,
)

ALL = tuple(dict.fromkeys((*DOCUMENT_FORMATS, *GRAPH_FORMATS, *RESULT_FORMATS, *QUESTION_FORMATS)))
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
RDFLIB = (
    "text/turtle, application/x-turtle, application/rdf+xml;q=0.9, application/xhtml+xml;q=0.5, "
    "application/n-triples;q=0.7, */*;q=0.1"
)
JENA = "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"

CASES = [
    # Nothing said: the first that is offered.
    (None, DOCUMENT_FORMATS, HTML),
    ("", DOCUMENT_FORMATS, HTML),
    (" \t", DOCUMENT_FORMATS, HTML),
    (None, GRAPH_FORMATS, TURTLE),
    (None, RESULT_FORMATS, SPARQL_JSON),
    # One name.
    *((option.media_type, ALL, option) for option in ALL if option is not SPARQL_JSON),
    ("TEXT/Turtle", DOCUMENT_FORMATS, TURTLE),
    ("  text/turtle  ", DOCUMENT_FORMATS, TURTLE),
    ("text/turtle; charset=utf-8", DOCUMENT_FORMATS, TURTLE),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', DOCUMENT_FORMATS, JSONLD),
    ("image/png", DOCUMENT_FORMATS, None),
    ("text", DOCUMENT_FORMATS, None),
    ("turtle", DOCUMENT_FORMATS, None),
    # Other names of the same thing.
    ("application/xhtml+xml", DOCUMENT_FORMATS, HTML),
    ("application/x-turtle", DOCUMENT_FORMATS, TURTLE),
    ("text/plain", GRAPH_FORMATS, NTRIPLES),
    ("application/xml", DOCUMENT_FORMATS, RDFXML),
    ("text/xml", RESULT_FORMATS, SPARQL_XML),
    ("application/json", RESULT_FORMATS, SPARQL_JSON),
    ("application/json", DOCUMENT_FORMATS, JSON),
    ("text/html", GRAPH_FORMATS, None),
    # Wildcards.
    ("*/*", DOCUMENT_FORMATS, HTML),
    ("*", DOCUMENT_FORMATS, HTML),
    ("*/*", GRAPH_FORMATS, TURTLE),
    ("text/*", DOCUMENT_FORMATS, HTML),
    ("text/*", GRAPH_FORMATS, TURTLE),
    ("text/*", RESULT_FORMATS, CSV),
    ("application/*", DOCUMENT_FORMATS, JSONLD),
    ("application/*", QUESTION_FORMATS, JSON),
    ("image/*", DOCUMENT_FORMATS, None),
    ("*/turtle", DOCUMENT_FORMATS, None),
    # Weights.
    ("text/html;q=0.5, text/turtle", DOCUMENT_FORMATS, TURTLE),
    ("text/turtle;q=0.4, application/ld+json;q=0.6", DOCUMENT_FORMATS, JSONLD),
    ("text/turtle;q=0.001, application/ld+json;q=0", DOCUMENT_FORMATS, TURTLE),
    ("text/turtle ; q=0.2 , application/n-triples ; q=0.3", DOCUMENT_FORMATS, NTRIPLES),
    ("text/turtle;Q=0.2, application/n-triples;Q=0.3", DOCUMENT_FORMATS, NTRIPLES),
    ("text/csv;header=present;q=0.2, text/tab-separated-values;q=0.4", RESULT_FORMATS, TSV),
    # Excluded.
    ("text/turtle;q=0", DOCUMENT_FORMATS, None),
    ("text/turtle;q=0.0, */*", GRAPH_FORMATS, NTRIPLES),
    ("text/html;q=0, */*;q=0.1", DOCUMENT_FORMATS, JSONLD),
    ("*/*;q=0", DOCUMENT_FORMATS, None),
    ("*/*;q=0, text/turtle;q=0.1", DOCUMENT_FORMATS, TURTLE),
    ("text/*;q=0, */*", DOCUMENT_FORMATS, JSONLD),
    ("application/*;q=0, text/*;q=0.1", QUESTION_FORMATS, HTML),
    # The most specific range decides, wherever it stands.
    ("*/*, text/*;q=0.3, text/html;q=0.2, application/*;q=0.1", DOCUMENT_FORMATS, TURTLE),
    ("text/html;q=0.2, text/*;q=0.3, application/*;q=0.1, */*", DOCUMENT_FORMATS, TURTLE),
    ("text/*, text/html;q=0", QUESTION_FORMATS, CSV),
    # Liked alike: its own name, then another name of it, then a family, then anything; then the earlier offer.
    ("*/*, text/turtle", DOCUMENT_FORMATS, TURTLE),
    ("*/*, text/*", GRAPH_FORMATS, TURTLE),
    ("text/*, application/json", QUESTION_FORMATS, JSON),
    ("text/xml, text/*", GRAPH_FORMATS, RDFXML),
    ("text/plain, application/ld+json", GRAPH_FORMATS, JSONLD),
    ("application/rdf+xml, text/turtle", DOCUMENT_FORMATS, TURTLE),
    ("text/turtle;q=0.5, text/html;q=0.5", DOCUMENT_FORMATS, HTML),
    ("text/csv, application/json", QUESTION_FORMATS, JSON),
    # A weight that cannot be read counts as 1; one out of range is clamped.
    ("text/turtle;q=high", DOCUMENT_FORMATS, TURTLE),
    ("text/turtle;q=, text/html;q=0.9", DOCUMENT_FORMATS, TURTLE),
    ("text/turtle;q=nan, text/html;q=0.9", DOCUMENT_FORMATS, TURTLE),
    ("text/turtle;q=inf, text/html;q=0.9", DOCUMENT_FORMATS, TURTLE),
    ("text/turtle;q=5, text/html;q=0.9", DOCUMENT_FORMATS, TURTLE),
    ("text/turtle;q=-1, text/html;q=0.1", DOCUMENT_FORMATS, HTML),
    # Rubble between commas is passed over.
    (",,text/turtle,,", DOCUMENT_FORMATS, TURTLE),
    (";q=1, text/turtle", DOCUMENT_FORMATS, TURTLE),
    (",", DOCUMENT_FORMATS, HTML),
    # What real clients send.
    (FIREFOX, DOCUMENT_FORMATS, HTML),
    (FIREFOX, QUESTION_FORMATS, HTML),
    (FIREFOX, GRAPH_FORMATS, RDFXML),
    (RDFLIB, DOCUMENT_FORMATS, TURTLE),
    (JENA, DOCUMENT_FORMATS, TURTLE),
    ("application/json, text/plain, */*", DOCUMENT_FORMATS, JSON),  # axios
    ("application/json, text/plain, */*", QUESTION_FORMATS, JSON),
    ("application/json, text/javascript, */*; q=0.01", DOCUMENT_FORMATS, JSON),  # jQuery
    ("*/*", QUESTION_FORMATS, HTML),  # curl, fetch, requests
    ("application/sparql-results+json,application/json;q=0.9,text/javascript;q=0.3", RESULT_FORMATS, SPARQL_JSON),
]


@pytest.mark.parametrize(("accept", "offered", "expected"), CASES)
def test_negotiate(accept: str | None, offered: tuple[Format, ...], expected: Format | None) -> None:
    assert negotiate(accept, offered) is expected


def test_a_weight_as_long_as_a_header_costs_no_time() -> None:
    started = time.monotonic()
    assert negotiate(f"text/turtle;q={'1' * 60_000}x, text/html;q=0.9", DOCUMENT_FORMATS) is TURTLE
    assert time.monotonic() - started < 0.5


@pytest.mark.parametrize("option", ALL, ids=lambda option: option.suffix)
def test_a_suffix_and_a_name_find_their_format(option: Format) -> None:
    offered = tuple(other for other in ALL if other.name != option.name or other is option)
    for name in (option.suffix, option.suffix.removeprefix("."), option.name, option.suffix.upper()):
        assert by_name(name, offered) is option


@pytest.mark.parametrize("name", ["", ".", "exe", "ttl.gz", "text/turtle", "jso"])
def test_an_unknown_suffix_finds_nothing(name: str) -> None:
    assert by_name(name, ALL) is None


def test_a_name_finds_only_what_is_offered() -> None:
    assert by_name("ttl", RESULT_FORMATS) is None
    assert by_name("json", RESULT_FORMATS) is SPARQL_JSON
    assert by_name("json", DOCUMENT_FORMATS) is JSON


@pytest.mark.parametrize("offered", [DOCUMENT_FORMATS, GRAPH_FORMATS, RESULT_FORMATS, QUESTION_FORMATS])
def test_formats_offered_together_differ_in_name_suffix_and_media_type(offered: tuple[Format, ...]) -> None:
    assert len({option.name for option in offered}) == len(offered)
    assert len({option.suffix for option in offered}) == len(offered)
    assert len({option.media_type for option in offered}) == len(offered)
    other_names = [name for option in offered for name in (option.media_type, *option.also)]
    assert len(set(other_names)) == len(other_names)


def test_text_says_its_charset_and_json_has_none() -> None:
    assert TURTLE.content_type == "text/turtle; charset=utf-8"
    assert JSON.content_type == "application/json"
