"""The canonical Turtle of this project: one triple a line, one fixed order, so that review and blame work.

Blank nodes are allowed only as RDF lists, comments not at all: a note is skos:editorialNote.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox

from dditkg.errors import BadFile
from dditkg.syntax import parse_file
from dditkg.terms import DCTERMS, DD, OWL, RDF, RDFS, SH, SKOS, XSD

_TYPE = ox.NamedNode(RDF + "type")
_FIRST, _REST, _NIL = (ox.NamedNode(RDF + name) for name in ("first", "rest", "nil"))

#: Subjects of these types head a file.
_HEADS = {OWL + "Ontology", SKOS + "ConceptScheme", DD + "Framework"}

#: Type, labels, definition, notes, notation, structure; domain links fall between; provenance, deprecation last.
_FIRST_PREDICATES = (
    RDF + "type",
    SKOS + "prefLabel",
    RDFS + "label",
    SKOS + "altLabel",
    SKOS + "hiddenLabel",
    SH + "name",
    SKOS + "definition",
    SKOS + "scopeNote",
    SKOS + "editorialNote",
    SKOS + "historyNote",
    SKOS + "notation",
    RDFS + "subClassOf",
    RDFS + "subPropertyOf",
    RDFS + "domain",
    RDFS + "range",
    SKOS + "inScheme",
    SKOS + "topConceptOf",
    SKOS + "broader",
    SKOS + "related",
)
_LAST_PREDICATES = (
    DCTERMS + "source",
    DCTERMS + "created",
    DCTERMS + "modified",
    OWL + "deprecated",
    DD + "deprecationReason",
    DCTERMS + "isReplacedBy",
)
_RANK = {iri: i for i, iri in enumerate(_FIRST_PREDICATES)}
_RANK.update({iri: 10_000 + i for i, iri in enumerate(_LAST_PREDICATES)})
_BETWEEN = 1_000

# A safe subset of Turtle's PN_LOCAL: anything else is written as a whole IRI.
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_-])?")
_INTEGER = re.compile(r"[+-]?[0-9]+")
# Strings, IRIs and escapes in names are skipped whole, so that a “#” inside them is not taken for a comment.
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\"{}|^`\\\s]*>"
    r"|\\."
    r"|#[^\n]*",
    re.DOTALL,
)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def formatted(path: Path) -> str:
    """The canonical text of a Turtle file. Raises BadFile for what the form cannot hold."""
    parsed = parse_file(path)
    text = path.read_bytes().decode()
    for token in _TOKEN.finditer(text):
        if token.group().startswith("#"):
            line = text.count("\n", 0, token.start()) + 1
            raise BadFile(f"{path}:{line}  A comment would be lost. Write it as skos:editorialNote or remove it.")
    try:
        return write((quad.triple for quad in parsed.quads), parsed.prefixes)
    except BadFile as error:
        raise BadFile(f"{path}: {error.message}") from error


def write(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> str:
    """Canonical Turtle. The same set of triples gives the same text, whatever order it comes in.

    Only prefixes that are used are declared. Raises BadFile for a blank node that is not part of an RDF list.
    """
    return _Writer(set(triples), prefixes).text()


class _Writer:
    def __init__(self, triples: set[ox.Triple], prefixes: Mapping[str, str]) -> None:
        self.lists, self.triples = _take_lists(triples)
        self.namespaces = sorted(((ns, p) for p, ns in prefixes.items()), key=lambda pair: (-len(pair[0]), pair[1]))
        self.used: dict[str, str] = {}

    def text(self) -> str:
        subjects: dict[str, list[ox.Triple]] = defaultdict(list)
        heads = set()
        for triple in self.triples:
            if not isinstance(triple.subject, ox.NamedNode):
                raise BadFile("A blank node stands where an IRI is needed. Give it an IRI.")
            subjects[triple.subject.value].append(triple)
            if (
                triple.predicate == _TYPE
                and isinstance(triple.object, ox.NamedNode)
                and (triple.object.value in _HEADS)
            ):
                heads.add(triple.subject.value)
        order = sorted(subjects, key=lambda iri: (iri not in heads, iri))
        blocks = [self._block(iri, subjects[iri]) for iri in order]
        header = "".join(f"@prefix {p}: <{ns}> .\n" for p, ns in sorted(self.used.items()))
        return "\n".join(part for part in (header, *blocks) if part)

    def _block(self, subject: str, triples: list[ox.Triple]) -> str:
        lines = sorted(
            (_RANK.get(t.predicate.value, _BETWEEN), t.predicate.value, self._term(t.object), t.predicate)
            for t in triples
        )
        body = "".join(f"    {self._predicate(predicate)} {obj} ;\n" for _, _, obj, predicate in lines)
        return f"{self._iri(subject)}\n{body}.\n"

    def _predicate(self, predicate: ox.NamedNode) -> str:
        return "a" if predicate == _TYPE else self._iri(predicate.value)

    def _term(self, term: object) -> str:
        if isinstance(term, ox.NamedNode):
            return "()" if term == _NIL else self._iri(term.value)
        if isinstance(term, ox.BlankNode):
            members = self.lists.get(term)
            if members is None:
                raise BadFile("A blank node is not part of a list. Give it an IRI.")
            return "( " + " ".join(self._term(member) for member in members) + " )"
        if isinstance(term, ox.Literal):
            return self._literal(term)
        raise BadFile("A quoted triple cannot be written.")

    def _literal(self, literal: ox.Literal) -> str:
        if literal.language:
            return f"{_quoted(literal.value)}@{literal.language}"
        datatype = literal.datatype.value
        if datatype == XSD + "string":
            return _quoted(literal.value)
        if datatype == XSD + "integer" and _INTEGER.fullmatch(literal.value):
            return literal.value
        if datatype == XSD + "boolean" and literal.value in ("true", "false"):
            return literal.value
        return f"{_quoted(literal.value)}^^{self._iri(datatype)}"

    def _iri(self, iri: str) -> str:
        for namespace, prefix in self.namespaces:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :]):
                self.used[prefix] = namespace
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{iri}>"


def _quoted(value: str) -> str:
    if "\n" not in value or "\r" in value:
        return '"' + "".join(_escaped(c) for c in value) + '"'
    body = "".join(c if c in '\n\t"' else _escaped(c) for c in value)
    # In a long string only a quote that could end it needs an escape.
    return '"""' + re.sub(r'"(?="|$)', r'\\"', body) + '"""'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    return f"\\u{ord(char):04X}" if ord(char) < 0x20 or ord(char) == 0x7F else char


