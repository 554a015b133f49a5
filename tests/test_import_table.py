"""Any table as a framework: a map of its columns, and each bad row by number and reason."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from dditkg.cli import main
from dditkg.errors import BadFile
from dditkg.importers import table
from dditkg.intake import Intake
from dditkg.syntax import parse_file
from dditkg.terms import DD, RDF, SKOS

IRI = "https://w3id.org/dditkg/framework/buoys"
FRAMEWORK = """
[framework]
id = "buoys"
label = "Buoys"
publisher = "Guild of Invented Buoys"
edition = "1"
licence = "https://example.org/licence"
"""
MAP = (
    'table = "buoys.csv"\n'
    + FRAMEWORK
    + """
[columns]
code = "No."
label = "Title"
kind = "Sort"
above = "Under"
page = "Link"
rank = "Rank"

[kinds]
Job = "role"
Heading = "group"
"""
)
ROWS = (
    "No.,Title,Sort,Under,Link,Rank\n"
    "A,Bells,Heading,,,\n"
    "A.1,Bell  keeper,Job,A,https://example.org/keeper,\n"
    "1,Mate,level,,,1\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    (tmp_path / "buoys.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


def facts(path: Path) -> set[tuple[str, str, str]]:
    return {
        (str(q.subject.value), q.predicate.value, str(q.object.value))
        for q in parse_file(path).quads
        if str(q.subject.value).startswith(IRI + "/")
    }


def test_rows_become_units(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "table", str(folder / "map.toml"), str(folder / "out.ttl")]) == 0
    assert "3 rows in, 3 out, 0 refused." in capsys.readouterr().out
    found = facts(folder / "out.ttl")
    keeper = f"{IRI}/role/bell-keeper"
    assert (keeper, SKOS + "prefLabel", "Bell keeper") in found
    assert (keeper, SKOS + "notation", "A.1") in found
    assert (keeper, SKOS + "broader", f"{IRI}/group/bells") in found
    assert (keeper, "https://schema.org/url", "https://example.org/keeper") in found
    assert (f"{IRI}/level/mate", DD + "rank", "1") in found
    types = {value for _, predicate, value in found if predicate == RDF + "type"}
    assert types == {DD + "FrameworkGroup", DD + "FrameworkRole", DD + "FrameworkLevel"}


def test_one_kind_for_all_addresses_of_the_owner_and_codes_in_addresses(folder: Path) -> None:
    (folder / "map.toml").write_text(
        'table = "b.tsv"\nkind = "skill"\nslug = "code"\n'
        + FRAMEWORK
        + '[columns]\ncode = "No."\nlabel = "Title"\niri = "Address"\n',
        encoding="utf-8",
    )
    (folder / "b.tsv").write_text(
        'No.\tTitle\tAddress\nS-1\tA "clear" view\t\nS-2\tRowing\thttps://example.org/rowing\n', encoding="utf-8"
    )
    about = table.run(folder / "map.toml", folder / "out.ttl", Intake())
    assert "2 × skill" in about
    quads = parse_file(folder / "out.ttl").quads
    names = {str(q.subject.value): str(q.object.value) for q in quads if q.predicate.value == SKOS + "prefLabel"}
    assert names[f"{IRI}/skill/s-1"] == 'A "clear" view'
    assert names["https://example.org/rowing"] == "Rowing"


def test_a_sheet_of_a_workbook(folder: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    sheet = book.create_sheet("Roles of 2026")
    for row in (("No.", "Title"), (1, "Bell keeper")):
        sheet.append(row)
    book.save(folder / "b.xlsx")
    text = 'table = "b.xlsx"\nsheet = "roles"\nkind = "role"\n' + FRAMEWORK + '[columns]\nlabel = "Title"\n'
    (folder / "map.toml").write_text(text, encoding="utf-8")
    assert "1 × role" in table.run(folder / "map.toml", folder / "out.ttl", Intake())
    (folder / "map.toml").write_text(text.replace('"roles"', '"jobs"'), encoding="utf-8")
    with pytest.raises(BadFile, match=r"no sheet is called “jobs”\. It has Read me, Roles of 2026"):
        table.run(folder / "map.toml", folder / "out.ttl", Intake())


def test_a_framework_without_units(folder: Path) -> None:
    (folder / "map.toml").write_text(FRAMEWORK, encoding="utf-8")
    assert "without units" in table.run(folder / "map.toml", folder / "out.ttl", Intake())
    assert facts(folder / "out.ttl") == set()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("A.1,Bell  keeper", "A.1,", "row 3: “Title” is empty"),
        ("Job,A,", "Jobs,A,", "row 3: “Jobs” is no kind of unit"),
        ("Job,A,", "Job,B,", "row 3: “B” is above “Bell keeper”, but no row"),
        ("A.1,", "A,", "row 3: “A” stands in an earlier row"),
        ("https://example.org/keeper", "example", "row 3: “example” is not an address"),
        ("level,,,1", "level,,,top", "row 4: the rank “top” is not a whole number"),
        ("Bell  keeper", "…", "row 3: “…” gives no address"),
        ("Under", "Over", "there is no column “Under”"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(folder: Path, old: str, new: str, said: str) -> None:
    assert old in ROWS
    (folder / "buoys.csv").write_text(ROWS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        table.run(folder / "map.toml", folder / "out.ttl", Intake())
    assert said in caught.value.message
    assert not (folder / "out.ttl").exists()


def test_what_stands_under_a_refused_row_is_refused_too(folder: Path) -> None:
    below = ROWS.replace("Bells,Heading", "Bells,Hedding") + "A.1.1,Bell boy,Job,A.1,,\n"
    (folder / "buoys.csv").write_text(below, encoding="utf-8")
    intake = Intake(keep_going=True)
    assert "1 × level" in table.run(folder / "map.toml", folder / "out.ttl", intake)
    assert [refused.partition(", ")[2].partition(":")[0] for refused in intake.refused] == ["row 2", "row 3", "row 5"]
    assert intake.closing == "4 rows in, 1 out, 3 refused."


def test_a_comma_without_quotes_is_a_bad_row(folder: Path) -> None:
    (folder / "buoys.csv").write_text(ROWS + "2,Mate,level,,,2,and more\n", encoding="utf-8")
    with pytest.raises(BadFile, match="row 5: there are 1 cells more than headings"):
        table.run(folder / "map.toml", folder / "out.ttl", Intake())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[columns]", "[column]", "“column” is not known here"),
        ('label = "Title"', 'title = "Title"', "no column can be “title”"),
        ('label = "Title"', "", "which column holds the name"),
        ('"buoys.csv"', '"bells.csv"', "there is no such file"),
    ],
)
def test_a_bad_map_is_named(folder: Path, old: str, new: str, said: str) -> None:
    (folder / "map.toml").write_text(MAP.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        table.run(folder / "map.toml", folder / "out.ttl", Intake())
    assert said in caught.value.message
