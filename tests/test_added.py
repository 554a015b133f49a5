"""Files of one's own beside the dataset: what they declare, what they add to, and who is asked for them."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest

import dditkg
from dditkg import console
from dditkg.dataset import Dataset, build, content_of, files_in, open_dataset
from dditkg.errors import NotFound, WrongUse
from dditkg.terms import BASE, DD, GRAPH_BASE, SKOS

ROOT = Path(__file__).parents[1]
WORLD = content_of(ROOT / "tests/world", ROOT)
BEACON = BASE + "framework/beacon"
TEXT = f"""@prefix dd: <{DD}> .
@prefix skos: <{SKOS}> .
<{BEACON}> a dd:Framework ; skos:prefLabel "Beacon, as we bought it"@en .
<{BASE}skill/wicks> a dd:Skill ; skos:prefLabel "Wick trimming"@en ; skos:definition "Trims wicks."@en .
dd:Skill a dd:Role .
"""


def rows(dataset: Dataset, pattern: str) -> list[str]:
    return sorted(str(row[0].value) for row in dataset.store.select(f"SELECT ?x {{ {pattern} }}").rows)  # type: ignore[union-attr]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "my own.ttl"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def dataset(mine: Path) -> Dataset:
    return build(WORLD, [mine])


def test_what_it_declares_it_describes_alone(dataset: Dataset) -> None:
    plain = build(WORLD)
    label = f"<{BEACON}> <{SKOS}prefLabel> ?x"
    assert rows(plain, label) != []
    assert rows(dataset, label) == ["Beacon, as we bought it"]
    assert rows(plain, f"<{BEACON}> <{SKOS}notation> ?x") != []
    assert rows(dataset, f"<{BEACON}> <{SKOS}notation> ?x") == []
    parts = f"?x <{SKOS}inScheme> <{BEACON}>"
    assert rows(dataset, parts) == rows(plain, parts) != [], "what only ours describes stays"


def test_the_ontology_cannot_be_replaced(dataset: Dataset) -> None:
    label = f"<{DD}Skill> <http://www.w3.org/2000/01/rdf-schema#label> ?x"
    assert rows(dataset, label) == rows(build(WORLD), label) != []


def test_rules_run_over_it_and_its_graph_says_where_it_comes_from(dataset: Dataset, mine: Path) -> None:
    pairs = rows(dataset, f"?x <{DD}skill> <{BASE}skill/wicks>")
    assert f"{BASE}skill-level/wicks--expert" in pairs
    (graph,) = rows(dataset, f'GRAPH ?x {{ ?s <{SKOS}prefLabel> "Wick trimming"@en }}')
    assert graph == f"{GRAPH_BASE}{mine.parent.name}/my%20own.ttl"


def test_the_version_tells_that_something_was_added(dataset: Dataset) -> None:
    assert dataset.version != build(WORLD).version


def test_what_it_says_of_other_things_is_added(tmp_path: Path) -> None:
    skill = rows(build(WORLD), f"?x a <{DD}Skill>")[0]
    remark = tmp_path / "remark.nt"
    remark.write_text(f'<{skill}> <{SKOS}editorialNote> "Ours differs."@en .\n', encoding="utf-8")
    found = build(WORLD, [remark])
    assert rows(found, f"<{skill}> <{SKOS}editorialNote> ?x") == ["Ours differs."]
    assert rows(found, f"<{skill}> <{SKOS}prefLabel> ?x") == rows(build(WORLD), f"<{skill}> <{SKOS}prefLabel> ?x") != []


def test_a_folder_stands_for_what_can_be_loaded_in_it(mine: Path) -> None:
    for name in ("a--b.sssom.tsv", "notes.txt", "out.ttl.part"):
        (mine.parent / name).write_text("", encoding="utf-8")
    assert [path.name for path in files_in([mine.parent, mine])] == ["a--b.sssom.tsv", "my own.ttl"]
    (mine.parent / "empty").mkdir()
    for path in (mine.parent / "empty", mine.parent / "none.ttl"):
        with pytest.raises(NotFound, match=path.name):
            files_in([path])


def test_the_environment_names_files_where_the_command_does_not(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = mine.with_name("other.ttl")
    other.write_text("", encoding="utf-8")
    monkeypatch.setenv("DDITKG_ADD", os.pathsep.join(map(str, (mine, other))))
    assert console.added(argparse.Namespace(add=[])) == [mine, other]
    assert console.added(argparse.Namespace(add=[other])) == [other]
    assert console.added(argparse.Namespace(add=[], endpoint="http://localhost/")) == []
    with pytest.raises(WrongUse, match="not with --endpoint"):
        console.added(argparse.Namespace(add=[other], data=[other]))
    monkeypatch.setenv("DDITKG_ADD", "gone.ttl")
    with pytest.raises(NotFound, match=r"DDITKG_ADD: gone\.ttl is not there"):
        console.added(argparse.Namespace(add=[]))


def test_python_can_add_too(mine: Path) -> None:
    with pytest.raises(NotFound, match="none"):
        dditkg.open_dataset(add=[mine.parent / "none"])
    found = open_dataset(ROOT, [mine])
    assert "Wick trimming" in rows(found, f"?s <{SKOS}prefLabel> ?x")
