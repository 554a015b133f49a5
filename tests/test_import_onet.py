"""The O*NET importer: codes, titles and pages of the text file, and each bad row by number."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dditkg.errors import BadFile
from dditkg.importers import onet
from dditkg.intake import Intake
from dditkg.syntax import parse_file
from dditkg.terms import SKOS

ROOT = Path(__file__).parents[1]
IRI = "https://w3id.org/dditkg/framework/onet/role/"
TEXT = (
    "O*NET-SOC Code\tTitle\tDescription\n"
    '53-5021.01\tLighthouse Keepers\tKeep the "light".\n'
    "53-5021.02\tBell Ringers, Except Church\tRing.\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Occupation Data.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def names(path: Path) -> dict[str, str]:
    quads = parse_file(path).quads
    return {str(q.subject.value): str(q.object.value) for q in quads if q.predicate.value == SKOS + "prefLabel"}


def test_occupations_become_roles(folder: Path) -> None:
    assert "2 occupations" in onet.run(folder, folder / "onet.ttl", Intake())
    found = names(folder / "onet.ttl")
    assert found[IRI + "bell-ringers-except-church"] == "Bell Ringers, Except Church"
    text = (folder / "onet.ttl").read_text(encoding="utf-8")
    assert "<https://www.onetonline.org/link/summary/53-5021.01>" in text
    assert "Keep the" not in text


def test_a_selection(folder: Path) -> None:
    (folder / "keep.txt").write_text("53-5021.02\n", encoding="utf-8")
    onet.run(folder / "Occupation Data.txt", folder / "onet.ttl", Intake())
    assert set(names(folder / "onet.ttl")) == {
        IRI + "bell-ringers-except-church",
        "https://w3id.org/dditkg/framework/onet",
    }
    (folder / "keep.txt").write_text("53-5021.03\n", encoding="utf-8")
    with pytest.raises(BadFile, match=r"53-5021\.03 is not in"):
        onet.run(folder, folder / "onet.ttl", Intake())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("53-5021.02", "53-5021", "row 3: “53-5021” in “O*NET-SOC Code” is not a code"),
        ("Lighthouse Keepers", "", "row 2: “Title” is empty"),
        ("O*NET-SOC Code", "Code", "no column is called “O*NET-SOC Code”"),
    ],
)
def test_a_bad_row_is_named(folder: Path, old: str, new: str, said: str) -> None:
    (folder / "Occupation Data.txt").write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        onet.run(folder, folder / "onet.ttl", Intake())
    assert said in caught.value.message
    assert not (folder / "onet.ttl").exists()


def test_a_folder_without_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"Occupation Data\.txt"):
        onet.run(tmp_path, tmp_path / "onet.ttl", Intake())


@pytest.mark.downloads
def test_the_real_file_holds_what_the_committed_file_says(tmp_path: Path) -> None:
    said = onet.run(Path(os.environ["DDITKG_DOWNLOADS"]) / "onet", tmp_path / "onet.ttl", Intake())
    assert "1,016 occupations" in said
    committed, real = names(ROOT / "data/frameworks/onet.ttl"), names(tmp_path / "onet.ttl")
    assert len(committed) > 70
    assert {iri: real.get(iri) for iri in committed} == committed
