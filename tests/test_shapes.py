"""The rules in shapes/: each fires on its own breaking example and on nothing else, and none checks nothing."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import SH

from dditkg.checks import check, read_shapes
from dditkg.dataset import Content, Dataset, build, content_of
from dditkg.errors import BadContent
from dditkg.finding import Finding

ROOT = Path(__file__).parents[1]
WORLD = content_of(ROOT / "tests/world", ROOT)
DATASET = build(WORLD)
SHAPES = read_shapes(WORLD, DATASET)
EXAMPLES = sorted((ROOT / "tests/shapes").iterdir())
SHAPE = "https://w3id.org/dditkg/shape/"

# A rule or an example that is added or removed changes these on purpose.
AT_LEAST_RULES = 139
AT_LEAST_EXAMPLES = 163


def with_example(path: Path) -> Content:
    """The lighthouse with one more authored file."""
    return replace(WORLD, turtle=(*WORLD.turtle, path))


# Each rule fires, alone -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_breaks_exactly_its_rule(path: Path) -> None:
    content = with_example(path)
    report = check(content, build(content), SHAPES)
    assert {finding.rule for finding in report.findings} == {path.name.split(".")[0]}, "\n".join(
        map(str, report.findings)
    )
    for finding in report.findings:
        assert is_in_a_file(finding, content), finding


def is_in_a_file(finding: Finding, content: Content) -> bool:
    """True when the finding leads to a line that is there."""
    file = content.root / finding.file
    return file.is_file() and 1 <= finding.line <= len(file.read_text(encoding="utf-8").splitlines())


def test_every_rule_has_an_example_and_every_example_a_rule() -> None:
    names = [re.fullmatch(r"([A-Z]\w*(?:-\w+)+)\.[a-z]+(?:-[a-z]+)*\.ttl", path.name) for path in EXAMPLES]
    assert all(names), [path.name for path, name in zip(EXAMPLES, names, strict=True) if not name]
    assert {name[1] for name in names if name} == SHAPES.rules
    assert len(SHAPES.rules) >= AT_LEAST_RULES
    assert len(EXAMPLES) >= AT_LEAST_EXAMPLES


def test_rules_are_named_and_explained_once() -> None:
    """Two rules of one name would be one heading for two things."""
    names = Counter(
        (str(name), str(shape).removeprefix(SHAPE).split("-")[0])
        for shape, name in SHAPES.graph.subject_objects(SH.name)
    )
    assert [name for name, count in names.items() if count > 1] == []
    for message in SHAPES.graph.objects(None, SH.message):
        assert isinstance(message, rdflib.Literal)
        assert message.language == "en"
        assert re.search(r"[.…]$", str(message)), message


def test_the_lighthouse_breaks_no_rule() -> None:
    assert [str(finding) for finding in check(WORLD, DATASET, SHAPES).findings] == []


# Each rule has something to judge -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real() -> tuple[Content, Dataset]:
    content = content_of(ROOT)
    return content, build(content)


def test_the_content_breaks_no_rule_that_blocks(real: tuple[Content, Dataset]) -> None:
    report = check(*real)
    assert report.passed(), report.closing
    assert report.rules > AT_LEAST_RULES


def bearers(rule: str) -> set[rdflib.URIRef]:
    """The shapes whose targets a rule judges."""
    node = rdflib.URIRef(SHAPE + rule)
    return {shape for shape in (node, *SHAPES.graph.subjects(SH.property, node)) if list(targets(shape))}


def targets(shape: rdflib.term.Node) -> list[tuple[str, rdflib.term.Node]]:
    return [
        (kind, target)
        for kind in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
        for target in SHAPES.graph.objects(shape, SH[kind])
    ]


def focus(dataset: Dataset, kind: str, target: rdflib.term.Node) -> bool:
    """True when the default graph has a node for such a target."""
    a = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    node = ox.NamedNode(str(target))
    pattern = {
        "targetClass": (None, a, node),
        "targetNode": (node, None, None),
        "targetSubjectsOf": (None, node, None),
        "targetObjectsOf": (None, node, None),
    }[kind]
    return any(dataset.store.triples(*pattern))


@pytest.mark.parametrize("rule", sorted(SHAPES.rules))
def test_rule_has_something_to_judge_in_the_content(rule: str, real: tuple[Content, Dataset]) -> None:
    shapes = bearers(rule)
    assert shapes, f"{rule} is applied to nothing"
    for shape in shapes:
        assert any(focus(real[1], kind, target) for kind, target in targets(shape)), shape


# A shapes graph that would check nothing is refused -------------------------------------------------------------------


def refused(tmp_path: Path, file: str, old: str, new: str) -> str:
    """What is said of the shapes when one file has other words."""
    text = (ROOT / "shapes" / file).read_text(encoding="utf-8")
    assert old in text
    changed = tmp_path / file
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    shapes = tuple(changed if path.name == file else path for path in WORLD.shapes)
    with pytest.raises(BadContent) as caught:
        read_shapes(replace(WORLD, shapes=shapes), DATASET)
    return caught.value.message


def test_no_shapes_at_all_is_refused() -> None:
    with pytest.raises(BadContent, match="no rule, so nothing would be checked"):
        read_shapes(replace(WORLD, shapes=()), DATASET)


def test_shapes_that_say_something_else_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.ttl"
    other.write_text("<https://example.org/a> <https://example.org/b> 1 .\n", encoding="utf-8")
    with pytest.raises(BadContent, match="no rule, so nothing would be checked"):
        read_shapes(replace(WORLD, shapes=(other,)), DATASET)


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("role.ttl", "sh:minCount", "sh:mincount", "sh:mincount"),
        ("role.ttl", "sh:targetClass", "sh:targetClas", "sh:targetClas"),
        ("role.ttl", "sh:Violation", "sh:violation", "sh:violation"),
        ("role.ttl", "sh:PropertyShape", "sh:Propertyshape", "sh:Propertyshape"),
        ("role.ttl", "sh:targetClass dd:Role", "sh:targetClass dd:Roll", "ontology/Roll"),
        ("role.ttl", "sh:path dd:requires", "sh:path dd:require", "ontology/require"),
        ("links.ttl", "sh:class dd:SkillAtLevel", "sh:class dd:SkillAtLevels", "ontology/SkillAtLevels"),
        ("links.ttl", "sh:targetSubjectsOf dd:enables", "sh:targetSubjectsOf dd:enable", "ontology/enable"),
        ("role.ttl", '    sh:name "A domain"@en ;\n', "", "Role-domain has no sh:name"),
        ("role.ttl", "    sh:severity sh:Violation ;\n", "", "Role-definition has no sh:severity"),
        ("graph.ttl", "    sh:severity sh:Warning ;\n", "", "Role-used has no sh:severity"),
        (
            "role.ttl",
            '    sh:message "belongs to no domain. Add dd:inDomain."@en ;\n',
            "",
            "Role-domain has no sh:message",
        ),
        ("role.ttl", "    sh:path dd:inDomain ;\n", "", "Role-domain has no sh:path"),
        ("role.ttl", "    sh:targetClass dd:Role ;\n", "", "Role-definition is applied to nothing"),
        ("role.ttl", "    sh:property shape:Role-domain ;\n", "", "Role-domain is applied to nothing"),
        (
            "role.ttl",
            "sh:property shape:Role-domain",
            "sh:property shape:Role-domian",
            "Role-domain is applied to nothing",
        ),
        ("graph.ttl", "sh:sparql shape:Role-used--query", "sh:sparql shape:Role-use--query", "Role-use"),
        ("graph.ttl", "    sh:targetNode dditkg:ontology ;\n", "", "Capability-alike is applied to nothing"),
    ],
)
def test_a_slip_in_the_shapes_is_named(tmp_path: Path, file: str, old: str, new: str, named: str) -> None:
    assert named in refused(tmp_path, file, old, new)


def test_a_query_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    text = (ROOT / "shapes/graph.ttl").read_text(encoding="utf-8")
    broken = tmp_path / "graph.ttl"
    broken.write_text(text.replace("SELECT $this ?value WHERE {", "SELECT $this ?value WERE {", 1), encoding="utf-8")
    content = replace(WORLD, shapes=(broken,))
    with pytest.raises(BadContent, match="could not be applied"):
        check(content, DATASET)
