"""Finding things by the words in their names: what people type, other names, slips of spelling, and order."""

from __future__ import annotations

from pathlib import Path

import pytest
from content import whole_dataset

from dditkg.dataset import build, content_of
from dditkg.search import Index, index
from dditkg.wording import ranked

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def real() -> Index:
    return index(whole_dataset())


@pytest.fixture(scope="module")
def world() -> Index:
    return index(build(content_of(ROOT / "tests/world", ROOT)))


@pytest.mark.parametrize(
    ("typed", "among_the_first", "expected"),
    [
        ("product management", 1, "capability:product-management"),
        ("user design", 3, "role:interaction-designer"),
        ("user researcher", 1, "role:user-researcher"),
        ("graphic designer", 1, "role:graphic-designer"),
        ("application support analyst", 1, "role:application-support-analyst"),
        ("Cybersecurity", 4, "capability:cyber-security"),
        ("data protecton officer", 1, "role:data-protection-officer"),
    ],
)
def test_what_the_brief_names_is_found(typed: str, among_the_first: int, expected: str, real: Index) -> None:
    assert expected in [real.short(iri) for iri in real.find(typed)][:among_the_first]


def test_another_name_leads_to_the_thing(world: Index) -> None:
    assert [world.short(iri) for iri in world.find("wickie")][:1] == ["role:lamplighter"]
    assert world.short(world.resolve("wickie")) == "role:lamplighter"


def test_what_is_shown_inside_others_or_retired_is_not_found(world: Index) -> None:
    found = world.find("candle dipping") + world.find("probationer") + world.find("lamp tending expert")
    kinds = {world.short(iri).partition(":")[0] for iri in found}
    assert not kinds & {"skill-level", "role-level", "job-title", "leader-question"}
    assert "skill:candle-dipping" not in [world.short(iri) for iri in found]


def test_nothing_like_it_finds_nothing(world: Index) -> None:
    assert world.find("submarine") == []
    assert world.find("") == []
    assert world.find("!!! ???") == []


def test_likeness_is_by_word() -> None:
    names = ["Rowing boat", "Rowing", "Cyber security", "Bell"]
    assert [place for place, _ in ranked("rowing", names)] == [1, 0]
    assert [names[place] for place, _ in ranked("cybersecurity", names)] == ["Cyber security"]
    assert names[ranked("rowign boats", names)[0][0]] == "Rowing boat"
    assert ranked("", names) == []


def test_a_name_of_ours_comes_before_the_same_name_at_its_owners_address(real: Index) -> None:
    same = {iri for iri in real.by_label["data analyst"] if iri in real.whole}
    assert any(iri.startswith("http://data.europa.eu/esco/") for iri in same)
    assert real.short(real.resolve("data analyst")) == "role:data-analyst"
