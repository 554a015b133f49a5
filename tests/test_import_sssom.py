"""Any mapping set: written in the canonical form, with its author and licence; what cannot be loaded is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from dditkg import sssom
from dditkg.cli import main
from dditkg.dataset import build, content_of
from dditkg.errors import BadFile, WrongUse
from dditkg.importers import sssom as importer
from dditkg.intake import Intake
from dditkg.terms import SKOS, SSSOM

ROOT = Path(__file__).parents[1]
HEADER = """# mapping_set_id: https://example.org/sets/buoys
# license: https://example.org/licence
# mapping_set_title: Buoys to skills
# curie_map:
#   buoy: https://example.org/buoys/
#   orcid: https://orcid.org/
#   dditkg: https://w3id.org/dditkg/
"""
TABLE = (
    "object_id\tsubject_id\tpredicate_id\tmapping_justification\tauthor_id\tconfidence\tsubject_source\n"
    "dditkg:skill/data-modelling\tbuoy:2\tskos:broadMatch\tsemapv:LexicalMatching\torcid:0000-0002-1825-0097\t0.62\tbuoy:all\n"
    "dditkg:skill/data-matching\tbuoy:1\tskos:closeMatch\tsemapv:LexicalMatching\torcid:0000-0002-1825-0097\t0.5\tbuoy:all\n"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "theirs.tsv"
    path.write_text(HEADER + TABLE, encoding="utf-8")
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "buoy--skill.sssom.tsv"


def test_it_is_written_canonically_with_its_author_licence_and_confidence(source: Path, target: Path) -> None:
    intake = Intake()
    said = importer.run(source, target, intake)
    assert "2 mappings, under https://example.org/licence, by orcid:0000-0002-1825-0097" in said
    assert intake.closing == "2 rows in, 2 out, 0 refused."
    assert target.read_text(encoding="utf-8") == sssom.formatted(target)
    found = sssom.read(target)
    assert [row.subject for row in found.rows] == ["buoy:1", "buoy:2"]
    assert found.rows[1].cells["confidence"] == "0.62"
    assert found.metadata["mapping_set_id"] == "https://example.org/sets/buoys"
    assert found.metadata["subject_source"] == "buoy:all", "what every row says stands once, in the header"


def test_what_our_rules_object_to_is_told_with_the_line_of_the_file_written(source: Path, target: Path) -> None:
    intake = Intake()
    importer.run(source, target, intake)
    told = "\n".join(intake.notes)
    line = (
        target.read_text(encoding="utf-8")
        .splitlines()
        .index(next(text for text in target.read_text(encoding="utf-8").splitlines() if text.startswith("buoy:2")))
    )
    assert f"Mapping-confidence, 1 ×, first in line {line + 1}: confidence is “0.62”" in told
    assert "Mapping-set-id, 1 ×" in told


def test_it_answers_beside_the_rest(source: Path, target: Path) -> None:
    importer.run(source, target, Intake())
    world = build(content_of(ROOT / "tests/world", ROOT), [target])
    asked = (
        f"SELECT ?of {{ ?of <{SKOS}broadMatch> ?to . ?row <{SSSOM}author_id> <https://orcid.org/0000-0002-1825-0097> }}"
    )
    assert {str(row[0]) for row in world.store.select(asked).rows} >= {"<https://example.org/buoys/2>"}


def test_a_header_in_a_file_of_its_own(source: Path, target: Path) -> None:
    importer.run(source, target, Intake())
    one = target.read_bytes()
    source.write_text(TABLE, encoding="utf-8")
    with pytest.raises(BadFile, match="There is no header"):
        importer.run(source, target, Intake())
    yaml = "\n".join(line[1:] for line in HEADER.splitlines())
    source.with_name("theirs.sssom.yml").write_text(yaml, encoding="utf-8")
    importer.run(source, target, Intake())
    assert target.read_bytes() == one


BAD = [
    ("buoy:1\t", "\t", "row 10: The row has no subject_id"),
    ("buoy:1\t", "boat:1\t", "row 10: subject_id is “boat:1”, which is no short form"),
    ("\t0.5\t", "\thigh\t", "row 10: confidence is “high”, which is not a number"),
    ("\t0.5\t", "\t", "row 10: The row has 6 cells, the table 7 columns"),
    ("\t0.5\t", '\t"0.5\t', "row 10: A quoted cell does not end"),
]


@pytest.mark.parametrize(("old", "new", "said"), BAD, ids=[said for *_, said in BAD])
def test_a_bad_row_is_named_and_stops_or_is_passed_over(
    source: Path, target: Path, old: str, new: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source.write_text((HEADER + TABLE).replace(old, new, 1), encoding="utf-8")
    order = ["import", "sssom", str(source), str(target)]
    assert main(order) == 1
    assert f"{source}, {said}" in capsys.readouterr().err
    assert not target.exists()
    assert main([*order, "--keep-going"]) == 1
    told = capsys.readouterr()
    assert f"Refused: {source}, {said}" in told.err
    assert told.out.endswith("2 rows in, 1 out, 1 refused.\n")
    assert [row.subject for row in sssom.read(target).rows] == ["buoy:2"]


def test_a_header_that_could_not_be_loaded_stops_it_whatever_is_wished(source: Path, target: Path) -> None:
    source.write_text((HEADER + TABLE).replace("https://example.org/licence", "CC0"), encoding="utf-8")
    with pytest.raises(BadFile, match=r"theirs\.tsv:2  license is “CC0”"):
        importer.run(source, target, Intake(keep_going=True))
    with pytest.raises(WrongUse, match=r"ends in \.sssom\.tsv"):
        importer.run(source, target.with_name("buoys.tsv"), Intake())
    assert not target.exists()
