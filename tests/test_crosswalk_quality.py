"""The measuring of mapping rows against published crosswalks, on the invented lighthouse."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from test_crosswalk import PHAROS, SKILL, folder

from dditkg.crosswalk import crosswalk
from dditkg.dataset import build, content_of

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "benchmarks"))

import composition  # noqa: E402
import crosswalk_quality  # noqa: E402
from agreement import Bench, Published, without  # noqa: E402
from quality_tables import tables  # noqa: E402
from shares import share, wilson  # noqa: E402

__all__ = ["folder"]  # the fixture

PUBLISHED = """\
#curie_map:
#  beacon: https://w3id.org/dditkg/framework/beacon/
#  dditkg: https://w3id.org/dditkg/
#  pharos-2: https://w3id.org/dditkg/framework/pharos-2/
#license: https://creativecommons.org/licenses/by/4.0/
#mapping_set_id: https://w3id.org/dditkg/mapping-set/beacon--pharos-2
#mapping_set_title: Beacon to Pharos, by the harbour office
#object_source: dditkg:framework/pharos-2
#object_source_version: "2"
#sssom_version: "1.1"
#subject_source: dditkg:framework/beacon
#subject_source_version: "3"
subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence
"""


@pytest.fixture(scope="module")
def bench(folder: Path) -> Bench:
    """The world with Pharos in it, and a harbour office that says what of Beacon goes with what of Pharos."""
    pairs = [
        ("lamp-care", "broad", "light"),
        ("optics", "close", "paper"),
        ("seamanship", "exact", "knots"),
        ("stock-books", "broad", "paper"),
    ]
    rows = "\n".join(
        f"beacon:skill/{one}\tskos:{how}Match\tpharos-2:skill/{other}\tsemapv:ManualMappingCuration\t0.95"
        for one, how, other in pairs
    )
    (folder / "data/mappings/beacon--pharos-2.sssom.tsv").write_text(PUBLISHED + rows + "\n", encoding="utf-8")
    return Bench(crosswalk(build(content_of(folder, ROOT))))


@pytest.fixture
def office(bench: Bench) -> Published:
    (found,) = bench.published
    return found


def test_a_published_crosswalk_is_a_set_between_two_outside_frameworks(office: Published) -> None:
    assert (office.name, office.source, office.target, len(office.rows)) == (
        "beacon--pharos-2",
        "beacon",
        "pharos-2",
        4,
    )


def test_a_row_is_supported_where_the_triangle_closes(bench: Bench, office: Published) -> None:
    found = {v.row.subject.removeprefix(SKILL): v.supported[0] for v in bench.verdicts(office, "pharos-2")}
    assert found == {"lamp-tending": True, "lens-polishing": False, "log-keeping": True}
    found = {v.row.subject.removeprefix(SKILL): v.supported[0] for v in bench.verdicts(office, "beacon")}
    assert found == {"lamp-tending": True, "log-keeping": True}  # nobody published anything about glass


def test_chance_is_how_often_the_row_would_be_supported_elsewhere(bench: Bench, office: Published) -> None:
    found = {v.row.subject.removeprefix(SKILL): v.chance[0] for v in bench.verdicts(office, "pharos-2")}
    # Five skills can be judged: light is given to one of them, glass to none, paper to two.
    assert found == {"lamp-tending": 1 / 5, "lens-polishing": 0, "log-keeping": 2 / 5}


def test_ways_are_taken_by_their_relation(bench: Bench, office: Published) -> None:
    found = bench.verdicts(office, "pharos-2", ("exact", "close"))
    assert {v.row.subject.removeprefix(SKILL) for v in found} == {"lamp-tending", "lens-polishing"}
    assert bench.verdicts(office, "pharos-2", ("related",)) == []


def test_recall_asks_what_the_crosswalk_gives_that_our_rows_have(bench: Bench, office: Published) -> None:
    implied = {
        (way.subject.removeprefix(SKILL), target.rpartition("/")[2]): bench.held(way.subject, target, 0)
        for way, target in bench.implied(office)
    }
    assert implied == {
        ("lamp-tending", "light"): True,
        ("lens-polishing", "paper"): False,
        ("log-keeping", "paper"): True,
        ("rope-work", "knots"): False,  # a denied row is none
    }


def test_composing_is_measured_without_what_it_is_measured_by(bench: Bench, office: Published) -> None:
    ours = composition.from_ours(bench, "pharos-2")
    (chain,) = [made for made in ours.made if made.kind == composition.CHAIN]
    assert (chain.relation, chain.supported[0], chain.relations) == ("broad", True, frozenset({"broad"}))
    theirs = composition.through_ours(bench, office)
    assert [made.supported[0] for made in theirs.made if made.kind == composition.CHAIN] == [True]
    assert not any(link.set == office.iri for link in without(bench.walk, [office.iri]).links.direct())


def test_a_wider_group_is_compared_at_its_own_width(bench: Bench) -> None:
    light = PHAROS + "skill/light"
    assert bench.same(light, [light], 0) is True
    assert bench.same(light, [PHAROS + "skill/glass"], 0) is False
    assert bench.same(light, [light], 1) is None  # Pharos has no groups


def test_shares_are_counts_where_there_are_few() -> None:
    assert share([True, False, None]) == "1 of 2"
    assert share([None]) == "–"
    assert share([True] * 8 + [False] * 2) == "80% (49–94)"
    assert wilson(0, 20)[0] == 0
    assert wilson(20, 20) == pytest.approx((0.8389, 1), abs=1e-4)


def test_the_page_gets_its_figures_between_its_marks(bench: Bench, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Before.\n{crosswalk_quality.BEGIN}\nold\n{crosswalk_quality.END}\nAfter.\n", encoding="utf-8")
    crosswalk_quality.write(page, "\n".join(tables(bench)))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before.\n")
    assert text.endswith("After.\n")
    assert "old" not in text
    assert "| pharos-2 | beacon--pharos-2 | claim | 3 | 2 of 3 |" in text
    assert crosswalk_quality.BEGIN in (ROOT / "docs/crosswalk-quality.md").read_text(encoding="utf-8")
    with pytest.raises(SystemExit, match="lacks the lines"):
        crosswalk_quality.write(ROOT / "README.md", "")


def test_the_disagreements_are_told_with_what_is_given_instead(bench: Bench) -> None:
    text = "\n".join(crosswalk_quality.disagreements(bench))
    assert "Lens polishing: exact P2 Glass work" in text
    assert "gives P3 Paper work" in text
    assert "Lamp tending" not in text
