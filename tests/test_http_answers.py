"""Answers that are kept: given again byte for byte, never for long text that changes, never beyond their room."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pyoxigraph as ox
import pytest
from live import Live, live
from prometheus_client.parser import text_string_to_metric_families

from dditkg.http.answers import Answers, lasting
from dditkg.sandbox import Answer, Question

EX = "http://example.org/"
QUADS = [
    ox.Quad(ox.NamedNode(f"{EX}{n}"), ox.NamedNode(EX + "p"), ox.Literal(n), graph)
    for n, graph in enumerate((ox.DefaultGraph(), ox.NamedNode(EX + "g1"), ox.NamedNode(EX + "g2")))
]
SELECT = "SELECT ?o { ?s ?p ?o }"


@pytest.fixture(scope="module")
def service() -> Iterator[Live]:
    with live(QUADS) as running:
        yield running


def get(service: Live, query: str, accept: str = "application/sparql-results+json", **more: str) -> httpx.Response:
    headers = {"Accept": accept} | ({"If-None-Match": more.pop("held")} if "held" in more else {})
    return service.http.get(service.sparql, params={"query": query, **more}, headers=headers)


def numbers(service: Live) -> dict[str, float]:
    """The service's metrics as the reference reader of their format understands them."""
    response = service.http.get(f"{service.address}/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def test_an_answer_is_given_again_without_a_worker(service: Live) -> None:
    before = numbers(service)
    first, *others = (get(service, SELECT + " # again") for _ in range(3))
    posted = service.ask(SELECT + " # again")
    after = numbers(service)
    assert first.status_code == 200
    for other in (*others, posted):
        assert other.content == first.content
        assert other.headers["content-type"] == first.headers["content-type"]
    assert [other.headers["etag"] for other in others] == [first.headers["etag"]] * 2
    assert after["dditkg_query_seconds_count"] - before["dditkg_query_seconds_count"] == 1
    assert after["dditkg_cache_lookups_total hit"] - before.get("dditkg_cache_lookups_total hit", 0) == 3
    assert after["dditkg_cache_bytes"] > before["dditkg_cache_bytes"]


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "application/sparql-results+xml", "text/csv"])
def test_a_client_that_has_it_gets_304(service: Live, accept: str) -> None:
    tag = get(service, SELECT, accept).headers["etag"]
    assert tag.startswith('"')  # strong
    for held in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        response = get(service, SELECT, accept, held=held)
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["etag"] == tag
        assert response.headers["vary"] == "Accept"
        assert response.headers["cache-control"] == "no-cache"
    assert get(service, SELECT, accept, held='"other"').status_code == 200
    head = service.http.head(service.sparql, params={"query": SELECT}, headers={"Accept": accept})
    assert (head.status_code, head.headers["etag"]) == (200, tag)


def test_formats_datasets_and_questions_are_kept_apart(service: Live) -> None:
    for _ in range(2):
        assert get(service, SELECT).json()["results"]["bindings"][0]["o"]["value"] == "0"
        assert get(service, SELECT, "text/csv").text == "o\r\n0\r\n"
        assert (
            get(service, SELECT, **{"default-graph-uri": EX + "g1"}).json()["results"]["bindings"][0]["o"]["value"]
            == "1"
        )
        assert (
            get(service, SELECT, **{"default-graph-uri": EX + "g2"}).json()["results"]["bindings"][0]["o"]["value"]
            == "2"
        )
        assert get(service, SELECT, **{"named-graph-uri": EX + "g2"}).json()["results"]["bindings"] == []
    tags = {get(service, SELECT, accept).headers["etag"] for accept in ("text/csv", "application/json", "*/*")}
    assert len(tags) == 2


