"""The SFIA importer, on invented skills: the workbook and the Turtle say the same, and the text stays private."""

from __future__ import annotations

import subprocess
from pathlib import Path

import openpyxl
import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from dditkg.cli import main
from dditkg.dataset import LOCAL
from dditkg.errors import BadFile, WrongUse
from dditkg.importers import sfia
from dditkg.intake import Intake
from dditkg.syntax import parse_file
from dditkg.terms import DCTERMS, DD, SKOS

ROOT = Path(__file__).parents[1]
IRI = sfia.BASE
URL = "https://sfia-online.org/en/skillcode/9/"
HEADINGS = ["#", "Levels", *[None] * 6, "Code", "URL", "Skill", "Category", "Subcategory", "Overall description"]
HEADINGS += ["Guidance notes", *(f"Level {rank} description" for rank in range(1, 8))]
BUOYS = [1, None, None, 3, 4, None, None, None, "DTAN", URL + "DTAN", "Buoy drawing", "Harbours", "Charts"]
BUOYS += ["Draws buoys.", "Also:_x000D_\nrows out", None, None, "Draws one.", "Draws many.", None, None, None]
BELLS = [2, None, 2, None, None, None, None, None, "BELL", URL + "BELL", "Bell tuning", "Harbours", "Sounds"]
BELLS += ["Tunes bells.", None, None, "Tunes one.", None, None, None, None, None]
PAGES = [f"https://sfia-online.org/en/lor/9/{rank}" for rank in range(1, 8)]
LEVELS = [
    ["Level", *range(1, 8)],
    ["Guiding phrase", *(f"Row {rank}" for rank in range(1, 8))],
    ["Essence of the level", *(f"Rows {rank} boats." for rank in range(1, 8))],
    ["URL", *PAGES],
]
GRAPH = f"""@prefix sfia: <{IRI}ontology/> .
@prefix skills: <{IRI}skills/> .
@prefix steps: <{IRI}skilllevels/> .
@prefix in: <{IRI}categories/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
in:harbours a sfia:Category ; skos:prefLabel "Harbours"@en .
in:charts a sfia:Category ; skos:prefLabel "Charts"@en ; skos:broader in:harbours .
in:sounds a sfia:Category ; skos:prefLabel "Sounds"@en ; skos:broader in:harbours .
skills:DTAN a sfia:Skill ; rdfs:label "Buoy drawing"@en ; skos:notation "DTAN" ; sfia:url "{URL}DTAN" ;
  sfia:skillDescription "Draws buoys."@en ; sfia:skillNotes "Also:\\nrows out"@en ; sfia:skillCategory in:charts ;
  sfia:definedAtLevel steps:DTAN_3 , steps:DTAN_4 .
steps:DTAN_3 a sfia:SkillLevel ; sfia:level <{IRI}lor/3> ; sfia:skillLevelDescription "Draws one."@en .
steps:DTAN_4 a sfia:SkillLevel ; sfia:level <{IRI}lor/4> ; sfia:skillLevelDescription "Draws many."@en .
skills:BELL a sfia:Skill ; rdfs:label "Bell tuning"@en ; skos:notation "BELL" ; sfia:url "{URL}BELL" ;
  sfia:skillDescription "Tunes bells."@en ; sfia:skillNotes ""@en ; sfia:skillCategory in:sounds ;
  sfia:definedAtLevel steps:BELL_2 .
steps:BELL_2 a sfia:SkillLevel ; sfia:level <{IRI}lor/2> ; sfia:skillLevelDescription "Tunes one."@en .
""" + "".join(
    f'<{IRI}lor/{rank}> a sfia:Level ; skos:notation {rank} ; sfia:levelGuidingPhrase "Row {rank}"@en ; '
    f'sfia:levelEssence "Rows {rank} boats."@en ; sfia:url "{PAGES[rank - 1]}" .\n'
    for rank in range(1, 8)
)


