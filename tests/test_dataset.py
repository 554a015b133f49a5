"""The dataset: a real merge of files that keeps where each triple came from, completed once by the derive queries."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dditkg import sssom
from dditkg.dataset import (
    Content,
    Dataset,
    build,
    content_of,
    find_root,
    graph_of,
    load,
    open_dataset,
    open_files,
)
from dditkg.errors import BadContent, BadFile, NotFound
from dditkg.store import LocalStore
from dditkg.syntax import parse_file
from dditkg.terms import BASE, DD, GRAPH_BASE, SKOS

ROOT = Path(__file__).parents[1]
EX = "https://example.org/"
REAL = content_of(ROOT)
WORLD = content_of(ROOT / "tests/world", ROOT)


@pytest.fixture(scope="module")
def real() -> Dataset:
    return build(REAL)


@pytest.fixture(scope="module")
def world() -> Dataset:
    return build(WORLD)


def default_graph(store: LocalStore) -> set[ox.Triple]:
    return set(store.triples())


def named_graph(store: LocalStore, name: ox.NamedNode) -> set[ox.Triple]:
    return {quad.triple for quad in store.engine.quads_for_pattern(None, None, None, name)}


def one(store: LocalStore, query: str) -> int:
    """The number that a query answers."""
    table = store.select(query)
    assert len(table.rows) == 1
    value = table.rows[0][0]
    assert isinstance(value, ox.Literal)
    return int(value.value)


def rows(store: LocalStore, query: str) -> list[tuple[str, ...]]:
    return sorted(tuple(map(str, row)) for row in store.select(query).rows)


# One triple in two files counts once ----------------------------------------------------------------------------------

NODES = [ox.NamedNode(EX + name) for name in "abc"]
POOL = [
    *(ox.Triple(s, ox.NamedNode(EX + p), o) for s in NODES for p in ("p", "q") for o in NODES),
    *(ox.Triple(s, ox.NamedNode(EX + "r"), ox.Literal(text)) for s in NODES for text in ("1", "two\nlines")),
]
PARTS = st.frozensets(st.sampled_from(POOL), max_size=12)
QUERIES = (
    "SELECT ?s ?p ?o WHERE { ?s ?p ?o }",
    f"SELECT ?s ?m ?o WHERE {{ ?s <{EX}p> ?m . ?m <{EX}q> ?o }}",
    "SELECT ?s ?o ?x WHERE { ?s ?p ?o . ?o ?q ?x }",
    f"SELECT ?s (COUNT(*) AS ?n) WHERE {{ ?s <{EX}p>|<{EX}q> ?o }} GROUP BY ?s",
    "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    f"SELECT (COUNT(?x) AS ?n) WHERE {{ ?s <{EX}p>+ ?x }}",
)


def content_from(folder: Path, files: dict[str, Iterable[ox.Triple]]) -> Content:
    """A project with these files and one derive query that finds nothing."""
    (folder / "data").mkdir()
    paths = []
    for name, triples in files.items():
        path = folder / "data" / name
        path.write_text("".join(f"{triple} .\n" for triple in triples), encoding="utf-8")
        paths.append(path)
    derive = folder / "10-nothing.rq"
    derive.write_text("CONSTRUCT { ?s a ?o } WHERE { ?s <urn:none> ?o }", encoding="utf-8")
    return Content(folder, tuple(paths), (), (derive,), (), ())


@settings(max_examples=60)
@given(left=PARTS, right=PARTS, both=st.frozensets(st.sampled_from(POOL), min_size=1, max_size=6))
def test_a_triple_in_two_files_counts_once(
    left: frozenset[ox.Triple], right: frozenset[ox.Triple], both: frozenset[ox.Triple]
) -> None:
    with tempfile.TemporaryDirectory() as one_folder, tempfile.TemporaryDirectory() as two_folder:
        single = build(content_from(Path(one_folder), {"all.ttl": left | right | both})).store
        content = content_from(Path(two_folder), {"left.ttl": left | both, "right.ttl": right | both})
        split = build(content).store
        for store in (single, split):  # the version is in the graph too, and is another for other files
            store.engine.remove_graph(ox.NamedNode(GRAPH_BASE + "release"))
            for triple in store.outgoing(ox.NamedNode(BASE + "dataset")):
                store.engine.remove(ox.Quad(triple.subject, triple.predicate, triple.object))
        for query in QUERIES:
            assert rows(split, query) == rows(single, query), query
        assert one(split, QUERIES[4]) == len(left | right | both)
        for name, triples in (("left", left | both), ("right", right | both)):
            assert named_graph(split, ox.NamedNode(f"{GRAPH_BASE}data/{name}.ttl")) == triples


def test_both_files_are_named_as_the_origin(tmp_path: Path) -> None:
    store = build(content_from(tmp_path, {"a.ttl": POOL[:1], "b.ttl": POOL[:1]})).store
    table = store.select(f"SELECT ?g WHERE {{ GRAPH ?g {{ ?s <{EX}p> ?o }} }} ORDER BY ?g")
    assert [str(row[0]) for row in table.rows] == [f"<{GRAPH_BASE}data/a.ttl>", f"<{GRAPH_BASE}data/b.ttl>"]
    assert one(store, f"SELECT (COUNT(*) AS ?n) WHERE {{ ?s <{EX}p> ?o }}") == 1
    assert not store.union


# Where each triple came from ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["real", "world"])
def test_every_authored_triple_is_in_the_graph_of_its_file(name: str, request: pytest.FixtureRequest) -> None:
    dataset: Dataset = request.getfixturevalue(name)
    content = REAL if name == "real" else WORLD
    merged = default_graph(dataset.store)
    assert len({graph_of(path, content.root) for path in content.authored}) == len(content.authored)
    for path in content.authored:
        if path.suffix == ".tsv":
            triples = set(sssom.triples(sssom.read(path)))
        else:
            triples = {quad.triple for quad in parse_file(path).quads}
        assert triples, path
        assert named_graph(dataset.store, graph_of(path, content.root)) == triples, path
        assert triples <= merged


@pytest.mark.parametrize("name", ["real", "world"])
def test_the_default_graph_is_the_named_graphs_and_no_more(name: str, request: pytest.FixtureRequest) -> None:
    store = request.getfixturevalue(name).store
    named = {quad.triple for quad in store.engine if isinstance(quad.graph_name, ox.NamedNode)}
    assert Counter(store.triples()) == Counter(named)


@pytest.mark.parametrize("name", ["real", "world"])
def test_nothing_is_said_in_two_files(name: str, request: pytest.FixtureRequest) -> None:
    """Were a triple in two, the merge would have to be a real one, and twice as long to load."""
    store = request.getfixturevalue(name).store
    said = Counter(quad.triple for quad in store.engine if isinstance(quad.graph_name, ox.NamedNode))
    assert [triple for triple, times in said.items() if times > 1] == []
    assert store.union


def test_the_graph_is_named_after_the_file() -> None:
    assert graph_of(ROOT / "data/skills/innovation.ttl", ROOT).value == GRAPH_BASE + "data/skills/innovation.ttl"
    assert graph_of(Path("/elsewhere/ontology/dditkg.ttl"), ROOT).value == GRAPH_BASE + "ontology/dditkg.ttl"


# Derivation -----------------------------------------------------------------------------------------------------------


def test_derive_queries_are_found() -> None:
    assert len(REAL.derive) >= 11
    assert list(REAL.derive) == sorted(REAL.derive)
    assert WORLD.derive == REAL.derive


@pytest.mark.parametrize("name", ["real", "world"])
def test_deriving_again_adds_nothing(name: str, request: pytest.FixtureRequest) -> None:
    store = request.getfixturevalue(name).store
    known = default_graph(store)
    for path in REAL.derive:
        again = set(store.construct(path.read_text(encoding="utf-8")))
        assert again <= known, path.name


@pytest.mark.parametrize("path", [p for p in REAL.derive if p.name != "65-level-matches.rq"], ids=lambda p: p.name)
def test_derive_query_adds_something_new_to_the_world(path: Path, world: Dataset) -> None:
    derived = named_graph(world.store, ox.NamedNode(f"{GRAPH_BASE}queries/derive/{path.name}"))
    authored = {t for file in WORLD.authored for t in named_graph(world.store, graph_of(file, WORLD.root))}
    assert derived
    assert not derived & authored


def test_levels_of_corresponding_skills_correspond_where_the_ladders_do(tmp_path: Path) -> None:
    """Where the rungs of another ladder are said to be ours, a match of two skills makes four close ones."""
    gdad = f"{BASE}framework/gdad"
    lines = [f"<{gdad}> a <{DD}Framework> ."]
    for rank, level in enumerate(("awareness", "working", "practitioner", "expert"), 1):
        lines.append(f"<{gdad}/level/{level}> a <{DD}FrameworkLevel> ; <{DD}rank> {rank} .")
        lines.append(f"<{BASE}level/{level}> <{SKOS}exactMatch> <{gdad}/level/{level}> .")
        lines.append(
            f"<{gdad}/skill-level/oars--{level}> a <{DD}FrameworkSkillLevel> ; <{SKOS}inScheme> <{gdad}> ; "
            f"<{DD}skill> <{gdad}/skill/oars> ; <{DD}level> <{gdad}/level/{level}> ."
        )
    lines.append(f"<{BASE}skill/rowing> <{SKOS}closeMatch> <{gdad}/skill/oars> .")
    lines.append(f"<{BASE}skill/rope-work> <{SKOS}broadMatch> <{gdad}/skill/oars> .")
    extra = tmp_path / "gdad.ttl"
    extra.write_text("\n".join(lines), encoding="utf-8")
    store = build(replace(WORLD, turtle=(*WORLD.turtle, extra))).store
    derived = named_graph(store, ox.NamedNode(f"{GRAPH_BASE}queries/derive/65-level-matches.rq"))
    assert {(t.subject.value, t.object.value) for t in derived} == {
        (f"{BASE}skill-level/rowing--{level}", f"{gdad}/skill-level/oars--{level}")
        for level in ("awareness", "working", "practitioner", "expert")
    }


def test_what_is_derived_in_the_world(world: Dataset) -> None:
    """One fact of each kind, written out."""
    for line in (
        "<skill-level/rowing--expert> a dd:SkillAtLevel ; dd:skill <skill/rowing> ; dd:level <level/expert>",
        '<skill-level/rowing--expert> skos:prefLabel "Rowing: expert"@en',
        "<skill/rowing> a dd:ModelUnit , dd:Unit , skos:Concept ; skos:inScheme <scheme/skill>",
        '<scheme/skill> a skos:ConceptScheme ; skos:prefLabel "Skills"@en ; skos:hasTopConcept <skill/rowing>',
        "<framework/beacon> a dd:Source , skos:ConceptScheme",
        "<capability/showing-the-light> skos:narrower <capability/mending-the-lamp>",
        "<capability/mending-the-lamp> dd:inDomain <domain/lamp>",
        "<role/boat-hand> dd:requiresSkill <skill/rowing>",
        "<framework/beacon/role/keeper> dd:requiresSkill <framework/beacon/skill/optics>",
        "<skill/lamp-tending> skos:exactMatch <framework/beacon/skill/lamp-care>",
        '<skill/rowing> dd:reviewState "unreviewed"',
    ):
        query = f"BASE <{BASE}> PREFIX dd: <{DD}> PREFIX skos: <{SKOS}> SELECT (COUNT(*) AS ?n) WHERE {{ {line} }}"
        assert one(world.store, query) == 1, line
    for line in (
        "<skill/signal-reading> skos:closeMatch ?any",  # a row that says Not
        "?any skos:exactMatch sssom:NoTermFound",
        "<capability/mending-the-lamp> skos:topConceptOf ?any",
        "<framework/beacon/skill/optics> dd:reviewState ?any",
    ):
        query = (
            f"BASE <{BASE}> PREFIX dd: <{DD}> PREFIX skos: <{SKOS}> PREFIX sssom: <https://w3id.org/sssom/> "
            f"SELECT (COUNT(*) AS ?n) WHERE {{ {line} }}"
        )
        assert one(world.store, query) == 0, line


def test_a_reviewed_mapping_is_not_called_unreviewed(world: Dataset) -> None:
    sssom_id, state = "https://w3id.org/sssom/reviewer_id", f"{DD}reviewState"
    reviewed = f"SELECT (COUNT(*) AS ?n) WHERE {{ ?row <{sssom_id}> ?who"
    assert one(world.store, f"{reviewed} }}") == 1
    assert one(world.store, f"{reviewed} ; <{state}> ?state }}") == 0


def test_a_broken_derive_query_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "15-broken.rq"
    broken.write_text("CONSTRUCT { ?s a ?o } WERE {}", encoding="utf-8")
    with pytest.raises(BadFile, match=r"15-broken\.rq: "):
        build(replace(WORLD, derive=(*WORLD.derive, broken)))


# Written and loaded again ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["real", "world"])
def test_written_and_loaded_it_is_the_same(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    dataset: Dataset = request.getfixturevalue(name)
    file = tmp_path / "dataset.nq"
    dataset.write(file)
    again = load(file)
    assert default_graph(again.store) == default_graph(dataset.store)
    assert set(again.store.engine) == set(dataset.store.engine)
    assert again.prefixes == dataset.prefixes
    assert again.version == dataset.version
    again.write(tmp_path / "again.nq")
    assert (tmp_path / "again.nq").read_bytes() == file.read_bytes()


def test_an_installed_dataset_is_opened_from_its_file(world: Dataset, tmp_path: Path) -> None:
    world.write(tmp_path / "dataset.nq")
    assert set(open_dataset(tmp_path).store.engine) == set(world.store.engine)


@settings(max_examples=100)
@given(value=st.one_of(st.text(max_size=10), st.text(alphabet="\"'\\\n\r\t\x00\x7f\x85\u2028 #", max_size=8)))
def test_any_text_survives_writing(value: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        triple = ox.Triple(NODES[0], ox.NamedNode(EX + "p"), ox.Literal(value, language="en"))
        built = build(content_from(Path(folder), {"a.ttl": [triple]}))
        built.write(Path(folder) / "dataset.nq")
        assert triple in default_graph(load(Path(folder) / "dataset.nq").store)


def test_a_file_without_a_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "dataset.nq"
    file.write_text(f"<{EX}a> <{EX}b> <{EX}c> <{EX}g> .\n", encoding="utf-8")
    with pytest.raises(BadContent, match="names no version"):
        load(file)


def test_the_version_follows_the_content_and_not_its_place(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    first = build(content_from(tmp_path / "one", {"a.ttl": POOL[:3]}))
    second = build(content_from(tmp_path / "two", {"a.ttl": POOL[:3]}))
    assert first.version == second.version
    assert content_from_again(tmp_path / "two", POOL[4]) != first.version


def content_from_again(folder: Path, triple: ox.Triple) -> str:
    """The version when the only file of a project says something else."""
    (folder / "data/a.ttl").write_text(f"{triple} .\n", encoding="utf-8")
    content = Content(folder, (folder / "data/a.ttl",), (), (folder / "10-nothing.rq",), (), ())
    return build(content).version


# GDaD through the store -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "pattern", "count"),
    [
        ("families", "?x a dd:FrameworkGroup", 8),
        ("roles", "?x a dd:FrameworkRole", 53),
        ("role levels", "?x a dd:FrameworkRoleLevel", 206),
        ("skills in use", "?x a dd:FrameworkSkill FILTER NOT EXISTS { ?x owl:deprecated true }", 186),
        (
            "skills in use with levels",
            "?x a dd:FrameworkSkill FILTER NOT EXISTS { ?x owl:deprecated true } FILTER EXISTS { ?y dd:skill ?x }",
            164,
        ),
        ("retired skills", "?x a dd:FrameworkSkill ; owl:deprecated true", 6),
    ],
)
def test_numbers_of_gdad(real: Dataset, what: str, pattern: str, count: int) -> None:
    query = f"""PREFIX dd: <{DD}> PREFIX skos: <{SKOS}> PREFIX owl: <http://www.w3.org/2002/07/owl#>
        SELECT (COUNT(*) AS ?n) WHERE {{ ?x skos:inScheme <{BASE}framework/gdad> . {pattern} }}"""
    assert one(real.store, query) == count, what


def test_needs_of_gdad(real: Dataset) -> None:
    """1,833 needs name a level; 28 name only the skill, and those alone are written down as such."""
    graph = f"<{GRAPH_BASE}data/frameworks/gdad.ttl>"
    for predicate, count in (("requires", 1833), ("requiresSkill", 28)):
        query = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {graph} {{ ?rung <{DD}{predicate}> ?need }} }}"
        assert one(real.store, query) == count
    rungs = f"?x a <{DD}FrameworkRoleLevel> ; <{SKOS}inScheme> <{BASE}framework/gdad>"
    assert one(real.store, f"SELECT (COUNT(*) AS ?n) WHERE {{ {rungs} ; <{DD}requires> ?need }}") == 1833


# Prefixes, and other people's files -----------------------------------------------------------------------------------


def test_prefixes_come_from_the_content(world: Dataset) -> None:
    assert world.prefixes.table["skill"] == BASE + "skill/"
    assert world.prefixes.table["beacon-skill"] == BASE + "framework/beacon/skill/"
    assert "gdad-skill" not in world.prefixes.table


def test_one_prefix_for_two_namespaces_is_refused(tmp_path: Path) -> None:
    clash = tmp_path / "clash.ttl"
    clash.write_text(
        f'<{EX}p> <http://www.w3.org/ns/shacl#prefix> "skill" ; <http://www.w3.org/ns/shacl#namespace> "{EX}" .\n',
        encoding="utf-8",
    )
    with pytest.raises(BadContent) as caught:
        build(replace(WORLD, turtle=(*WORLD.turtle, clash)))
    assert "“skill:”" in caught.value.message
    assert EX in caught.value.message
    assert BASE + "skill/" in caught.value.message


@pytest.fixture
def foreign(tmp_path: Path) -> list[Path]:
    files = {
        "a.ttl": f"@prefix ex: <{EX}> . ex:a ex:p ex:b .",
        "b.nt": f"<{EX}b> <{EX}p> <{EX}c> .",
        "c.nq": f"<{EX}c> <{EX}p> <{EX}d> <{EX}graph/c> .\n<{EX}c> <{EX}p> <{EX}e> .",
        "d.trig": f"@prefix ex: <{EX}> . ex:d ex:p ex:e . GRAPH ex:g {{ ex:d ex:p ex:f }}",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text + "\n", encoding="utf-8")
    return [tmp_path / name for name in files]


def test_other_peoples_files_are_taken_as_they_stand(foreign: list[Path]) -> None:
    dataset = open_files(foreign)
    default = {(t.subject.value[-1], t.object.value[-1]) for t in default_graph(dataset.store)}
    assert default == {("a", "b"), ("b", "c"), ("c", "e"), ("d", "e")}
    assert {q.graph_name.value for q in dataset.store.engine if isinstance(q.graph_name, ox.NamedNode)} == {
        EX + "graph/c",
        EX + "g",
    }
    assert len(dataset.store) == 6
    assert dataset.version == open_files(foreign).version != open_files(foreign[:3]).version


def test_files_of_another_kind_or_broken_are_named(foreign: list[Path], tmp_path: Path) -> None:
    table = tmp_path / "x.csv"
    table.write_text("a,b\n", encoding="utf-8")
    with pytest.raises(BadFile, match=r"x\.csv: “\.csv” is not a format that can be loaded\. Use \.jsonld, \.nq, \.nt"):
        open_files([*foreign, table])
    broken = tmp_path / "x.nt"
    broken.write_text(f"<{EX}a> <{EX}p> <{EX}b> .\n<{EX}a> <{EX}p>\n", encoding="utf-8")
    with pytest.raises(BadFile, match=r"x\.nt:\d  "):
        open_files([broken])


def test_a_blank_node_belongs_to_its_file(tmp_path: Path) -> None:
    for name in ("a.nt", "b.nt"):
        (tmp_path / name).write_text(f'_:x <{EX}p> "{name}" .\n', encoding="utf-8")
    store = open_files([tmp_path / "a.nt", tmp_path / "b.nt"]).store
    assert one(store, f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s <{EX}p> ?o }}") == 2


# The folders ----------------------------------------------------------------------------------------------------------


def test_files_are_the_registry(tmp_path: Path) -> None:
    for folder in ("ontology", "data/skills", "data/mappings", "queries/derive", "shapes"):
        (tmp_path / folder).mkdir(parents=True)
    files = (
        "ontology/a.ttl",
        "data/b.ttl",
        "data/skills/c.ttl",
        "data/mappings/x--y.sssom.tsv",
        "queries/derive/10-a.rq",
        "queries/what.rq",
        "shapes/d.ttl",
        "data/skills/notes.md",
    )
    for name in files:
        (tmp_path / name).touch()
    content = content_of(tmp_path)
    found = {
        path.relative_to(tmp_path).as_posix()
        for path in (*content.authored, *content.derive, *content.shapes, *content.questions)
    }
    assert found == set(files[:-1])


def test_missing_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="ontology is not there"):
        content_of(tmp_path)
    with pytest.raises(NotFound, match=r"data is not there"):
        content_of(tmp_path, ROOT)
    with pytest.raises(NotFound, match=r"No folder with ontology/ and data/ here or above"):
        find_root(tmp_path)
    assert find_root(ROOT / "data/skills") == ROOT


def test_nothing_to_load_is_refused() -> None:
    with pytest.raises(BadContent, match="No Turtle file under"):
        build(replace(WORLD, turtle=()))
    with pytest.raises(BadContent, match="No derive query"):
        build(replace(WORLD, derive=()))
