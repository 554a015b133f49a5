"""A framework as one file: what is said of it, its units, and that nothing is half written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from dditkg import framework
from dditkg.errors import BadFile
from dditkg.framework import Unit
from dditkg.syntax import parse_file
from dditkg.terms import DCTERMS, DD, RDF, RDFS, SKOS

ROOT = Path(__file__).parents[1]
SAID: dict[str, Any] = {
    "id": "buoys-2",
    "label": "Buoys",
    "publisher": "Guild of Invented Buoys",
    "edition": "2",
    "rights": "Invented, free to use.",
}
WHERE = Path("map.toml")
IRI = "https://w3id.org/dditkg/framework/buoys-2"


def values(triples: set[ox.Triple], subject: str, predicate: str) -> set[str]:
    return {t.object.value for t in triples if t.subject == ox.NamedNode(subject) and t.predicate.value == predicate}


def made(*units: Unit, **more: Any) -> set[ox.Triple]:
    return set(framework.triples(framework.about({**SAID, **more}, WHERE), units))


def test_kinds_are_the_classes_of_the_ontology_whose_parts_need_no_partner() -> None:
    quads = parse_file(ROOT / "ontology/dditkg.ttl").quads
    theirs = {
        q.subject.value
        for q in quads
        if q.predicate.value == RDFS + "subClassOf" and q.object == ox.NamedNode(DD + "FrameworkUnit")
    }
    # A rung and a skill at a level are about two things; only the importers that know both make them.
    of_two = {DD + "FrameworkRoleLevel", DD + "FrameworkSkillLevel"}
    assert {DD + name for name in framework.KINDS.values()} == theirs - of_two


def test_what_is_said_of_a_framework() -> None:
    found = made(
        also=["BUOYS"],
        issued="2024",
        read="2026-11-26",
        page="https://example.org/buoys",
        licence="https://example.org/licence",
        answers=["what it consists of"],
        prefixes={"buoy": "https://example.org/buoy/"},
    )
    assert values(found, IRI, RDF + "type") == {DD + "Framework"}
    assert values(found, IRI, SKOS + "altLabel") == {"BUOYS"}
    assert values(found, IRI, SKOS + "notation") == {"buoys-2"}
    assert values(found, IRI, DCTERMS + "rights") == {"Invented, free to use."}
    assert values(found, IRI, DCTERMS + "license") == {"https://example.org/licence"}
    assert values(found, IRI, DD + "dateRead") == {"2026-11-26"}
    assert values(found, IRI, DCTERMS + "date") == {"2024"}
    assert not values(found, IRI, DCTERMS + "issued")
    assert values(made(issued="2024-05-01"), IRI, DCTERMS + "issued") == {"2024-05-01"}
    assert any(t.object == ox.Literal("buoy") for t in found)


def test_what_is_said_of_a_unit() -> None:
    about = framework.about(SAID, WHERE)
    group = Unit("group", framework.mint(about, "group", "All buoys"), "All buoys")
    unit = Unit(
        "role", framework.mint(about, "role", "Buoy & bell keeper"), "Buoy & bell keeper", "B.1", above=(group.iri,)
    )
    found = made(group, unit)
    iri = f"{IRI}/role/buoy-bell-keeper"
    assert values(found, iri, RDF + "type") == {DD + "FrameworkRole"}
    assert values(found, iri, SKOS + "notation") == {"B.1"}
    assert values(found, iri, SKOS + "inScheme") == {IRI}
    assert values(found, iri, SKOS + "broader") == {f"{IRI}/group/all-buoys"}
    declared = {t.object.value for t in found if t.predicate.value.endswith("#prefix")}
    assert declared == {"buoys-2", "buoys-2-group", "buoys-2-role"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"edition": ""}, "edition"),
        ({"rights": ""}, "licence"),
        ({"id": "Buoys 2"}, "buoys-2"),
        ({"licens": "x"}, "licens"),
    ],
)
def test_what_is_missing_or_unknown_is_named(change: dict[str, str], named: str) -> None:
    with pytest.raises(BadFile) as caught:
        framework.about({**SAID, **change}, WHERE)
    assert named in caught.value.message
    assert "map.toml" in caught.value.message


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(BadFile, match="last spring"):
        made(issued="last spring")


def test_two_units_of_one_address_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    target = tmp_path / "buoys.ttl"
    target.write_text("as it was", encoding="utf-8")
    about = framework.about(SAID, WHERE)
    units = [Unit("role", f"{IRI}/role/keeper", name) for name in ("Keeper", "keeper")]
    with pytest.raises(BadFile, match="“keeper” and “Keeper”"):
        framework.write(target, about, units)
    assert target.read_text(encoding="utf-8") == "as it was"
    assert framework.write(target, about, units[:1]) == len(parse_file(target).quads)
    assert [path.name for path in tmp_path.iterdir()] == ["buoys.ttl"]


def test_the_files_beside_a_source(tmp_path: Path) -> None:
    source = tmp_path / "list.txt"
    source.write_text("", encoding="utf-8")
    assert framework.kept(source) is None
    assert framework.beside(source, SAID).edition == "2"
    (tmp_path / "keep.txt").write_text("A.1  # the first\n\nhttps://example.org/x#2\n", encoding="utf-8")
    (tmp_path / "about.toml").write_text('edition = "3"\n', encoding="utf-8")
    assert framework.kept(source) == framework.kept(tmp_path) == {"A.1", "https://example.org/x#2"}
    assert framework.beside(source, SAID).edition == "3"
    (tmp_path / "about.toml").write_text("edition = 3 4\n", encoding="utf-8")
    with pytest.raises(BadFile, match=r"about\.toml"):
        framework.beside(source, SAID)
