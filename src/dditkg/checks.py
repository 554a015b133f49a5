"""Rules over the content: SHACL on the merged store, mapping rules on the rows, agreement of prefixes.

Every complaint is a Finding with file, line, rule and a sentence that says what to do.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import rdflib
from pyshacl.graph_abstraction import OxigraphDataGraph
from rdflib.namespace import SH as SHACL

from dditkg import coherence, joint, sssom, style
from dditkg.dataset import Content, Dataset, build
from dditkg.errors import BadContent, BadFile
from dditkg.finding import Finding
from dditkg.places import Places
from dditkg.shapes import SHAPE, Shapes, read_shapes
from dditkg.store import Term
from dditkg.syntax import parse_file
from dditkg.terms import SH, XSD, Prefixes

# pySHACL asks three times for each of its results whether the graph is there, and Python answers that by its length:
# every triple is counted. With this a check takes as long as the graph is large, however much there is to find.
OxigraphDataGraph.__bool__ = lambda _: True  # type: ignore[attr-defined]

#: The rules on files, beside those in shapes/, sssom.RULES, joint.RULES and coherence.RULES.
FILE_RULES = ("Prefix-agreement", "File-empty")

_PREFIX_LINE = re.compile(r"^PREFIX\s+([\w-]*):\s*<([^>]*)>", re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """All findings of one check, sorted by file, line and rule."""

    findings: tuple[Finding, ...]
    rules: int
    files: int
    whole: bool = True  # False when rows that cannot be loaded kept the rest from being judged

    def count(self, severity: str) -> int:
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def closing(self) -> str:
        """`Checked 30 files against 90 rules: 1 violation, 2 warnings.`"""
        said = (_plural(self.count(severity), severity) for severity in ("violation", "warning"))
        rest = "" if self.whole else " The rest can be judged when the rows named here are mended."
        return f"Checked {self.files} files against {self.rules} rules: {', '.join(said)}.{rest}"

    def passed(self, strict: bool = False) -> bool:
        return not self.count("violation") and not (strict and self.count("warning"))

    def as_json(self) -> str:
        findings = [asdict(finding) for finding in self.findings]
        return json.dumps({"closing": self.closing, "findings": findings}, ensure_ascii=False, indent=1)


def judge(content: Content) -> Report:
    """Load a project and judge it. Rows that cannot be loaded are findings, and then only mapping files are judged.

    Raises BadFile for a file that cannot be read, named as it lies under the root, and BadContent.
    """
    try:
        try:
            dataset = build(content)
        except BadFile:
            report = _rows_alone(content)
            if report.passed():
                raise
            return report
        return check(content, dataset)
    except BadFile as error:
        raise BadFile(error.message.replace(f"{content.root}{os.sep}", ""), **error.details) from error


def check(content: Content, dataset: Dataset, shapes: Shapes | None = None) -> Report:
    """Judge a loaded project. Raises BadContent for a shapes graph that is empty or mistyped."""
    shapes = shapes or read_shapes(content, dataset)
    mappings = [sssom.read(path) for path in content.mappings]
    held = joint.prepare(dataset)
    found = {
        *_shacl(content, dataset, shapes),
        *(finding for ms in mappings for finding in sssom.findings(ms, dataset.prefixes)),
        *(finding for ms in mappings for finding in joint.findings(ms, held)),
        *coherence.findings(mappings, held),
        *style.findings(content, dataset),
        *_prefix_findings(content, dataset.prefixes),
        *_empty_files(content),
    }
    return Report(
        _in_order(found, content.root),
        rules=len(shapes.rules)
        + len(sssom.RULES)
        + len(joint.RULES)
        + len(coherence.RULES)
        + len(style.RULES)
        + 1
        + len(FILE_RULES),
        files=len(content.authored) + len(content.shapes) + len(content.questions) + len(content.derive),
    )


def _rows_alone(content: Content) -> Report:
    """What is wrong with the mapping files by themselves, when a dataset cannot be made with them."""
    prefixes = build(replace(content, mappings=())).prefixes
    found = {finding for path in content.mappings for finding in sssom.findings(sssom.read(path), prefixes)}
    files = len(content.mappings)
    return Report(_in_order(found, content.root), rules=len(sssom.RULES), files=files, whole=False)


def _in_order(found: Iterable[Finding], root: Path) -> tuple[Finding, ...]:
    relative = (_relative(finding, root) for finding in found)
    return tuple(sorted(relative, key=lambda f: (f.file, f.line, f.rule, f.message)))


def _shacl(content: Content, dataset: Dataset, shapes: Shapes) -> Iterator[Finding]:
    merged = ox.Store()  # pySHACL reads every graph that it is given
    merged.extend(ox.Quad(t.subject, t.predicate, t.object) for t in dataset.local.triples())
    try:
        _, report, text = pyshacl.validate(
            merged,  # type: ignore[arg-type]  # taken since 0.40, not yet in its annotations
            shacl_graph=shapes.graph,
            inference="none",
            allow_warnings=True,
        )
    except Exception as error:  # an engine's complaint about a query inside a shape comes as it likes
        raise BadContent(f"The shapes could not be applied: {error}") from error
    if not isinstance(report, rdflib.Graph):
        raise BadContent(f"The shapes could not be applied: {text}")
    places = Places(content, dataset)
    for result in report.subjects(rdflib.RDF.type, SHACL.ValidationResult):
        yield _finding(report, result, places)


def _finding(report: rdflib.Graph, result: rdflib.term.Node, places: Places) -> Finding:
    value, path = report.value(result, SHACL.value), report.value(result, SHACL.resultPath)
    # A rule over the whole graph has the ontology as its focus; what offends is the value.
    whole_graph = report.value(result, SHACL.sourceConstraint) is not None
    node = str(value if whole_graph and value is not None else report.value(result, SHACL.focusNode))
    culprit = None if whole_graph else value
    file, line = places.of(node, str(path) if isinstance(path, rdflib.URIRef) else None, _term(culprit))
    message = places.with_labels(str(report.value(result, SHACL.resultMessage)))
    if isinstance(culprit, rdflib.URIRef):
        message += f" It leads to {places.label(culprit)}."
    return Finding(
        file=file,
        line=line,
        rule=str(report.value(result, SHACL.sourceShape)).removeprefix(SHAPE),
        severity=str(report.value(result, SHACL.resultSeverity)).removeprefix(SH).lower(),
        message=f"{places.label(node)} {message}",
    )


def _term(node: rdflib.term.Node | None) -> Term | None:
    """A term of the report as the engine spells it."""
    if isinstance(node, rdflib.Literal):
        if node.language:
            return ox.Literal(node, language=node.language)
        return ox.Literal(node, datatype=ox.NamedNode(node.datatype or XSD + "string"))
    return ox.NamedNode(node) if isinstance(node, rdflib.URIRef) else None


def _prefix_findings(content: Content, table: Prefixes) -> Iterator[Finding]:
    """Each file of the project declares a prefix as the one table does."""
    rules = (*content.shapes, *content.derive, *content.questions)
    for path in (*content.turtle, *(path for path in rules if path.is_relative_to(content.root))):
        text = path.read_text(encoding="utf-8")
        declared = parse_file(path).prefixes if path.suffix == ".ttl" else dict(_PREFIX_LINE.findall(text))
        for prefix, namespace in declared.items():
            expected = table.table.get(prefix)
            if expected == namespace:
                continue
            line = next((i for i, row in enumerate(text.splitlines(), 1) if f"<{namespace}>" in row), 1)
            says = f"stands for <{expected}> everywhere else" if expected else "is not in the table of prefixes"
            message = (
                f"The prefix “{prefix}:” for <{namespace}> {says}. Use the table's, or declare it with sh:declare."
            )
            yield Finding(str(path), line, "Prefix-agreement", "violation", message)


def _empty_files(content: Content) -> Iterator[Finding]:
    for path in content.turtle:
        if not parse_file(path).quads:
            yield Finding(str(path), 1, "File-empty", "violation", "The file says nothing. Fill it or remove it.")


def _relative(finding: Finding, root: Path) -> Finding:
    path = Path(finding.file)
    return replace(finding, file=path.relative_to(root).as_posix()) if path.is_relative_to(root) else finding


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
