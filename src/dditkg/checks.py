"""Rules over the content: SHACL on the merged store, mapping rules on the rows, agreement of prefixes.

Every complaint is a Finding with file, line, rule and a sentence that says what to do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import SH as SHN

from dditkg import sssom
from dditkg.dataset import Content, Dataset, graph_of
from dditkg.errors import BadContent
from dditkg.finding import Finding
from dditkg.store import LocalStore, parse_file
from dditkg.terms import BASE, GRAPH_BASE, OWL, RDF, RDFS, SH, SKOS, Prefixes

SHAPE = BASE + "shape/"
SEVERITIES = ("violation", "warning", "info")

# What SHACL lets a shapes graph say and our shapes use; a typo such as sh:mincount would silently check nothing.
_SHACL_TERMS = frozenset(
    "NodeShape PropertyShape SPARQLConstraint PrefixDeclaration Violation Warning Info IRI Literal "
    "property path alternativePath inversePath targetClass targetNode targetSubjectsOf targetObjectsOf "
    "name description message severity minCount maxCount class datatype nodeKind languageIn uniqueLang "
    "in or and not node hasValue pattern flags minLength maxLength minInclusive maxInclusive sparql select "
    "prefixes declare prefix namespace".split()
)
_IRI = re.compile(r"<?(https?://[^\s<>]+[^\s<>.,;:])>?")
_DECLARED_IN_QUERY = re.compile(r"^PREFIX\s+([\w-]*):\s*<([^>]*)>", re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """All findings of one check, sorted by file, line and rule."""

    findings: tuple[Finding, ...]
    rules: int
    files: int

    def count(self, severity: str) -> int:
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def closing(self) -> str:
        """`Checked 30 files against 90 rules: 1 violation, 2 warnings.`"""
        violations, warnings = self.count("violation"), self.count("warning")
        return (
            f"Checked {self.files} files against {self.rules} rules: "
            f"{violations} violation{'' if violations == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'}."
        )

    def passed(self, strict: bool = False) -> bool:
        return not self.count("violation") and not (strict and self.count("warning"))

    def as_json(self) -> str:
        return json.dumps(
            {"closing": self.closing, "findings": [asdict(f) for f in self.findings]}, ensure_ascii=False, indent=2
        )


@dataclass(frozen=True)
class Shapes:
    """The shapes graph, proved to mean what it says."""

    graph: rdflib.Graph
    rules: frozenset[str]


def check(content: Content, dataset: Dataset, shapes: Shapes | None = None) -> Report:
    """Judge a loaded project. Raises BadContent for a shapes graph that is empty or mistyped."""
    shapes = shapes or read_shapes(content, dataset)
    findings = [*_shacl(content, dataset, shapes)]
    mapping_rules = set()
    for path in content.mappings:
        for finding in sssom.findings(sssom.read(path), dataset.prefixes):
            findings.append(finding)
            mapping_rules.add(finding.rule)
    findings += _prefix_findings(content, dataset.prefixes)
    findings += _empty_files(content)
    relative = (_relative(finding, content.root) for finding in findings)
    return Report(
        tuple(sorted(set(relative), key=lambda f: (f.file, f.line, f.rule, f.message))),
        rules=len(shapes.rules) + len(sssom.RULES) + len(PREFIX_RULES),
        files=len(content.authored) + len(content.shapes) + len(content.questions) + len(content.derive),
    )


def read_shapes(content: Content, dataset: Dataset) -> Shapes:
    """The shapes of a project, or an error that names the file or rule that would silently check nothing."""
    graph = rdflib.Graph()
    for path in content.shapes:
        graph.parse(data=_ntriples(parse_file(path).quads), format="nt")
    rules = {str(s) for s in graph.subjects(SHN.message) if str(s).startswith(SHAPE)}
    rules = {rule.removesuffix("--query").removeprefix(SHAPE) for rule in rules}
    if not rules:
        raise BadContent("The shapes graph has no rule, so nothing would be checked. Look at the folder shapes.")
    for problem in _shape_problems(graph, dataset.store, rules):
        raise BadContent(problem)
    table = rdflib.URIRef(BASE + "ontology")
    for name, namespace in dataset.prefixes.table.items():
        declaration = rdflib.URIRef(f"{BASE}prefix/{name}")
        graph.add((table, SHN.declare, declaration))
        graph.add((declaration, SHN.prefix, rdflib.Literal(name)))
        graph.add((declaration, SHN.namespace, rdflib.Literal(namespace, datatype=rdflib.XSD.anyURI)))
    return Shapes(graph, frozenset(rules))


def _shape_problems(graph: rdflib.Graph, store: LocalStore, rules: set[str]) -> Iterable[str]:
    for term in sorted({str(t) for triple in graph for t in triple if str(t).startswith(SH)}):
        if term.removeprefix(SH) not in _SHACL_TERMS:
            yield f"The shapes use sh:{term.removeprefix(SH)}, which SHACL or this project does not know. Mend the typo."
    declared = {
        quad.subject.value
        for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
        for quad in store.incoming(ox.NamedNode(OWL + kind), ox.NamedNode(RDF + "type"))
        if isinstance(quad.subject, ox.NamedNode)
    }
    for predicate in (SHN.targetClass, SHN["class"], SHN.path, SHN.targetSubjectsOf, SHN.targetObjectsOf):
        for shape, term in graph.subject_objects(predicate):
            if isinstance(term, rdflib.URIRef) and not str(term).startswith(SHAPE) and str(term) not in declared:
                yield f"{str(shape).removeprefix(SHAPE)} speaks of {term}, which the ontology does not declare."
    for rule in sorted(rules):
        node = rdflib.URIRef(SHAPE + rule)
        for needed in (SHN.name, SHN.severity):
            if (node, needed, None) not in graph:
                yield f"The rule {rule} has no sh:{str(needed).removeprefix(SH)}."


def _shacl(content: Content, dataset: Dataset, shapes: Shapes) -> list[Finding]:
    plain = ox.Store()
    plain.extend(dataset.store.engine.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    try:
        _, report, text = pyshacl.validate(plain, shacl_graph=shapes.graph, inference="none", allow_warnings=True)
    except Exception as error:  # the engine's complaint about a query inside a shape comes as it likes
        raise BadContent(f"The shapes could not be applied: {error}") from error
    if not isinstance(report, rdflib.Graph):
        raise BadContent(f"The shapes could not be applied: {text}")
    place = Places(content, dataset)
    findings = []
    for result in report.subjects(rdflib.RDF.type, SHN.ValidationResult):
        source = report.value(result, SHN.sourceShape)
        rule = str(source).removeprefix(SHAPE)
        value = report.value(result, SHN.value)
        whole_graph = report.value(result, SHN.sourceConstraint) is not None
        node = str(value if whole_graph and value is not None else report.value(result, SHN.focusNode))
        path = report.value(result, SHN.resultPath)
        severity = str(report.value(result, SHN.resultSeverity)).removeprefix(SH).lower()
        message = place.with_labels(str(report.value(result, SHN.resultMessage)))
        file, line = place.of(node, str(path) if path is not None else None)
        findings.append(Finding(file, line, rule, severity, f"{place.label(node)} {message}"))
    return findings


class Places:
    """Where in the authored files a thing stands."""

    def __init__(self, content: Content, dataset: Dataset) -> None:
        self.dataset = dataset
        self.files = {graph_of(path, content.root).value: path for path in content.authored}
        self._texts: dict[Path, tuple[list[str], dict[str, str]]] = {}

    def of(self, iri: str, predicate: str | None = None) -> tuple[str, int]:
        """File and line of a subject, at the predicate where it is written; the file alone is line 1."""
        node = ox.NamedNode(iri)
        engine = self.dataset.store.engine
        graphs = [q.graph_name.value for q in engine.quads_for_pattern(node, None, None) if _named(q.graph_name)]
        exact = []
        if predicate and not predicate.startswith(SHAPE):
            exact = [
                q.graph_name.value
                for q in engine.quads_for_pattern(node, ox.NamedNode(predicate), None)
                if _named(q.graph_name)
            ]
        for graph in sorted(exact) + sorted(graphs):
            if graph in self.files:
                return str(self.files[graph]), self._line(self.files[graph], iri, predicate)
        for quad in engine.quads_for_pattern(node, None, None, ox.DefaultGraph()):
            if isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(BASE) and quad.object != node:
                for inner in engine.quads_for_pattern(quad.object, None, None):
                    if _named(inner.graph_name) and inner.graph_name.value in self.files:
                        path = self.files[inner.graph_name.value]
                        return str(path), self._line(path, quad.object.value, None)
        return (graphs[0].removeprefix(GRAPH_BASE) if graphs else "(nowhere)"), 1

    def label(self, iri: str) -> str:
        """The name of a thing, or its short form."""
        for predicate in (SKOS + "prefLabel", RDFS + "label"):
            for term in self.dataset.store.objects(ox.NamedNode(iri), predicate):
                if isinstance(term, ox.Literal) and term.value.strip():
                    return str(term.value)
        return self.dataset.prefixes.compress(iri) or iri

    def with_labels(self, message: str) -> str:
        """A message with the names of things instead of their addresses."""
        return _IRI.sub(lambda match: self.label(match[1]), message)

    def _line(self, path: Path, iri: str, predicate: str | None) -> int:
        if path not in self._texts:
            prefixes = {} if path.suffix == ".tsv" else parse_file(path).prefixes
            self._texts[path] = (path.read_text(encoding="utf-8").splitlines(), prefixes)
        lines, prefixes = self._texts[path]
        spelled = _spellings(iri, prefixes)
        start = next((i for i, line in enumerate(lines) if line.split(" ")[0] in spelled), None)
        if start is None:
            start = next((i for i, line in enumerate(lines) if spelled & set(re.split(r"[\s;,]+", line))), None)
        if start is None:
            return 1
        if predicate:
            wanted = _spellings(predicate, prefixes) | ({"a"} if predicate == RDF + "type" else set())
            for i in range(start, len(lines)):
                if i > start and lines[i].strip() == ".":
                    break
                if wanted & set(lines[i].split()):
                    return i + 1
        return start + 1


def _spellings(iri: str, prefixes: dict[str, str]) -> set[str]:
    short = {f"{p}:{iri[len(ns):]}" for p, ns in prefixes.items() if iri.startswith(ns)}
    return short | {f"<{iri}>"}


def _named(graph: object) -> bool:
    return isinstance(graph, ox.NamedNode)


PREFIX_RULES = ("Prefix-agreement", "File-empty")


def _prefix_findings(content: Content, table: Prefixes) -> list[Finding]:
    """Each file declares a prefix as the one table does."""
    findings = []
    for path in (*content.turtle, *content.shapes, *content.derive, *content.questions):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ttl":
            declared = parse_file(path).prefixes
        else:
            declared = dict(_DECLARED_IN_QUERY.findall(text))
        for prefix, namespace in declared.items():
            if table.table.get(prefix) == namespace:
                continue
            line = next((i for i, row in enumerate(text.splitlines(), 1) if f"<{namespace}>" in row), 1)
            expected = table.table.get(prefix)
            says = f"stands for <{expected}> everywhere else" if expected else "is not in the table of prefixes"
            findings.append(
                Finding(
                    str(path),
                    line,
                    "Prefix-agreement",
                    "violation",
                    f"The prefix “{prefix}:” for <{namespace}> {says}. Use the table's, or declare it with sh:declare.",
                )
            )
    return findings


def _empty_files(content: Content) -> list[Finding]:
    return [
        Finding(str(path), 1, "File-empty", "violation", "The file says nothing. Fill it or remove it.")
        for path in content.turtle
        if not parse_file(path).quads
    ]


def _relative(finding: Finding, root: Path) -> Finding:
    path = Path(finding.file)
    if path.is_absolute() and path.is_relative_to(root):
        return Finding(
            path.relative_to(root).as_posix(), finding.line, finding.rule, finding.severity, finding.message
        )
    return finding


def _ntriples(quads: Sequence[ox.Quad]) -> str:
    return "".join(f"{quad.triple} .\n" for quad in quads)
