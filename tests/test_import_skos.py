"""Any SKOS vocabulary as a framework: names, links, the scheme that is meant, and each concept that cannot be used."""

from __future__ import annotations

import gzip
import os
import tarfile
from pathlib import Path

import pytest

from dditkg.cli import main
from dditkg.errors import BadFile, WrongUse
from dditkg.importers import skos
from dditkg.intake import Intake
from dditkg.syntax import parse_file
from dditkg.terms import DCTERMS, DD, RDF, SKOS

EX = "https://example.org/buoys/"
IRI = "https://w3id.org/dditkg/framework/buoys"
SCHEME = f"""@prefix skos: <{SKOS}> .
@prefix dcterms: <{DCTERMS}> .
@prefix : <{EX}> .
:scheme a skos:ConceptScheme ; skos:prefLabel "Buoys"@en , "Bojen"@de ; dcterms:publisher "Guild of Buoys" ;
  dcterms:modified "2026-01-02" ; dcterms:license <https://example.org/licence> .
"""
CONCEPTS = """:bells a skos:Concept ; skos:prefLabel "Bells"@en , "Glocken"@de ; skos:inScheme :scheme ;
  skos:notation "B" ; skos:narrower :ringing .
:ringing a skos:Concept ; skos:prefLabel "Ringing"@en ; skos:altLabel "Tolling"@en ; skos:topConceptOf :scheme ;
  skos:definition "Rings bells."@en , "Läutet."@de ; skos:broader <https://example.org/other/noise> .
:plain a skos:Concept ; skos:prefLabel "Plain" ; skos:inScheme :scheme .
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "buoys.ttl"
    path.write_text(SCHEME + CONCEPTS, encoding="utf-8")
    return path


def values(path: Path, subject: str, predicate: str) -> set[str]:
    found = (q for q in parse_file(path).quads if str(q.subject.value) == subject and q.predicate.value == predicate)
    return {str(q.object.value) for q in found}


def test_concepts_become_units_of_a_framework(source: Path, tmp_path: Path) -> None:
    target, intake = tmp_path / "out.ttl", Intake()
    assert "3 × skill" in skos.run(source, target, intake, id="buoys")
    assert intake.closing == "3 concepts in, 3 out, 0 refused."
    assert intake.notes == ["1 links to wider concepts that were not taken are left out."]
    assert values(target, EX + "bells", SKOS + "prefLabel") == {"Bells"}
    assert values(target, EX + "bells", SKOS + "notation") == {"B"}
    assert values(target, EX + "ringing", SKOS + "broader") == {EX + "bells"}
    assert values(target, EX + "ringing", SKOS + "altLabel") == {"Tolling"}
    assert values(target, EX + "ringing", SKOS + "definition") == {"Rings bells."}
    assert values(target, EX + "plain", RDF + "type") == {DD + "FrameworkSkill"}
    assert values(target, IRI, SKOS + "prefLabel") == {"Buoys"}
    assert values(target, IRI, DCTERMS + "publisher") == {"Guild of Buoys"}
    assert values(target, IRI, DCTERMS + "license") == {"https://example.org/licence"}
    assert values(target, IRI, "http://www.w3.org/ns/dcat#version") == {"2026-01-02"}


def test_the_same_in_other_forms(source: Path, tmp_path: Path) -> None:
    skos.run(source, tmp_path / "a.out", Intake(), id="buoys", kind="group")
    (tmp_path / "packed.ttl.gz").write_bytes(gzip.compress(source.read_bytes()))
    skos.run(tmp_path / "packed.ttl.gz", tmp_path / "b.out", Intake(), id="buoys", kind="group")
    assert (tmp_path / "a.out").read_bytes() == (tmp_path / "b.out").read_bytes()
    assert "FrameworkGroup" in (tmp_path / "a.out").read_text(encoding="utf-8")


def test_of_several_schemes_one_is_chosen(source: Path, tmp_path: Path) -> None:
    with source.open("a", encoding="utf-8") as file:
        file.write(
            ":boats a skos:ConceptScheme . :oar a skos:Concept ; skos:prefLabel 'Oar'@en ; skos:inScheme :boats .\n"
        )
    with pytest.raises(WrongUse, match=r"--scheme: https://example\.org/buoys/scheme \(3 concepts\), .*boats \(1 con"):
        skos.run(source, tmp_path / "out.ttl", Intake(), id="buoys")
    with pytest.raises(WrongUse, match=r"no scheme https://example\.org/none"):
        skos.run(source, tmp_path / "out.ttl", Intake(), id="buoys", scheme="https://example.org/none")
    assert "3 × skill" in skos.run(source, tmp_path / "out.ttl", Intake(), id="buoys", scheme=EX + "scheme")


@pytest.mark.parametrize(
    ("said", "missing"), [("", "“id”"), ('id = "buoys"\npublisher = ""\n', "“publisher”"), ('id = "buoys"\n', "")]
)
def test_what_the_scheme_does_not_say_is_asked_for_beside_it(source: Path, said: str, missing: str) -> None:
    (source.parent / "about.toml").write_text(said, encoding="utf-8")
    target = source.parent / "out.ttl"
    if missing:
        with pytest.raises(BadFile, match=rf"about\.toml: the framework has no {missing}"):
            skos.run(source, target, Intake())
        assert not target.exists()
    else:
        assert "3 × skill" in skos.run(source, target, Intake())


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (":bells a", "<https://example.org/two words> a", "this is not an address that can be written"),
        ('"Bells"@en , ', "", "it has no English name; it has one in de"),
        ('skos:prefLabel "Bells"@en , "Glocken"@de ; ', "", "it has no name"),
        ('"Bells"@en', '"Bells"@en , "Chimes"@en', "it has two English names, “Bells” and “Chimes”"),
    ],
)
def test_a_bad_concept_is_named_and_stops_or_is_passed_over(
    source: Path, old: str, new: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source.write_text((SCHEME + CONCEPTS).replace(old, new, 1), encoding="utf-8")
    target = source.parent / "out.ttl"
    order = ["import", "skos", str(source), str(target), "--id", "buoys"]
    assert main(order) == 1
    named = "https://example.org/two words" if "address" in reason else f"{EX}bells"
    assert f"{source}, {named}: {reason}" in capsys.readouterr().err
    assert not target.exists()
    assert main([*order, "--keep-going"]) == 1
    told = capsys.readouterr()
    assert f"Refused: {source}, {named}: {reason}" in told.err
    assert told.out.endswith("3 concepts in, 2 out, 1 refused.\n")
    assert values(target, EX + "ringing", SKOS + "prefLabel") == {"Ringing"}


def test_a_file_without_concepts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text(f"<{EX}a> <{EX}b> <{EX}c> .\n", encoding="utf-8")
    with pytest.raises(BadFile, match="no skos:Concept"):
        skos.run(tmp_path / "a.nt", tmp_path / "out.ttl", Intake(), id="buoys")


@pytest.mark.downloads
def test_real_vocabularies(tmp_path: Path) -> None:
    folder = Path(os.environ["DDITKG_DOWNLOADS"]) / "skos"
    with tarfile.open(folder / "gsq-vocabularies.tar.gz") as archive:
        files = [member for member in archive.getmembers() if member.name.endswith(".ttl")]
        archive.extractall(tmp_path, members=files, filter="data")
    (tmp_path / "vocabularies-gsq/about.toml").write_text('publisher = "GSQ"\nedition = "1"\nrights = "CC BY"\n')
    source = tmp_path / "vocabularies-gsq/ANZIC2006-industry-classifications.ttl"
    intake = Intake(keep_going=True)
    skos.run(source, tmp_path / "out.ttl", intake, id="anzsic")
    assert intake.used > 200
    assert intake.used == sum(
        q.predicate.value == SKOS + "prefLabel" and str(q.subject.value) != f"{IRI.removesuffix('buoys')}anzsic"
        for q in parse_file(tmp_path / "out.ttl").quads
    )
