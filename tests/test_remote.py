"""Another engine behind the same questions: the same rows as from our own, and a sentence for whatever goes wrong.

`tests/virtuoso-differences.tsv` lists the questions that Virtuoso answers otherwise, each with its reason. It may only
shrink: a listed question that agrees is a failure too.
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from content import whole_dataset
from engines import Sent, cutting, merged, misbehaving, oxigraph, unused_address, virtuoso
from serving import Served, command, served

from dditkg import formats
from dditkg.dataset import Dataset, content_of, open_endpoint
from dditkg.documents import Documents
from dditkg.errors import BadQuery, DditkgError, NotAcceptable, TimedOut, TooLarge, Unavailable, WrongUse
from dditkg.formats import Format
from dditkg.questions import Question, read_questions
from dditkg.remote import Endpoint, RemoteStore, survey
from dditkg.remote.store import _VERB
from dditkg.store import Choose, Store, Table, answer_bytes
from dditkg.terms import BASE, GRAPH_BASE, RDF, SKOS

ROOT = Path(__file__).parents[1]
CONTENT = content_of(ROOT)
QUESTIONS = read_questions(CONTENT.questions)
DIFFERENCES = dict(
    line.split("\t", 1) for line in Path(__file__).with_name("virtuoso-differences.tsv").read_text().splitlines()[1:]
)
ROLE = ox.NamedNode(BASE + "role/data-engineer")
LABEL = SKOS + "prefLabel"
ROWS = "application/sparql-results+json"
NO_ROWS = b'{"head": {"vars": ["x"]}, "results": {"bindings": []}}'

each_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)


@pytest.fixture(scope="module")
def local() -> Dataset:
    return whole_dataset()


@pytest.fixture(scope="module")
def engine(local: Dataset) -> Iterator[str]:
    with oxigraph(merged(local.local)) as url:
        yield url


@pytest.fixture(scope="module")
def remote(engine: str) -> RemoteStore:
    return RemoteStore(Endpoint(engine, 60))


def rows(table: Table) -> Counter[tuple[str, ...]]:
    """Rows as a multiset of terms in their written form."""
    return Counter(tuple(str(term) for term in row) for row in table.rows)


def is_open(question: Question) -> str:
    return question.bound({p.name: "*" for p in question.parameters if not p.needed}, lambda typed, _: typed)


def first(offered: object) -> Format:
    assert isinstance(offered, tuple)
    return offered[0]


def pick(wanted: Format) -> Choose:
    return lambda offered: wanted if wanted in offered else first(offered)


def evaluated(store: Store, query: str, wanted: Format) -> bytes:
    output = io.BytesIO()
    store.evaluate(query, pick(wanted), output)
    return output.getvalue()


# The same rows


@pytest.mark.engines
@each_question
def test_a_question_has_the_same_rows(question: Question, local: Dataset, remote: RemoteStore) -> None:
    here, there = local.store.select(question.text), remote.select(question.text)
    assert there.columns == here.columns
    assert rows(there) == rows(here)


@pytest.mark.engines
@pytest.mark.long
@each_question
def test_a_question_about_everything_has_the_same_rows(question: Question, local: Dataset, remote: RemoteStore) -> None:
    assert rows(remote.select(is_open(question))) == rows(local.store.select(is_open(question)))


@pytest.mark.engines
@pytest.mark.parametrize("wanted", formats.RESULT_FORMATS, ids=lambda f: f.name)
def test_rows_are_written_as_our_own_engine_writes_them(wanted: Format, local: Dataset, remote: RemoteStore) -> None:
    query = QUESTIONS["figures"].text  # sorted, so that the bytes can be compared
    assert evaluated(remote, query, wanted) == evaluated(local.store, query, wanted)


@pytest.mark.engines
def test_an_ask_has_the_same_answer(local: Dataset, remote: RemoteStore) -> None:
    for query in (f"ASK {{ {ROLE} ?p ?o }}", "PREFIX x: <urn:x> # ASK\nASK { x:y ?p ?o }"):
        assert evaluated(remote, query, formats.SPARQL_JSON) == evaluated(local.store, query, formats.SPARQL_JSON)


@pytest.mark.engines
@pytest.mark.parametrize("wanted", formats.GRAPH_FORMATS, ids=lambda f: f.name)
def test_a_graph_has_the_same_triples(wanted: Format, local: Dataset, remote: RemoteStore) -> None:
    query = f"CONSTRUCT WHERE {{ {ROLE} ?p ?o }}"
    syntax = ox.RdfFormat.from_media_type(wanted.media_type)
    found = [set(ox.parse(evaluated(store, query, wanted), format=syntax)) for store in (local.store, remote)]
    assert found[0] == found[1]
    assert len(found[0]) > 10


@pytest.mark.engines
def test_relative_addresses_are_read_against_the_base(remote: RemoteStore) -> None:
    (triple,) = remote.construct("CONSTRUCT { <a> <b> <c> } WHERE {}", "https://example.org/")
    assert triple.subject == ox.NamedNode("https://example.org/a")


@pytest.mark.engines
def test_a_dataset_can_be_named(remote: RemoteStore, local: Dataset) -> None:
    output = io.BytesIO()
    graph = GRAPH_BASE + "data/levels.ttl"
    remote.evaluate("SELECT * { ?s ?p ?o }", pick(formats.CSV), output, [graph])
    assert output.getvalue().count(b"\r\n") == len(local.store.graph(graph)) + 1


@pytest.mark.engines
def test_the_store_says_the_same_about_things(local: Dataset, remote: RemoteStore) -> None:
    here, type_ = local.store, ox.NamedNode(RDF + "type")
    assert set(remote.outgoing(ROLE)) == set(here.outgoing(ROLE))
    assert set(remote.incoming(ROLE)) == set(here.incoming(ROLE)) != set()
    role = ox.NamedNode("https://w3id.org/dditkg/ontology/Role")
    assert set(remote.incoming(role, type_)) == set(here.incoming(role, type_)) != set()
    assert set(remote.objects(ROLE, LABEL)) == set(here.objects(ROLE, LABEL)) != set()
    assert set(remote.having(LABEL)) == set(here.having(LABEL))
    assert remote.subjects() == here.subjects()
    graph = GRAPH_BASE + "data/levels.ttl"
    assert set(remote.graph(graph)) == set(here.graph(graph)) != set()
    assert remote.holds(graph)
    assert not remote.holds(graph + "x")
    assert len(remote) == len(list(local.local.triples()))


@pytest.mark.engines
def test_whole_graphs_are_written(local: Dataset, remote: RemoteStore) -> None:
    for graph in (None, GRAPH_BASE + "data/levels.ttl"):
        written = []
        for store in (local.store, remote):
            output = io.BytesIO()
            store.write_graph(graph, formats.NTRIPLES, output, {})
            written.append(set(output.getvalue().splitlines()))
        assert written[0] == written[1] != set()


@pytest.mark.engines
def test_a_graph_that_rdf_xml_cannot_hold_is_refused() -> None:
    odd = ox.Quad(ROLE, ox.NamedNode("https://example.org/1"), ROLE)
    with oxigraph([odd]) as url, pytest.raises(NotAcceptable, match="cannot hold the property"):
        RemoteStore(Endpoint(url, 5)).write_graph(None, formats.RDFXML, io.BytesIO(), {})


@pytest.mark.engines
def test_documents_are_the_same(local: Dataset, engine: str) -> None:
    there = open_endpoint(engine, 60)
    assert there.version == local.version
    assert there.prefixes == local.prefixes
    for iri in (ROLE.value, BASE + "capability/record-matching", BASE + "framework/gdad"):
        here = Documents(local, "/context").plain(iri)
        assert Documents(there, "/context").plain(iri) == here


# What is asked at the start


@pytest.mark.engines
def test_the_survey_says_what_is_there(local: Dataset, remote: RemoteStore) -> None:
    found = survey(remote)
    assert (found.version, found.triples, found.most_rows) == (local.version, len(list(local.local.triples())), None)
    assert local.version in str(found)


@pytest.mark.engines
def test_an_engine_without_the_dataset_is_refused() -> None:
    with oxigraph([]) as url, pytest.raises(Unavailable, match="holds no release"):
        open_endpoint(url, 20)


VERSION = ox.Triple(
    ox.NamedNode(BASE + "dataset"), ox.NamedNode("http://www.w3.org/ns/dcat#version"), ox.Literal("one")
)
CONCEPT = ox.Triple(ROLE, ox.NamedNode(RDF + "type"), ox.NamedNode(SKOS + "Concept"))
GRAPHS = [ox.NamedNode("urn:graph:1"), ox.NamedNode("urn:graph:2")]


def quad(triple: ox.Triple, graph: ox.NamedNode | None = None) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph or ox.DefaultGraph())


@pytest.mark.engines
def test_a_dataset_that_plain_patterns_do_not_see_is_named() -> None:
    with oxigraph([quad(VERSION, GRAPHS[0])]) as url, pytest.raises(Unavailable, match="named graph <urn:graph:1>"):
        open_endpoint(url, 20)


@pytest.mark.engines
def test_a_union_that_repeats_triples_is_refused() -> None:
    twice = [quad(triple, graph) for triple in (VERSION, CONCEPT) for graph in GRAPHS]
    with oxigraph(twice, "--union-default-graph") as url, pytest.raises(Unavailable, match="repeats triples"):
        open_endpoint(url, 20)


@pytest.mark.engines
def test_two_releases_at_once_are_refused() -> None:
    other = ox.Triple(VERSION.subject, VERSION.predicate, ox.Literal("two"))
    with (
        oxigraph([quad(VERSION), quad(other)]) as url,
        pytest.raises(Unavailable, match="2 releases at once: one, two"),
    ):
        open_endpoint(url, 20)


@pytest.mark.engines
def test_rows_that_are_cut_off_are_never_given(engine: str) -> None:
    with cutting(engine, 200) as url:
        store = RemoteStore(Endpoint(url, 60))
        assert survey(store).most_rows == 200
        assert "at most 200 rows" in str(survey(store))
        assert len(store.select("SELECT * { ?s ?p ?o } LIMIT 199").rows) == 199
        for ask in (store.subjects, lambda: evaluated(store, "SELECT * { ?s ?p ?o }", formats.CSV)):
            with pytest.raises(Unavailable, match="cut its answer off after 200 rows"):
                ask()


# Engines that are not there, or are none


def test_an_engine_that_is_down_is_named() -> None:
    url = unused_address()
    with pytest.raises(Unavailable, match=f"{url} does not answer .*See that the engine runs"):
        open_endpoint(url, 5)


@pytest.mark.parametrize(
    ("sent", "error", "says"),
    [
        ((200, "text/html", b"<p>Welcome"), Unavailable, "with text/html, 10 bytes beginning '<p>Welcome'"),
        ((200, ROWS, b'{"head": {"vars": ["x"]}, "results": {"bin'), Unavailable, "cuts answers short"),
        ((200, ROWS, b"\xff\xfe"), Unavailable, "did not answer with rows"),
        ((200, ROWS, b'{"head": {}, "boolean": true}'), Unavailable, "yes or no where rows"),
        (None, Unavailable, "did not answer with rows|broke off"),
        ((400, "text/plain", b"no such\nword"), BadQuery, "cannot read the query: no such word"),
        ((401, "text/plain", b""), Unavailable, "name and password"),
        ((404, "text/plain", b""), Unavailable, "There is no endpoint at"),
        ((414, "text/plain", b""), TooLarge, "too long for"),
        ((500, "text/plain", b"out of memory"), Unavailable, r"failed \(500\): out of memory"),
        ((503, "text/plain", b"busy"), Unavailable, r"refused the query \(503\): busy"),
        ((204, "text/plain", b""), Unavailable, "did not answer with rows"),
    ],
)
def test_an_answer_that_makes_no_sense_is_said(sent: Sent | None, error: type[DditkgError], says: str) -> None:
    with misbehaving(lambda body, accept: sent) as url, pytest.raises(error, match=says):
        RemoteStore(Endpoint(url, 5)).select("SELECT ?x {}")


def test_triples_that_make_no_sense_are_said() -> None:
    for media_type, body in (("text/turtle", b"<a"), ("text/html", b"<a> <b> <c> .")):
        answer = (200, media_type, body)
        with misbehaving(lambda *_, answer=answer: answer) as url, pytest.raises(Unavailable, match="with triples"):
            RemoteStore(Endpoint(url, 5)).construct("CONSTRUCT WHERE {}")


def test_an_engine_that_says_that_it_cut_rows_off_is_believed() -> None:
    from dditkg.remote.endpoint import Reply

    class Saying(Endpoint):
        def ask(self, *_: object) -> Reply:
            return Reply(ROWS, NO_ROWS, {"x-sparql-maxrows": "10000"})

    with pytest.raises(Unavailable, match="cut its answer off"):
        RemoteStore(Saying("http://127.0.0.1/")).select("SELECT ?x {}")


def test_an_engine_that_takes_too_long_is_left() -> None:
    def sleepy(body: bytes, accept: str) -> tuple[int, str, bytes]:
        time.sleep(3)
        return 200, ROWS, NO_ROWS

    with misbehaving(sleepy) as url:
        begun = time.monotonic()
        with pytest.raises(TimedOut, match="did not answer within 1 seconds"):
            RemoteStore(Endpoint(url, 1)).select("SELECT ?x {}")
        assert time.monotonic() - begun < 3


def test_an_answer_may_not_be_larger_than_its_limit() -> None:
    with misbehaving(lambda *_: (200, ROWS, b" " * 5000 + NO_ROWS)) as url, pytest.raises(TooLarge, match="4096 bytes"):
        RemoteStore(Endpoint(url, 5, 4096)).select("SELECT ?x {}")


@pytest.mark.parametrize("url", ["", "engine", "file:///etc/passwd", "ftp://127.0.0.1/"])
def test_what_is_no_address_of_an_endpoint_is_refused(url: str) -> None:
    with pytest.raises(WrongUse, match="--endpoint needs a whole address"):
        Endpoint(url)


# Which kind of query it is


@pytest.mark.parametrize(
    ("query", "verb"),
    [
        ("SELECT * {}", "SELECT"),
        ("#CONSTRUCT\nask {}", "ask"),
        ("PREFIX select: <ask> BASE <describe>\n\tDESCRIBE <a>", "DESCRIBE"),
        ("prefix : <x>prefix a:<y>#\rConstruct{}where{}", "Construct"),
        ("SELECTED", None),
        ("DEFINE x SELECT * {}", None),
    ],
)
def test_the_verb_of_a_query_is_found(query: str, verb: str | None) -> None:
    found = _VERB.match(query)
    assert (found and found[1]) == verb


@pytest.mark.parametrize("text", ["PREFIX a: <b> " * 4000 + "x", " " * 60_000, "#\n" * 30_000, "PREFIX " * 9000])
def test_no_text_takes_long(text: str) -> None:
    begun = time.monotonic()
    _VERB.match(text)
    with pytest.raises(Unavailable):
        Endpoint(unused_address(), 5).ask(text, ROWS)
    assert time.monotonic() - begun < 2


# At the command line and over HTTP


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=120)


@pytest.mark.engines
def test_the_command_line_asks_an_endpoint(engine: str, local: Dataset) -> None:
    found = run("ask", "--endpoint", engine, "roles-that-need-a-skill", "skill=data matching", "-f", "csv")
    assert found.stderr == ""
    question = QUESTIONS["roles-that-need-a-skill"]
    query = question.bound({"skill": BASE + "skill/data-matching"}, lambda typed, _: typed)
    assert found.stdout.encode() == answer_bytes(local.store, query, formats.CSV).replace(b"\r\n", b"\n")


def test_the_command_line_says_in_one_sentence_what_is_wrong() -> None:
    found = run("ask", "--endpoint", unused_address(), "figures")
    assert found.returncode == 1
    assert found.stderr.startswith("dditkg: http://127.0.0.1:")
    assert found.stderr.count("\n") == 1
    assert run("serve", "--port", "0", "--endpoint", unused_address()).returncode == 1


@pytest.fixture(scope="module")
def service(engine: str) -> Iterator[Served]:
    with served("--endpoint", engine) as running:
        yield running


@pytest.mark.engines
def test_what_an_engine_holds_is_served(service: Served, local: Dataset) -> None:
    document = service.get("/role/data-engineer", "application/ld+json").json()
    assert document == {**Documents(local, document["@context"]).plain(ROLE.value)}
    for path in ("/", "/capability/record-matching", "/questions", "/questions/figures", "/sparql"):
        assert service.page(path).status_code == 200
    csv = service.get("/questions/figures.csv").content
    assert csv == answer_bytes(local.store, QUESTIONS["figures"].text, formats.CSV)


@pytest.mark.engines
def test_queries_from_outside_are_handed_on(service: Served) -> None:
    assert service.get("/sparql?query=ASK {}", ROWS).json()["boolean"] is True
    assert service.get("/sparql?query=SELECT nonsense").status_code == 400
    refused = service.get("/sparql?query=SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    assert refused.status_code == 400
    assert "Federation" in refused.json()["detail"]
    assert service.get("/sparql?query=SELECT * { ?s ?p ?o . ?t ?q ?r }").status_code in (413, 503)
    assert service.get("/sparql?query=ASK {}", "image/png").status_code == 406


# Virtuoso


@pytest.fixture(scope="module")
def other(local: Dataset) -> Iterator[RemoteStore]:
    with virtuoso(list(local.local.triples()), 1_000_000) as url:
        yield RemoteStore(Endpoint(url, 120))


@pytest.mark.virtuoso
@each_question
def test_virtuoso_has_the_same_rows(question: Question, local: Dataset, other: RemoteStore) -> None:
    here = rows(local.store.select(question.text))
    if question.name not in DIFFERENCES:
        assert rows(other.select(question.text)) == here
        return
    with contextlib.suppress(DditkgError):
        there = rows(other.select(question.text))
        assert there != here, f"{question.name} agrees now: take it off the list of differences"


@pytest.mark.virtuoso
def test_the_list_of_differences_names_questions_and_reasons() -> None:
    assert set(DIFFERENCES) <= set(QUESTIONS)
    assert all(DIFFERENCES.values())


@pytest.mark.virtuoso
def test_virtuoso_is_surveyed(local: Dataset, other: RemoteStore) -> None:
    found = survey(other)
    assert (found.version, found.most_rows) == (local.version, None)
    assert found.triples >= len(list(local.local.triples()))  # its default graph shows its own graphs too


@pytest.mark.virtuoso
def test_virtuoso_cutting_rows_off_is_noticed(local: Dataset) -> None:
    with virtuoso(list(local.local.triples()), 500) as url:
        store = RemoteStore(Endpoint(url, 60))
        assert survey(store).most_rows == 500
        with pytest.raises(Unavailable, match="cut its answer off"):
            store.subjects()