@pytest.mark.parametrize(
    ("query", "first", "then"),
    [
        ("ASK { ?s ?p ?o }", "text/csv;q=0.9, application/sparql-results+xml;q=0.5", "application/sparql-results+json"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/json, text/turtle;q=0.1", "application/ld+json"),
        ("SELECT * { ?s ?p ?o }", "text/turtle, text/csv;q=0.1", "application/sparql-results+xml"),
    ],
)
def test_what_is_kept_never_changes_what_is_chosen(service: Live, query: str, first: str, then: str) -> None:
    fresh = [get(service, f"{query} # {number}", accept) for number, accept in enumerate((first, then))]
    for _ in range(2):
        for one, accept in zip(fresh, (first, then), strict=True):
            kept = get(service, query, accept)
            assert kept.headers["content-type"] == one.headers["content-type"]
            assert kept.status_code == one.status_code
    assert get(service, query, "image/png").status_code == 406


@pytest.mark.parametrize("call", ["RAND()", "NOW()", "UUID()", "STRUUID()", "BNODE()", "struuid ( )", "Now()"])
def test_what_differs_each_time_is_never_kept(service: Live, call: str) -> None:
    query = f"SELECT ({call} AS ?x) {{ ?s ?p ?o }}"
    before = numbers(service)["dditkg_cache_entries"]
    responses = [get(service, query) for _ in range(3)]
    assert {response.status_code for response in responses} == {200}
    assert {response.headers["cache-control"] for response in responses} == {"no-store"}
    assert not any("etag" in response.headers for response in responses)
    assert numbers(service)["dditkg_cache_entries"] == before
    if "bnode" not in call.lower():
        assert len({response.content for response in responses}) == 3


def test_a_function_cannot_be_spelt_so_that_it_is_not_seen(service: Live) -> None:
    """The engine does not read escapes in keywords; if it did, a kept answer could be stale."""
    assert get(service, "SELECT (\\u0052AND() AS ?x) {}").status_code == 400
    assert not lasting("SELECT (rand/**/() AS ?x) {}")


def test_refusals_and_posts_are_not_to_be_stored(service: Live) -> None:
    for _ in range(2):
        assert get(service, "ASK {").headers["cache-control"] == "no-store"
    assert service.ask(SELECT).headers["cache-control"] == "no-store"
    assert "etag" not in service.ask(SELECT).headers


def test_a_client_is_held_to_its_own_rows_by_a_kept_answer_too(service: Live) -> None:
    query = "SELECT * { VALUES ?x { 1 2 3 } }"
    assert get(service, query).status_code == 200
    assert get(service, query, **{"max-rows": "2"}).status_code == 413
    assert get(service, query, **{"max-rows": "3"}).status_code == 200


def test_the_service_says_how_it_is(service: Live) -> None:
    get(service, "ASK {")
    ready = service.http.get(f"{service.address}/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert sum(ready.json()["workers"].values()) >= 2
    assert ready.headers["cache-control"] == "no-store"
    found = numbers(service)
    assert found["dditkg_queries_total answered"] > 0
    assert found["dditkg_queries_total refused: the query cannot be read"] > 0
    assert found["dditkg_workers idle"] == 2
    assert found["dditkg_query_seconds_bucket +Inf"] == found["dditkg_query_seconds_count"] > 0


# The room for answers


def question(number: int) -> Question:
    return Question(f"ASK {{}} # {number}")


def answer(size: int) -> Answer:
    return Answer("application/sparql-results+json", bytes(size), "tag")


def test_the_least_used_is_forgotten_first_and_the_room_is_never_exceeded() -> None:
    answers = Answers(100_000)
    for number in range(50):
        answers.keep(question(number), answer(5000))
        answers.remember(b"%d" % number, "", question(number), answer(5000), [])
        assert answers.get(question(0)) is not None
        assert answers.bytes <= 100_000
    assert 10 < len(answers) < 20
    assert answers.get(question(1)) is None
    assert answers.repeated(b"1", "") is None
    assert answers.repeated(b"49", "") == (answer(5000), [])


def test_one_answer_asked_for_in_many_ways_takes_no_more_room_than_allowed() -> None:
    answers = Answers(100_000)
    answers.keep(question(0), answer(10))
    for number in range(1000):
        answers.remember(b"x=%d" % number + b"y" * 1000, "", question(0), answer(10), [])
    assert answers.bytes < 30_000
    assert answers.get(question(0)) is not None


def test_a_large_answer_does_not_push_out_the_others() -> None:
    answers = Answers(100_000)
    answers.keep(question(0), answer(10))
    answers.keep(question(1), answer(50_000))
    assert answers.get(question(1)) is None
    assert answers.get(question(0)) is not None


def test_nothing_is_kept_where_there_is_no_room() -> None:
    answers = Answers(0)
    answers.keep(question(0), answer(10))
    assert (len(answers), answers.bytes, answers.get(question(0))) == (0, 0, None)
