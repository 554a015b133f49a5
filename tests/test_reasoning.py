"""The ontology and the data contradict nothing under OWL, and what would is found and named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dditkg import reasoning
from dditkg.dataset import Content, content_of
from dditkg.errors import BadContent, Unavailable
from dditkg.terms import DD

ROOT = Path(__file__).parents[1]
WORLD = content_of(ROOT / "tests/world", ROOT)


def with_file(tmp_path: Path, turtle: str) -> Content:
    path = tmp_path / "more.ttl"
    path.write_text(turtle, encoding="utf-8")
    return replace(WORLD, turtle=(*WORLD.turtle, path))


@pytest.mark.reason
def test_the_lighthouse_is_consistent() -> None:
    assert reasoning.reason(WORLD) > 2000


@pytest.mark.reason
def test_the_content_is_consistent() -> None:
    assert reasoning.reason(content_of(ROOT)) > 40_000


@pytest.mark.reason
def test_a_contradiction_is_traced_to_its_file(tmp_path: Path) -> None:
    content = with_file(tmp_path, f"<https://w3id.org/dditkg/role/boat-hand> a <{DD}FrameworkRole> .")
    with pytest.raises(BadContent, match=r"contradict the ontology\. Without .*\bmore\.ttl") as caught:
        reasoning.reason(content)
    assert "sources.ttl" not in caught.value.message


@pytest.mark.reason
def test_a_class_that_nothing_can_belong_to_is_named(tmp_path: Path) -> None:
    subclass = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
    content = with_file(tmp_path, f"<{DD}Ghost> {subclass} <{DD}Role> , <{DD}FrameworkRole> .")
    with pytest.raises(BadContent, match=r"Nothing can ever belong to .*Ghost"):
        reasoning.reason(content)


def test_without_java_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasoning.shutil, "which", lambda name: None)
    with pytest.raises(Unavailable, match="Consistency not checked"):
        reasoning.reason(WORLD)
