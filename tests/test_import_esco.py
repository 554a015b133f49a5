"""The ESCO importer: its CSV and its SKOS download say the same, and a selection takes what stands above it."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from dditkg.errors import BadFile
from dditkg.importers import esco
from dditkg.intake import Intake
from dditkg.syntax import parse_file
from dditkg.terms import SKOS

ROOT = Path(__file__).parents[1]
ESCO = "http://data.europa.eu/esco/"
KEEPER, BELL, LAMP, HEAD = (ESCO + path for path in ("occupation/k-1", "skill/b-1", "skill/l-1", "skill/S1"))
ABOVE, ISCO = ESCO + "skill/S", ESCO + "isco/C8350"

TABLES = {
    "occupations_en.csv": "conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,code\n"
    f'Occupation,{KEEPER},8350,lighthouse keeper,"keeper\nlamp man",8350.1\n',
    "skills_en.csv": "conceptType,conceptUri,skillType,preferredLabel\n"
    f"KnowledgeSkillCompetence,{BELL},skill/competence,ring bells\n"
    f"KnowledgeSkillCompetence,{LAMP},knowledge,lamps\n",
    "skillGroups_en.csv": "conceptType,conceptUri,preferredLabel,code\n"
    f"SkillGroup,{HEAD},keeping things,S1\nSkillGroup,{ABOVE},skills,S\n",
    "ISCOGroups_en.csv": f"conceptType,conceptUri,code,preferredLabel\nISCOGroup,{ISCO},8350,Ships' deck crews\n",
    "broaderRelationsOccPillar_en.csv": "conceptType,conceptUri,broaderType,broaderUri\n"
    f"Occupation,{KEEPER},ISCOGroup,{ISCO}\n",
    "broaderRelationsSkillPillar_en.csv": "conceptType,conceptUri,broaderType,broaderUri\n"
    f"KnowledgeSkillCompetence,{BELL},SkillGroup,{HEAD}\nKnowledgeSkillCompetence,{BELL},SkillGroup,{ABOVE}\n"
    f"SkillGroup,{HEAD},SkillGroup,{ABOVE}\n",
    "occupationSkillRelations_en.csv": "occupationUri,relationType,skillType,skillUri\n"
    f"{KEEPER},essential,skill/competence,{BELL}\n{KEEPER},optional,knowledge,{LAMP}\n",
    "conceptSchemes_en.csv": "conceptType,conceptSchemeUri,preferredLabel\nConceptScheme,x,y\n",
}
GRAPH = f"""@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix esco: <{ESCO}model#> .
<{KEEPER}> a skos:Concept , esco:Occupation ; skos:prefLabel "lighthouse keeper"@en , "gardien"@fr ;
  skos:notation "8350.1" ; skos:broader <{ISCO}> ; esco:relatedEssentialSkill <{BELL}> ;
  esco:relatedOptionalSkill <{LAMP}> .
