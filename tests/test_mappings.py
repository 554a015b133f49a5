"""Our mapping sets to GDaD: nothing unknown, nothing retired, and the dataset says what the rows say."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from content import whole_dataset

from dditkg import sssom
from dditkg.terms import BASE, OWL, RDF, SKOS

ROOT = Path(__file__).parents[1]
DATASET = whole_dataset()
KINDS = {"level": "Level", "role": "Role", "skill": "Skill"}
AT_LEAST = {"level": 4, "role": 17, "skill": 38}  # a unit added later may wait: “not compared yet”
SETS = {kind: sssom.read(ROOT / f"data/mappings/{kind}--gdad.sssom.tsv") for kind in KINDS}
ROWS = [(ms, row) for ms in SETS.values() for row in ms.rows]
GDAD = f"{BASE}framework/gdad/"
EXACT, CLOSE, BROAD, NARROW, RELATED = sssom.PREDICATES

Match = tuple[str, str, str]


def iri(ms: sssom.MappingSet, short: str) -> str:
    return ms.prefixes.expand(short)


def whole(ms: sssom.MappingSet, row: sssom.Row) -> Match:
    return iri(ms, row.subject), iri(ms, row.predicate), iri(ms, row.object)


def positive(ms: sssom.MappingSet) -> set[Match]:
    """The relations that the rows of a set assert."""
    rows = (whole(ms, row) for row in ms.rows if not row.negated)
    return {match for match in rows if match[2] != sssom.NO_TERM}


def subjects(predicate: str, value: ox.NamedNode | None = None) -> set[str]:
    """All that have a property in the merged dataset, with any value or with this one."""
    found = DATASET.store.triples(None, ox.NamedNode(predicate), value)
    return {quad.subject.value for quad in found}


def of_class(name: str) -> set[str]:
    return subjects(RDF + "type", ox.NamedNode(f"{BASE}ontology/{name}"))


def labels(unit: str) -> list[str]:
    return [term.value for term in DATASET.store.objects(ox.NamedNode(unit), SKOS + "prefLabel")]


def matches(kind: str) -> set[Match]:
    """The direct links of the dataset from our units of a kind to GDaD."""
    found = set()
    for predicate in sssom.PREDICATES:
        for quad in DATASET.store.triples(None, ox.NamedNode(predicate)):
            subject, target = quad.subject.value, quad.object.value
            if subject.startswith(f"{BASE}{kind}/") and target.startswith(GDAD):
                found.add((subject, predicate, target))
    return found


# What is mapped -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_subject_is_a_unit_of_ours(kind: str) -> None:
    compared = {iri(SETS[kind], row.subject) for row in SETS[kind].rows}
    assert len(compared) >= AT_LEAST[kind]
    assert compared <= of_class(KINDS[kind])


def test_every_set_is_looked_at() -> None:
    assert {path.name for path in (ROOT / "data/mappings").glob("*--gdad.sssom.tsv")} == {
        f"{kind}--gdad.sssom.tsv" for kind in KINDS
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_object_is_a_living_unit_of_gdad_and_of_the_same_kind(kind: str) -> None:
    theirs = of_class(f"Framework{KINDS[kind]}")
    retired = subjects(OWL + "deprecated")
    targets = {target for _, _, target in positive(SETS[kind])}
    assert len(targets) >= 4
    assert targets <= theirs
    assert not targets & retired
    assert theirs & retired or kind != "skill"  # the check above has something to find


def test_no_set_breaks_a_rule() -> None:
    for ms in SETS.values():
        assert sssom.findings(ms, DATASET.prefixes) == []


def test_the_sets_name_the_edition_that_the_dataset_holds() -> None:
    edition = DATASET.store.objects(ox.NamedNode(f"{BASE}framework/gdad"), "http://www.w3.org/ns/dcat#version")
    for ms in SETS.values():
        assert [ox.Literal(value) for value in ms.values("object_source_version")] == list(edition)


def test_labels_in_the_rows_are_those_of_the_graph() -> None:
    assert len(ROWS) > 60
    for ms, row in ROWS:
        assert labels(iri(ms, row.subject)) == [row.cells["subject_label"]], row.line
        if iri(ms, row.object) == sssom.NO_TERM:
            assert "object_label" not in row.cells, row.line
        else:
            assert labels(iri(ms, row.object)) == [row.cells["object_label"]], row.line


# What docs/method.md promises -----------------------------------------------------------------------------------------


def test_method_explains_each_confidence_and_no_other() -> None:
    text = (ROOT / "docs/method.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| (0\.\d+) \| .{40,}\|$", text, re.MULTILINE)
    assert tuple(map(float, explained)) == sssom.CONFIDENCES


def test_confidence_agrees_with_the_relation() -> None:
    for ms, row in ROWS:
        confidence, relation = float(row.cells["confidence"]), iri(ms, row.predicate)
        assert (relation == RELATED) == (confidence == 0.3), (ms.name, row.line)
        if relation == EXACT:
            assert confidence >= 0.85, (ms.name, row.line)
        elif confidence == 0.95:
            assert relation == CLOSE, (ms.name, row.line)
        if row.cells["mapping_justification"] == "semapv:LexicalMatching":
            assert confidence <= 0.5, (ms.name, row.line)


def test_rows_are_ours_and_give_a_short_reason() -> None:
    for ms, row in ROWS:
        assert row.cells["author_id"] == "dditkg:agent/project"
        assert "reviewer_id" not in row.cells
        comment = row.cells["comment"]
        assert 5 < len(comment.split()) <= 30, (ms.name, row.line)
        assert comment.endswith("."), (ms.name, row.line)
    assert len({row.cells["comment"] for _, row in ROWS}) == len(ROWS)


# What the dataset makes of it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_direct_matches_are_those_of_the_rows(kind: str) -> None:
    asserted = positive(SETS[kind])
    assert len(asserted) >= AT_LEAST[kind] - 1
    assert matches(kind) == asserted


def test_skills_that_correspond_do_so_level_by_level() -> None:
    theirs = of_class("FrameworkSkillLevel")
    expected = {
        (f"{BASE}skill-level/{subject.rpartition('/')[2]}--{level}", CLOSE, there)
        for subject, predicate, target in positive(SETS["skill"])
        if predicate in (EXACT, CLOSE)
        for level in ("awareness", "working", "practitioner", "expert")
        if (there := f"{GDAD}skill-level/{target.rpartition('/')[2]}--{level}") in theirs
    }
    assert len(expected) > 40
    assert matches("skill-level") == expected


# Another reader -------------------------------------------------------------------------------------------------------


@pytest.mark.oracle
@pytest.mark.parametrize("kind", KINDS)
def test_the_standards_own_reader_reads_the_same_rows(kind: str) -> None:
    from sssom.parsers import parse_sssom_table

    ms = SETS[kind]
    read = parse_sssom_table(ms.path).df
    columns = ["subject_id", "predicate_id", "object_id"]
    assert len(read) == len(ms.rows) >= AT_LEAST[kind]
    assert sorted(map(tuple, read[columns].values.tolist())) == sorted(
        (row.subject, row.predicate, row.object) for row in ms.rows
    )
    assert sorted(read["confidence"]) == sorted(float(row.cells["confidence"]) for row in ms.rows)
