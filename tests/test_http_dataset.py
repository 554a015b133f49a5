"""What the service says of itself to catalogues and editors: VoID and DCAT, the service description, the examples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from content import whole_dataset
from serving import BROWSER, Served, read, served

from dditkg import formats
from dditkg.dataset import Dataset, installed_questions
from dditkg.formats import Format
from dditkg.questions import read_questions
from dditkg.terms import BASE, DCTERMS, OWL, RDF, RDFS, SH, SSSOM

VOID, DCAT, FOAF = "http://rdfs.org/ns/void#", "http://www.w3.org/ns/dcat#", "http://xmlns.com/foaf/0.1/"
SD = "http://www.w3.org/ns/sparql-service-description#"
SPARQL_RESULTS = formats.SPARQL_JSON.media_type
ABOUT = BASE + "dataset"
Triples = set[tuple[str, str, str]]
QUESTIONS = read_questions(installed_questions())


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    with served() as running:
        yield running


@pytest.fixture(scope="module")
def real() -> Dataset:
    return whole_dataset()


def triples(response: httpx.Response) -> Triples:
    """An RDF answer as plain text, so that forms can be compared."""
    assert response.status_code == 200, response.text[:300]
    media_type = response.headers["content-type"].partition(";")[0]
    syntax = ox.RdfFormat.from_media_type(media_type.replace("application/json", "application/ld+json"))
    assert syntax is not None, media_type
    return {(value(q.subject), q.predicate.value, value(q.object)) for q in ox.parse(response.content, format=syntax)}


def value(term: object) -> str:
    return str(getattr(term, "value", term))


def values(said: Triples, subject: str, predicate: str) -> set[str]:
    return {o for s, p, o in said if s == subject and p == predicate}


def one(said: Triples, subject: str, predicate: str) -> str:
    (only,) = values(said, subject, predicate)
    return only


@pytest.fixture(scope="module")
def void(service: Served) -> Triples:
    return triples(service.get("/dataset", formats.TURTLE.media_type))


def partition(said: Triples, kind: str, key: str, number: str) -> dict[str, int]:
    parts = values(said, ABOUT, VOID + kind)
    return {one(said, part, VOID + key): int(one(said, part, VOID + number)) for part in parts}


# VoID and DCAT ------------------------------------------------------------------------------------------------------


def test_the_dataset_says_what_it_is(service: Served, void: Triples, real: Dataset) -> None:
    assert values(void, ABOUT, RDF + "type") == {VOID + "Dataset", DCAT + "Dataset"}
    assert one(void, ABOUT, DCTERMS + "title") == "Digital, data and innovation capabilities"
    assert one(void, ABOUT, DCTERMS + "description").startswith("An open knowledge graph")
    assert one(void, ABOUT, DCTERMS + "license") == "https://creativecommons.org/licenses/by/4.0/"
    assert one(void, ABOUT, DCTERMS + "publisher") == BASE + "agent/project"
    assert values(void, BASE + "agent/project", RDF + "type") == {FOAF + "Agent"}
    assert one(void, ABOUT, DCAT + "version") == real.version == service.get("/health").json()["version"]
    assert one(void, ABOUT, VOID + "sparqlEndpoint") == f"{service.address}/sparql"
    assert not values(void, ABOUT, VOID + "dataDump"), "there is no dump yet"
    assert len(values(void, ABOUT, DCAT + "distribution")) == 4


def test_the_counts_are_those_of_the_data(void: Triples, real: Dataset) -> None:
    default = list(real.local.triples())
    assert len(default) > 50_000
    typed = [quad for quad in default if quad.predicate.value == RDF + "type"]
    counted = {
        "triples": len(default),
        "distinctSubjects": len({q.subject for q in default}),
        "distinctObjects": len({q.object for q in default}),
        "properties": len({q.predicate for q in default}),
        "classes": len({q.object for q in typed}),
        "entities": len({q.subject for q in typed}),
    }
    assert {name: int(one(void, ABOUT, VOID + name)) for name in counted} == counted
    assert partition(void, "classPartition", "class", "entities") == Counter(value(q.object) for q in typed)
    properties = partition(void, "propertyPartition", "property", "triples")
    assert properties == Counter(q.predicate.value for q in default)
    namespaces = {re.sub(r"[^/#]*$", "", iri) for iri in {*properties, *(value(q.object) for q in typed)}}
    assert values(void, ABOUT, VOID + "vocabulary") == namespaces


def test_the_properties_of_a_class_are_those_its_things_have(void: Triples, real: Dataset) -> None:
    capability = BASE + "ontology/Capability"
    (part,) = {s for s, p, o in void if p == VOID + "class" and o == capability}
    said = {
        one(void, inner, VOID + "property"): int(one(void, inner, VOID + "triples"))
        for inner in values(void, part, VOID + "propertyPartition")
    }
    things = [q.subject for q in real.store.incoming(ox.NamedNode(capability), ox.NamedNode(RDF + "type"))]
    assert len(things) > 40
    assert said == Counter(q.predicate.value for thing in things for q in real.store.outgoing(thing))


def test_the_links_are_those_of_the_mapping_sets(void: Triples, real: Dataset) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for quad in real.store.incoming(ox.NamedNode(SSSOM + "Mapping"), ox.NamedNode(RDF + "type")):
        row = {q.predicate.value: q.object for q in real.store.outgoing(quad.subject)}
        ends = (row[OWL + name] for name in ("annotatedSource", "annotatedProperty", "annotatedTarget"))
        if SSSOM + "predicate_modifier" not in row and any(real.local.triples(*ends)):
            expected[value(row[DCTERMS + "isPartOf"]), value(row[OWL + "annotatedProperty"])] += 1
    linksets = {s for s, p, o in void if p == RDF + "type" and o == VOID + "Linkset"}
    assert linksets <= values(void, ABOUT, VOID + "subset")
    said = {
        (one(void, s, DCTERMS + "source"), one(void, s, VOID + "linkPredicate")): int(one(void, s, VOID + "triples"))
        for s in linksets
    }
    assert said == expected
    assert len({of for of, _ in said}) >= 3
    assert {one(void, s, VOID + "subjectsTarget") for s in linksets} == {ABOUT}
    frameworks = {one(void, s, VOID + "objectsTarget") for s in linksets}
    assert BASE + "framework/gdad" in frameworks <= values(void, ABOUT, VOID + "subset")
    terms = [values(void, known, DCTERMS + "license") | values(void, known, DCTERMS + "rights") for known in frameworks]
    assert all(terms)


def test_what_it_names_answers(service: Served, void: Triples) -> None:
    examples = values(void, ABOUT, VOID + "exampleResource")
    assert len(examples) > 15
    for iri in examples:
        assert service.get("/" + iri.removeprefix(BASE), "text/turtle").status_code == 200, iri
    for distribution in values(void, ABOUT, DCAT + "distribution"):
        wanted = one(void, distribution, DCAT + "mediaType").rpartition("media-types/")[2].replace("%2B", "+")
        where = one(void, distribution, DCAT + "accessURL")
        answer = service.http.head(where, headers={"Accept": wanted})
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, wanted)
    for operation in {o for _, p, o in void if p == DCAT + "endpointURL"}:
        assert operation in (f"{service.address}/sparql", f"{service.address}/data")


RDF_FORMS = [formats.JSONLD, formats.TURTLE, formats.NTRIPLES, formats.RDFXML, formats.JSON]


@pytest.mark.parametrize("wanted", RDF_FORMS, ids=lambda f: f.name)
def test_every_form_says_the_same(service: Served, void: Triples, wanted: Format) -> None:
    for path, accept in (("/dataset", wanted.media_type), (f"/dataset{wanted.suffix}", None)):
        answer = service.get(path, accept)
        assert answer.headers["content-type"] == wanted.content_type
        assert answer.headers["content-location"] == f"{service.address}/dataset{wanted.suffix}"
        assert f'<{ABOUT}>; rel="canonical"' in answer.headers["link"]
        assert triples(answer) == void
    assert triples(service.get("/.well-known/void", wanted.media_type)) == void


def test_the_json_reads_as_json(service: Served, real: Dataset) -> None:
    said = service.get("/dataset.json").json()
    assert said["id"] == ABOUT
    assert set(said["type"]) == {"void:Dataset", "dcat:Dataset"}
    assert said["dcterms:title"] == [{"@value": "Digital, data and innovation capabilities", "@language": "en"}]
    assert said["dcat:version"] == [real.version]
    assert isinstance(said["void:triples"][0], int)
    classes = {
        node["void:class"][0]["id"]: node["void:entities"][0] for node in said["@included"] if "void:class" in node
    }
    assert classes[BASE + "ontology/Domain"] == 3


@pytest.mark.parametrize("accept", [None, "*/*", "text/turtle", "image/png, */*;q=0.1"])
def test_the_well_known_address_prefers_rdf(service: Served, void: Triples, accept: str | None) -> None:
    answer = service.get("/.well-known/void", accept)
    assert answer.headers["content-type"] == formats.TURTLE.content_type
    assert answer.headers["vary"] == "Accept"
    assert triples(answer) == void


def test_people_get_a_page(service: Served, void: Triples) -> None:
    for path in ("/dataset", "/dataset.html", "/.well-known/void"):
        answer = service.page(path)
        page = read(answer.text)
        assert page.faults == []
        assert page.title == "Digital, data and innovation capabilities · dditkg"
        assert f"{int(one(void, ABOUT, VOID + 'triples')):,}" in page.text
        assert "The dditkg project" in page.text
        assert "Our roles to GDaD roles" in page.text
    for link in {link for link in page.links if link.startswith("/") and not link.startswith("/find")}:
        assert service.http.head(link, headers={"Accept": BROWSER}).status_code == 200, link


def test_files_of_others_are_counted_but_nothing_is_claimed_for_them(tmp_path: Path) -> None:
    file = tmp_path / "few.ttl"
    file.write_text("<urn:a> a <urn:Thing> ; <urn:b> 1 , 2 .", encoding="utf-8")
    with served("--data", str(file)) as running:
        said = triples(running.get("/dataset", "text/turtle"))
        assert one(said, ABOUT, VOID + "triples") == "3"
        assert partition(said, "classPartition", "class", "entities") == {"urn:Thing": 1}
        for name in ("title", "license", "publisher", "creator"):
            assert not values(said, ABOUT, DCTERMS + name)
        assert read(running.page("/dataset").text).faults == []
        described = triples(running.get("/sparql", "text/turtle"))
        assert not values(described, f"{running.address}/sparql#service", SD + "feature")


# The service description --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def described(service: Served) -> Triples:
    return triples(service.get("/sparql", "text/turtle"))


def test_the_endpoint_names_each_graph_with_its_size(service: Served, described: Triples, real: Dataset) -> None:
    endpoint = f"{service.address}/sparql"
    assert one(described, f"{endpoint}#service", SD + "endpoint") == endpoint
    dataset = one(described, f"{endpoint}#service", SD + "defaultDataset")
    named = {
        one(described, node, SD + "name"): int(one(described, one(described, node, SD + "graph"), VOID + "triples"))
        for node in values(described, dataset, SD + "namedGraph")
    }
    assert named == Counter(value(q.graph_name) for q in real.local.engine if isinstance(q.graph_name, ox.NamedNode))
    default = one(described, dataset, SD + "defaultGraph")
    assert one(described, default, VOID + "triples") == one(described, ABOUT, VOID + "triples")


def test_the_default_graph_is_called_a_union_because_it_is_one(
    service: Served, described: Triples, real: Dataset
) -> None:
    features = values(described, f"{service.address}/sparql#service", SD + "feature")
    assert features == {SD + "UnionDefaultGraph"}
    named = [quad.triple for quad in real.local.engine if quad.graph_name != ox.DefaultGraph()]
    assert set(real.local.triples()) == set(named)


@pytest.mark.parametrize("wanted", formats.GRAPH_FORMATS, ids=lambda f: f.name)
def test_the_description_is_the_same_in_every_form(service: Served, described: Triples, wanted: Format) -> None:
    answer = service.get("/sparql", wanted.media_type)
    assert answer.headers["content-type"] == wanted.content_type
    assert answer.headers["vary"] == "Accept"
    assert triples(answer) == described
    held = service.get("/sparql", wanted.media_type, If_None_Match=answer.headers["etag"])
    assert (held.status_code, held.content) == (304, b"")


def test_every_question_is_an_example_that_runs(service: Served, described: Triples) -> None:
    examples = {s for s, p, o in described if p == RDF + "type" and o == SH + "SPARQLExecutable"}
    assert examples == {f"{BASE}questions/{name}" for name in QUESTIONS}
    assert len(examples) > 20
    for iri in examples:
        question = QUESTIONS[iri.rpartition("/")[2]]
        assert SH + "SPARQLSelectExecutable" in values(described, iri, RDF + "type")
        assert one(described, iri, RDFS + "comment") == question.summary
        assert one(described, iri, "https://schema.org/target") == f"{service.address}/sparql"
        query = one(described, iri, SH + "select")
        answer = service.http.post("/sparql", data={"query": query}, headers={"Accept": SPARQL_RESULTS})
        assert answer.status_code == 200, answer.text[:300]
        asked = service.get(f"/questions/{question.name}.json").json()["rows"]
        assert len(answer.json()["results"]["bindings"]) == len(asked)
        assert service.get("/" + iri.removeprefix(BASE)).status_code == 200


def test_each_example_declares_the_prefixes_it_uses(described: Triples) -> None:
    for name, question in QUESTIONS.items():
        (declaring,) = values(described, f"{BASE}questions/{name}", SH + "prefixes")
        assert OWL + "Ontology" in values(described, declaring, RDF + "type")
        declared = {
            one(described, node, SH + "prefix"): one(described, node, SH + "namespace")
            for node in values(described, declaring, SH + "declare")
        }
        assert question.prefixes.items() <= declared.items()


def test_what_editors_ask_of_a_description_is_there(service: Served) -> None:
    """The patterns by which editors find examples, prefixes, and what the things of a class have."""
    store = ox.Store()
    store.load(service.get("/sparql", "application/n-triples").content, format=ox.RdfFormat.N_TRIPLES)
    head = f"PREFIX sh: <{SH}> PREFIX rdfs: <{RDFS}> PREFIX void: <{VOID}> "
    asked = {
        "?x a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|sh:describe ?q": 20,
        "[] sh:namespace ?namespace ; sh:prefix ?prefix": 8,
        "?part void:class ?class ; void:propertyPartition [ void:property ?property ]": 100,
    }
    for pattern, least in asked.items():
        rows = store.query(f"{head} SELECT DISTINCT * {{ {pattern} }}")
        assert isinstance(rows, ox.QuerySolutions)
        assert count(rows) >= least, pattern


def count(rows: Iterable[object]) -> int:
    return sum(1 for _ in rows)
