"""Average staff by capability from a spreadsheet: what is used, what is refused and said; nothing is guessed."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from dditkg import sheets
from dditkg.checks import check
from dditkg.dataset import build, content_of
from dditkg.errors import BadFile, TooLarge
from dditkg.importers import staffing
from dditkg.intake import Intake

ROOT = Path(__file__).parents[1]
HEADINGS = ["Capability", "Description", "Average number of staff (FTE)", "Typical technologies", "Benefits", "Year"]
ROWS = [
    ["User research", "Talking to people who use it", "2.50", "Survey tool; notebook", "Fewer calls.", "2022"],
    ["Data quality", "", "1,200", "", "", "2021-22"],
    ["Cyber securty", "", "3", "", "", "2022"],
    ["User researcher", "", "3", "", "", "2022"],
    ["Content design", "", "about four", "", "", "2022"],
    ["Cyber security", "", "-1", "", "", "2022"],
    ["Service design", "", "2", "", "", "last year"],
    ["user research", "", "7", "", "", "2022"],
]


def as_csv(folder: Path, rows: list[list[str]]) -> Path:
    path = folder / "Averages 2022.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def as_workbook(folder: Path, rows: list[list[str]]) -> Path:
    path = folder / "Averages 2022.xlsx"
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("written", [as_csv, as_workbook])
def test_rows_become_figures_and_each_other_row_is_named(written: object, tmp_path: Path) -> None:
    assert callable(written)
    source = written(tmp_path, [["Model of capabilities"], [], HEADINGS, *ROWS])
    target = tmp_path / "out" / "staff.ttl"
    with pytest.raises(BadFile, match=r"row 6: Nothing here is called “Cyber securty”"):
        staffing.run(source, target, Intake())
    assert not target.exists()
    intake = Intake(keep_going=True)
    said = staffing.run(source, target, intake)
    text = target.read_text(encoding="utf-8")
    assert "average staff for 2 capabilities" in said
    assert intake.closing == "8 rows in, 2 out, 6 refused."
    for number, reason in [
        (6, "Near: capability:cyber-security"),
        (7, "means several things"),
        (8, "“about four” is not a number"),
        (9, "“-1” is not a number"),
        (10, "“last year” is not a year"),
        (11, "stands in row 4 already"),
    ]:
        assert any(line.startswith(f"{source}, row {number}: ") and reason in line for line in intake.refused)
    assert 'dd:amount "2.5"^^xsd:decimal' in text
    assert 'dd:amount "1200"^^xsd:decimal' in text
    assert "Technologies named: Survey tool; notebook. Benefits named: Fewer calls." in text


def test_what_is_written_is_content_that_only_lacks_its_publisher_and_page(tmp_path: Path) -> None:
    target = tmp_path / "staff.ttl"
    staffing.run(as_csv(tmp_path, [HEADINGS, *ROWS[:2]]), target, Intake())
    content = content_of(ROOT)
    # What it links to is enough: the rest of the content is judged elsewhere.
    beside = [path for path in content.turtle if path.parent.name in ("ontology", "data", "capabilities")]
    content = replace(content, turtle=(*beside, target), mappings=())
    report = check(content, build(content))
    mine = {finding.rule for finding in report.findings if finding.file.endswith("staff.ttl")}
    assert mine == {"Source-publisher", "Source-url"}


def test_without_a_needed_column_or_a_row_nothing_is_written(tmp_path: Path) -> None:
    target = tmp_path / "staff.ttl"
    with pytest.raises(BadFile, match=r"no column for staff, year\. The headings are: capability, notes"):
        staffing.run(as_csv(tmp_path, [["Capability", "Notes"], ["User research", "x"]]), target, Intake())
    with pytest.raises(BadFile, match="nothing could be used") as caught:
        staffing.run(as_csv(tmp_path, [HEADINGS, ROWS[4]]), target, Intake(keep_going=True))
    assert "about four" in caught.value.message
    assert not target.exists()


# The sheets underneath ------------------------------------------------------------------------------------------------


def test_what_is_no_sheet_is_said_in_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "a.xlsx"
    broken.write_bytes(b"PK not a workbook")
    latin = tmp_path / "a.csv"
    latin.write_bytes("Capability,Año\nx,y\n".encode("latin-1"))
    for path, told in [(broken, "not a workbook"), (latin, "not UTF-8")]:
        with pytest.raises(BadFile, match=told):
            sheets.rows(path)
    empty = tmp_path / "b.csv"
    empty.write_text("\n\n", encoding="utf-8")
    with pytest.raises(BadFile, match="no row of headings"):
        sheets.rows(empty)


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    long = tmp_path / "a.csv"
    long.write_text("a,b\n" + "1,2\n" * sheets.MOST_ROWS, encoding="utf-8")
    with pytest.raises(TooLarge, match="more than 20,000 rows"):
        sheets.rows(long)
