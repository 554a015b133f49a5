"""Two editions side by side: GDaD's own files with a second edition made by editing them, and the invented world."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from content import whole_dataset

from dditkg.cli import main
from dditkg.crosswalk import Crosswalk, Stale, crosswalk, stale
from dditkg.editions import Difference, Edition, compare, edition
from dditkg.errors import BadFile
from dditkg.importers import gdad
from dditkg.intake import Intake
from dditkg.syntax import parse_file
from dditkg.terms import BASE

ROOT = Path(__file__).parents[1]
DOWNLOADS = ROOT / "data/frameworks/gdad"
BEACON_FILE = ROOT / "tests/world/data/frameworks/beacon.ttl"
GDAD, BEACON = f"{BASE}framework/gdad/", f"{BASE}framework/beacon/"
Cells = dict[str, str]


def of_folder(folder: Path) -> Edition:
    return edition(gdad.triples(gdad.read(folder, Intake())), str(folder))


def of_file(path: Path) -> Edition:
    return edition((quad.triple for quad in parse_file(path).quads), str(path))


def edited(path: Path, change: Callable[[Cells], Cells | None], *more: list[str]) -> None:
    """Rewrite a CSV file row by row; None drops a row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        names, rows = list(reader.fieldnames or ()), list(reader)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([row[name] for name in names] for row in map(change, rows) if row is not None)
        writer.writerows(more)


# What the invented second edition does to the real one.
RENAMED = {"Data modelling": "Modelling of data", "Agile working": "Agile Working", "Testing": "Testings"}
DROPPED = "Accessibility"


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("later")
    for path in DOWNLOADS.glob("*.csv"):
        shutil.copy(path, folder)

    def skill(row: Cells) -> Cells | None:
        name = row["Skill Name"]
        return None if name == DROPPED else {**row, "Skill Name": RENAMED.get(name, name)}

    def role(row: Cells) -> Cells | None:
        row = skill(row) or {}
        if row and row["Role Level"] == "Data engineer" and row["Skill Name"] == "Modelling of data":
            row["Skill Level"] = "Expert"
        if row and row["Role"] == "Data scientist":
            row["Role"] = "Data science specialist"
        return row or None

    levels = ["IN USE"] * 4
    edited(folder / "skills.csv", skill, ["Prompt design", "", *levels, ""])
    need = ["Data", "Data engineer", "", "Data engineer", "", "Prompt design", "", "Working", "", ""]
    edited(folder / "roles.csv", role, need)
    edited(
        folder / "changelog.csv",
        lambda row: row,
        ["2026-12-01", "Modelling of data", "Previously 'Data modelling'."],
        ["2026-12-01", "Data science specialist", "Previously 'Data scientist'."],
        ["2026-12-01", DROPPED, "Removed from the Skills A to Z. Use other skills."],
    )
    return folder


@pytest.fixture(scope="module")
def found(later: Path) -> Difference:
    return compare(of_folder(DOWNLOADS), of_folder(later))


@pytest.fixture(scope="module")
def walk() -> Crosswalk:
    return crosswalk(whole_dataset())


@pytest.fixture(scope="module")
def rows(found: Difference, walk: Crosswalk) -> list[Stale]:
    return stale(walk, found)


# Differences


def test_an_edition_beside_itself_differs_in_nothing(walk: Crosswalk) -> None:
    same = compare(of_folder(DOWNLOADS), of_folder(DOWNLOADS))
    assert (same.added, same.renamed, same.retired, same.levels) == ((), (), (), ())
    assert stale(walk, same) == []


def test_what_was_added_is_told_once(found: Difference) -> None:
    assert [(unit.kind, unit.label) for unit in found.added] == [("skill", "Prompt design")]
    assert (found.old.version, found.new.version) == ("2026-10-06", "2026-12-01")


def test_what_was_renamed_says_how_that_is_known(found: Difference) -> None:
    known = {one.old.label: (one.new.label, one.how) for one in found.renamed if one.new.kind != "role level"}
    assert known == {
        "Data modelling": ("Modelling of data", "the new edition names its former name"),
        "Data scientist": ("Data science specialist", "the new edition names its former name"),
        "Agile working": ("Agile Working", "same address"),
        "Testing": ("Testings", "spelt alike (0.93), so to be confirmed"),
    }