def _take_lists(triples: set[ox.Triple]) -> tuple[dict[ox.BlankNode, list[object]], list[ox.Triple]]:
    """Well-formed RDF lists that are the object of exactly one triple, and every other triple."""
    first: dict[ox.BlankNode, list[object]] = defaultdict(list)
    rest: dict[ox.BlankNode, list[object]] = defaultdict(list)
    others: list[ox.Triple] = []
    uses: dict[ox.BlankNode, int] = defaultdict(int)
    for t in triples:
        if isinstance(t.object, ox.BlankNode):
            uses[t.object] += 1
        if isinstance(t.subject, ox.BlankNode) and t.predicate == _FIRST:
            first[t.subject].append(t.object)
        elif isinstance(t.subject, ox.BlankNode) and t.predicate == _REST:
            rest[t.subject].append(t.object)
        else:
            others.append(t)
    lists: dict[ox.BlankNode, list[object]] = {}
    inner = {node for nodes in rest.values() for node in nodes}
    consumed = 0
    for head in first:
        if head in inner:
            continue
        members: list[object] = []
        node: object = head
        while node != _NIL:
            if (
                not isinstance(node, ox.BlankNode)
                or len(first.get(node, ())) != 1
                or len(rest.get(node, ())) != 1
                or uses[node] != 1
            ):
                raise BadFile("A list is malformed or used twice.")
            members.append(first[node][0])
            node = rest[node][0]
            consumed += 1
        lists[head] = members
    if consumed != len(first) or set(rest) - set(first):
        raise BadFile("A list is malformed or used twice.")
    return lists, others