def workbook(path: Path, *skills: list[object]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Skills"
    for line in (HEADINGS, *skills):
        sheet.append(line)
    book.create_sheet("Attributes").append(["Levels", None, "Code"])
    levels = book.create_sheet("Levels of responsibility")
    for line in LEVELS:
        levels.append(line)
    book.save(path)
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return workbook(tmp_path / "sfia.xlsx", BUOYS, BELLS)


def values(path: Path, subject: str, predicate: str) -> set[str]:
    quads = parse_file(path).quads
    return {str(q.object.value) for q in quads if str(q.subject.value) == subject and q.predicate.value == predicate}


def test_the_workbook_and_the_turtle_give_the_same_file(source: Path, tmp_path: Path) -> None:
    intake = Intake()
    assert "2 skills, 3 skills at a level, 3 categories and 7 levels" in sfia.run(source, tmp_path / "a.ttl", intake)
    assert intake.closing == "2 rows in, 2 out, 0 refused."
    (tmp_path / "official.ttl").write_text(GRAPH, encoding="utf-8")
    sfia.run(tmp_path / "official.ttl", tmp_path / "b.ttl", Intake())
    assert (tmp_path / "a.ttl").read_text(encoding="utf-8") == (tmp_path / "b.ttl").read_text(encoding="utf-8")


def test_names_descriptions_and_levels_are_there_with_the_licence(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.ttl"
    sfia.run(source, target, Intake())
    skill, step = f"{IRI}skills/DTAN", f"{IRI}skilllevels/DTAN_3"
    assert values(target, skill, SKOS + "prefLabel") == {"Buoy drawing"}
    assert values(target, skill, SKOS + "definition") == {"Draws buoys."}
    assert values(target, skill, SKOS + "scopeNote") == {"Also: rows out"}
    assert values(target, skill, SKOS + "broader") == {f"{IRI}categories/charts"}
    assert values(target, step, SKOS + "definition") == {"Draws one."}
    assert values(target, step, DD + "level") == {f"{IRI}lor/3"}
    assert values(target, f"{IRI}lor/3", SKOS + "altLabel") == {"Row 3"}
    (rights,) = values(target, "https://w3id.org/dditkg/framework/sfia-9", DCTERMS + "rights")
    assert "under your own licence" in rights
    assert "may not be published" in rights


BAD = [
    ({8: ""}, "row 3: “Code” is empty"),
    ({8: "Bell"}, "row 3: “Bell” is not a code of four capital letters"),
    ({8: "DTAN"}, "row 3: the code DTAN stands in an earlier row"),
    ({10: None}, "row 3: “Skill” is empty"),
    ({9: "https://sfia-online.org/en/skillcode/8/BELL"}, "row 3: .*edition 8, and only edition 9"),
    ({9: "sfia"}, "row 3: “sfia” is not an address"),
    ({2: 8}, "row 3: “8” is not a level"),
    ({2: 3}, "row 3: level 2 is described, but is not among"),
    ({2: None, 16: None}, "row 3: no level is given"),
]


@pytest.mark.parametrize(("change", "said"), BAD, ids=[said for _, said in BAD])
def test_a_bad_row_is_named_and_stops_or_is_passed_over(change: dict[int, object], said: str, tmp_path: Path) -> None:
    bad = [change.get(place, cell) for place, cell in enumerate(BELLS)]
    source = workbook(tmp_path / "sfia.xlsx", BUOYS, bad)
    with pytest.raises(BadFile, match=said):
        sfia.run(source, tmp_path / "a.ttl", Intake())
    assert not (tmp_path / "a.ttl").exists()
    intake = Intake(keep_going=True)
    assert "1 skills, 2 skills at a level" in sfia.run(source, tmp_path / "a.ttl", intake)
    assert intake.closing == "2 rows in, 1 out, 1 refused."


def test_within_a_checkout_it_goes_only_where_git_and_the_package_do_not_look(source: Path, tmp_path: Path) -> None:
    for folder in ("ontology", "data/frameworks"):
        (tmp_path / "project" / folder).mkdir(parents=True)
    project = tmp_path / "project"
    for target in (project / "data/frameworks/sfia.ttl", project / "sfia.ttl"):
        with pytest.raises(WrongUse, match=r"local/sfia\.ttl"):
            sfia.run(source, target, Intake())
        assert not target.exists()
    sfia.run(source, project / LOCAL / "sfia.ttl", Intake())
    subprocess.run(["git", "init", "-q", project], check=True)
    state = ["git", "-C", project, "status", "--porcelain", "--untracked-files=all"]
    assert subprocess.run(state, check=True, capture_output=True, text=True).stdout == ""


def test_git_and_both_packages_leave_the_folder_out(tmp_path: Path) -> None:
    found = subprocess.run(["git", "-C", ROOT, "check-ignore", f"{LOCAL}/sfia.ttl"], capture_output=True, text=True)
    assert found.stdout.strip() == f"{LOCAL}/sfia.ttl"
    for name in ("pyproject.toml", ".gitignore", "hatch_build.py", "README.md", "LICENSE", "LICENSES.md"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for name in (f"{LOCAL}/sfia.ttl", "data/skills.ttl", "src/dditkg/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('"""x"""\n', encoding="utf-8")
    for builder in (WheelBuilder, SdistBuilder):
        taken = {file.relative_path for file in builder(str(tmp_path)).recurse_included_files()}
        assert "data/skills.ttl" in taken
        assert not [name for name in taken if "sfia" in name]


def test_its_names_show_where_only_codes_stood(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "sfia.ttl"
    question = ["map", "data-modelling", "--to", "sfia"]
    assert main(question) == 0
    assert "SFIA 9 DTAN" in capsys.readouterr().out
    assert main(["import", "sfia", str(source), str(target)]) == 0
    assert f"--add {target}" in capsys.readouterr().out
    assert main([*question, "--add", str(target)]) == 0
    shown = " ".join(capsys.readouterr().out.split())  # however it is folded
    assert "DTAN Buoy drawing" in shown
    assert "SFIA 9 DTAN" not in shown
    assert main([*question, "--add", str(target), "-f", "json"]) == 0
    told = capsys.readouterr().out
    assert "Buoy drawing: level 3" in told, "names of skills at a level are derived over the added file"