def test_what_was_retired_gives_the_reason_of_the_change_log(found: Difference) -> None:
    assert [(unit.label, reason) for unit, reason in found.retired] == [
        (DROPPED, "Removed on 1 December 2026. Use other skills.")
    ]


def test_levels_are_compared_through_new_names(found: Difference) -> None:
    engineer = {one.what: (one.before, one.after) for one in found.levels if one.unit.label == "Data engineer"}
    assert engineer["Prompt design"] == ("", "Working")
    assert engineer["Modelling of data"][1] == "Expert"
    others = [one for one in found.levels if one.unit.label != "Data engineer"]
    assert {one.what for one in others} <= {DROPPED}  # a new name alone changes no level
    assert all(one.after == "" for one in others)


def test_rows_to_what_changed_are_stale_and_say_why(rows: list[Stale], walk: Crosswalk) -> None:
    why = {row.unit: row.why for row in rows}
    assert why[f"{GDAD}skill/data-modelling"].startswith("renamed to “Modelling of data”, now https://")
    assert why[f"{GDAD}skill/accessibility"] == "retired: Removed on 1 December 2026. Use other skills."
    assert "levels changed" in why[f"{GDAD}role/data-engineer"]
    assert "renamed" in why[f"{GDAD}role/data-scientist"]
    touched = {row.unit for row in rows}
    assert f"{GDAD}skill/web-performance-optimisation" not in touched
    every = {link.row for link in walk.links.outgoing[f"{GDAD}skill/data-modelling"] if link.row}
    assert every <= {row.link.row for row in rows}


def test_a_skill_that_loses_a_level_is_told() -> None:
    old = of_file(BEACON_FILE)
    lost = f"{BEACON}skill-level/lamp-care--master"
    kept = [quad.triple for quad in parse_file(BEACON_FILE).quads if lost not in str(quad)]
    found = compare(old, edition(kept, "beacon"))
    own = [(one.what, one.before, one.after) for one in found.levels if one.unit.kind == "skill"]
    assert own == [("Master", "in use", "")]


def test_a_code_outlives_name_and_address(tmp_path: Path) -> None:
    text = BEACON_FILE.read_text(encoding="utf-8")
    text = text.replace("beacon-outcome:no-ship-on-the-rocks", "beacon-outcome:all-ships-afloat")
    path = tmp_path / "beacon.ttl"
    path.write_text(text.replace('"No ship on the rocks"', '"All ships afloat"'), encoding="utf-8")
    (one,) = compare(of_file(BEACON_FILE), of_file(path)).renamed
    assert (one.old.label, one.new.label, one.how) == ("No ship on the rocks", "All ships afloat", "same code")


def test_a_file_without_a_framework_is_refused() -> None:
    with pytest.raises(BadFile, match="no framework"):
        of_file(ROOT / "data/levels.ttl")


# The command line


def test_the_command_line_tells_editions_counts_and_rows(later: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "gdad", str(DOWNLOADS), str(later)]) == 0
    said = capsys.readouterr().out
    assert "edition 2026-10-06 to 2026-12-01" in said
    assert "Added: 1\n  skill  Prompt design" in said
    assert "Modelling of data" in said
    assert "Mapping rows to look at again: " in said


def test_json_and_markdown_hold_the_same(later: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "gdad", str(DOWNLOADS), str(later), "-f", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert main(["diff", "gdad", str(DOWNLOADS), str(later), "-f", "md"]) == 0
    page = capsys.readouterr().out
    assert f"## Levels changed: {len(document['levels'])}" in page
    assert f"## Mapping rows to look at again: {len(document['stale'])}" in page
    assert all(row["row"].startswith(f"{BASE}mapping/") for row in document["stale"])


def test_two_files_of_frameworks_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = ROOT / "data/frameworks/dora.ttl", tmp_path / "dora.ttl"
    new.write_text(old.read_text(encoding="utf-8").replace('"Test automation"', '"Automated tests"'), encoding="utf-8")
    assert main(["diff", str(old), str(new)]) == 0
    said = capsys.readouterr().out
    assert "Renamed: 1" in said
    assert "same address" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["diff", "gdad", "here"], "names no two editions"),
        (["diff", "a.csv", "b.csv"], "names no two editions"),
        (["diff", "nowhere.ttl", "nowhere.ttl"], "nowhere.ttl"),
        (["diff", "gdad", "nowhere", "nowhere"], "skills.csv"),
    ],
)
def test_wrong_use_is_one_sentence(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) in (1, 2)
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
