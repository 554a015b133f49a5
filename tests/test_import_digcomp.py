"""The DigComp importer: areas, competences and levels of the published workbook."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest

from dditkg.errors import BadFile
from dditkg.importers import digcomp
from dditkg.intake import Intake
from dditkg.syntax import parse_file
from dditkg.terms import DD, SKOS

ROOT = Path(__file__).parents[1]
IRI = "https://w3id.org/dditkg/framework/digcomp-3/"
AREAS = [
    ["Competence area number", "Competence area name", "Competence number", "Competence name"],
    [1, "Signals", 1.1, "Reading  signals "],
    [1, "Signals", 1.2, "Sending signals"],
    [2, "Safety", 2.1, "Keeping dry"],
]
LEVELS = [["Proficiency level name", "Eight level mapping"], ["Basic ", 1], ["Basic ", 2], ["Advanced", 3]]


def workbook(path: Path, areas: list[list[object]] = AREAS, sheet: str = "1 Competence Areas&Competences") -> Path:
    book = openpyxl.Workbook()
    book.active.title = "ReadMe"
    for title, rows in ((sheet, areas), ("2 Proficiency Levels", LEVELS)):
        made = book.create_sheet(title)
        for row in rows:
            made.append(row)
    book.save(path)
    return path


def facts(path: Path, predicate: str) -> dict[str, str]:
    return {
        str(q.subject.value).removeprefix(IRI): str(q.object.value)
        for q in parse_file(path).quads
        if q.predicate.value == predicate and str(q.subject.value).startswith(IRI)
    }


def test_areas_competences_and_levels(tmp_path: Path) -> None:
    target = tmp_path / "digcomp.ttl"
    assert "2 areas, 3 competences and 2 levels" in digcomp.run(workbook(tmp_path / "d.xlsx"), target, Intake())
    assert facts(target, SKOS + "prefLabel")["competence/reading-signals"] == "Reading signals"
    assert facts(target, SKOS + "notation")["competence/keeping-dry"] == "2.1"
    assert facts(target, SKOS + "broader")["competence/keeping-dry"] == IRI + "group/safety"
    assert facts(target, DD + "rank") == {"level/basic": "1", "level/advanced": "2"}


def test_what_is_off_is_named(tmp_path: Path) -> None:
    wrong = [*AREAS[:3], [2, "Safety", 1.3, "Keeping dry"]]
    with pytest.raises(BadFile, match=r"row 4: the competence 1\.3 stands under the area 2"):
        digcomp.run(workbook(tmp_path / "a.xlsx", wrong), tmp_path / "d.ttl", Intake())
    intake = Intake(keep_going=True)
    assert "1 areas, 2 competences" in digcomp.run(tmp_path / "a.xlsx", tmp_path / "part.ttl", intake)
    assert intake.closing == "6 rows in, 5 out, 1 refused."
    with pytest.raises(BadFile, match="no sheet is called “Competence Areas”"):
        digcomp.run(workbook(tmp_path / "b.xlsx", sheet="Areas"), tmp_path / "d.ttl", Intake())
    with pytest.raises(BadFile, match=r"no column is called “Competence area name”\. There are: A, B"):
        digcomp.run(workbook(tmp_path / "c.xlsx", [["A", "B"], ["x", "y"]]), tmp_path / "d.ttl", Intake())
    assert not (tmp_path / "d.ttl").exists()


@pytest.mark.downloads
def test_the_real_workbook_gives_the_units_of_the_committed_file(tmp_path: Path) -> None:
    (source,) = (Path(os.environ["DDITKG_DOWNLOADS"]) / "digcomp").glob("*.xlsx")
    digcomp.run(source, tmp_path / "digcomp.ttl", Intake())
    committed = ROOT / "data/frameworks/digcomp-3.ttl"
    for predicate in (SKOS + "prefLabel", SKOS + "notation", SKOS + "broader", DD + "rank"):
        assert facts(tmp_path / "digcomp.ttl", predicate) == facts(committed, predicate) != {}