<{BELL}> a skos:Concept , esco:Skill ; skos:prefLabel "ring bells"@en ; skos:broader <{HEAD}> , <{ABOVE}> .
<{LAMP}> a skos:Concept , esco:Skill ; skos:prefLabel "lamps"@en .
<{HEAD}> a skos:Concept ; skos:prefLabel "keeping things"@en ; skos:notation "S1" ; skos:broader <{ABOVE}> .
<{ABOVE}> a skos:Concept ; skos:prefLabel "skills"@en ; skos:notation "S" .
<{ISCO}> a skos:Concept ; skos:prefLabel "Ships' deck crews"@en ; skos:notation "8350" .
<{ESCO}concept-scheme/skills> a skos:ConceptScheme ; skos:prefLabel "Skills"@en .
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_two_downloads_give_the_same_file(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("skos")
    (other / "esco.ttl").write_text(GRAPH, encoding="utf-8")
    said = esco.run(folder, folder / "out.ttl", Intake())
    assert "1 occupations, 2 skills, 2 groups and 1 essential skills" in said
    esco.run(other / "esco.ttl", other / "one.out", Intake())
    assert (other / "one.out").read_bytes() == (folder / "out.ttl").read_bytes()
    (other / "esco.ttl.gz").write_bytes(gzip.compress(GRAPH.encode()))
    (other / "esco.ttl").unlink()
    esco.run(other, other / "two.out", Intake())
    assert (other / "two.out").read_bytes() == (folder / "out.ttl").read_bytes()


def test_units_keep_their_addresses_names_codes_and_links(folder: Path) -> None:
    units = {unit.iri: unit for unit in esco.units(esco.read(folder, Intake()))}
    keeper, bell = units[KEEPER], units[BELL]
    assert (keeper.kind, keeper.label, keeper.code) == ("role", "lighthouse keeper", "8350.1")
    assert (keeper.above, keeper.needs) == ((ISCO,), (BELL,))
    assert bell.above == (HEAD,), "a shortcut past a group is left out"
    assert ISCO not in units, "ISCO is a framework of its own"


def test_a_selection_takes_what_stands_above_it(folder: Path) -> None:
    (folder / "keep.txt").write_text(f"{KEEPER}\n{BELL}\n", encoding="utf-8")
    (folder / "about.toml").write_text('edition = "9"\n', encoding="utf-8")
    assert "1 occupations, 1 skills, 2 groups" in esco.run(folder, folder / "out.ttl", Intake())
    text = (folder / "out.ttl").read_text(encoding="utf-8")
    assert "lamps" not in text
    assert 'dcat:version "9"' in text
    (folder / "keep.txt").write_text(f"{ESCO}skill/none\n", encoding="utf-8")
    with pytest.raises(BadFile, match="skill/none is not in the files"):
        esco.run(folder, folder / "out.ttl", Intake())


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("skills_en.csv", LAMP, "lamp", "skills_en.csv, row 3: “lamp” is not an address of ESCO"),
        ("skills_en.csv", "KnowledgeSkillCompetence", "Talent", "skills_en.csv, row 2: the type “Talent” is unknown"),
    ],
)
def test_a_bad_row_is_named(folder: Path, file: str, old: str, new: str, said: str) -> None:
    (folder / file).write_text(TABLES[file].replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        esco.run(folder, folder / "out.ttl", Intake())
    assert said in caught.value.message
    assert not (folder / "out.ttl").exists()
    intake = Intake(keep_going=True)
    esco.run(folder, folder / "out.ttl", intake)
    assert len(intake.refused) == 1
    assert said in intake.refused[0]


def test_a_folder_without_esco_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="neither a CSV nor a SKOS file"):
        esco.run(tmp_path, tmp_path / "out.ttl", Intake())
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(BadFile, match="no row and no triple"):
        esco.run(tmp_path, tmp_path / "out.ttl", Intake())
    (tmp_path / "broken.nt").write_text("<a> <b\n", encoding="utf-8")
    with pytest.raises(BadFile, match=r"broken\.nt"):
        esco.run(tmp_path, tmp_path / "out.ttl", Intake())


@pytest.mark.downloads
def test_the_real_download_holds_what_the_committed_file_says() -> None:
    source = Path(os.environ["DDITKG_DOWNLOADS"]) / "esco/esco_v1.1_subset_skos.nt.gz"
    content = esco.read(source, Intake())
    assert sum(kind == "role" for kind in content.kinds.values()) == 3_007
    held = parse_file(ROOT / "data/frameworks/esco.ttl").quads
    names = {
        str(q.subject.value): str(q.object.value)
        for q in held
        if q.predicate.value == SKOS + "prefLabel" and str(q.subject.value).startswith(ESCO)
    }
    assert len(names) > 1_000
    assert {iri: content.labels.get(iri) for iri in names} == names


@pytest.mark.downloads
def test_a_real_table_of_the_download_is_read(tmp_path: Path) -> None:
    source = Path(os.environ["DDITKG_DOWNLOADS"]) / "esco/collections"
    assert "452 skills" in esco.run(source, tmp_path / "esco.ttl", Intake())
