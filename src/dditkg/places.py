"""Where in the authored files a thing stands, and what it is called: what a finding points at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from dditkg import sssom
from dditkg.dataset import Content, Dataset, graph_of
from dditkg.store import Term
from dditkg.syntax import parse_file
from dditkg.terms import DD, RDF, RDFS, SKOS

_IRI = re.compile(r"<?(https?://[^\s<>]+[^\s<>.,;:])>?")


Node = ox.NamedNode | ox.BlankNode


class Places:
    """Addresses in files, by the graphs of the files."""

    def __init__(self, content: Content, dataset: Dataset) -> None:
        self._dataset = dataset
        self._files = {graph_of(path, content.root).value: path for path in content.authored}
        self._texts: dict[Path, _Text] = {}

    def of(self, iri: str, predicate: str | None = None, value: Term | None = None) -> tuple[str, int]:
        """File and line of a subject, at the predicate and value where it has them.

        A derived pair of skill and level is found at the skill; a thing that nothing describes, at its use.
        """
        node = _node(iri)
        if predicate:
            for term in (value, None):
                for path in self._files_with(node, ox.NamedNode(predicate), term):
                    return str(path), self._line(path, iri, predicate, value)
        for path in self._files_with(node, None, None):
            return str(path), self._line(path, iri, predicate)
        for origin in self._dataset.store.objects(node, DD + "skill"):
            if isinstance(origin, ox.NamedNode):
                for path in self._files_with(origin, None, None):
                    return str(path), self._line(path, origin.value)
        as_predicate = self._files_with(None, node, None) if isinstance(node, ox.NamedNode) else []
        for path in (*as_predicate, *self._files_with(None, None, node)):
            return str(path), self._line(path, iri)
        return "(nowhere)", 1

    def label(self, iri: str) -> str:
        """The name of a thing, or its short form."""
        for predicate in (SKOS + "prefLabel", RDFS + "label"):
            for term in self._dataset.store.objects(_node(iri), predicate):
                if isinstance(term, ox.Literal) and term.value.strip():
                    return term.value
        return self._dataset.prefixes.compress(iri) or iri

    def with_labels(self, message: str) -> str:
        """A message with the names of things instead of their addresses."""
        return _IRI.sub(lambda match: self.label(match[1]), message)

    def _files_with(self, subject: Node | None, predicate: ox.NamedNode | None, value: Term | None) -> list[Path]:
        quads = self._dataset.local.engine.quads_for_pattern(subject, predicate, value)
        graphs = sorted({q.graph_name.value for q in quads if isinstance(q.graph_name, ox.NamedNode)})
        return [self._files[graph] for graph in graphs if graph in self._files]

    def _line(self, path: Path, iri: str, predicate: str | None = None, value: Term | None = None) -> int:
        if path not in self._texts:
            self._texts[path] = _Text(path)
        text = self._texts[path]
        spelled = _spellings(iri, text.prefixes)
        start = text.start(spelled)
        if predicate is None:
            return start + 1
        wanted = _spellings(predicate, text.prefixes) | ({"a"} if predicate == RDF + "type" else set())
        found = [i for i in text.rest(start, spelled) if wanted & set(text.lines[i].split())]
        words = str(getattr(value, "value", ""))
        values = _spellings(words, text.prefixes) | {f'"{words}"'}
        exact = [i for i in found if any(f" {word}" in text.lines[i] for word in values)]
        return (exact or found or [start])[0] + 1


class _Text:
    """A file by lines, with the first line of each subject."""

    def __init__(self, path: Path) -> None:
        self.prefixes = parse_file(path).prefixes if path.suffix == ".ttl" else sssom.read(path).prefixes.table
        self._text = path.read_text(encoding="utf-8")
        self.lines = self._text.split("\n")
        self._starts: dict[str, int] = {}
        for number, line in enumerate(self.lines):
            self._starts.setdefault(line.split(" ", 1)[0], number)

    def start(self, spelled: set[str]) -> int:
        """The index of the line where a subject begins, or else of the first that mentions it."""
        starts = [self._starts[word] for word in spelled if word in self._starts]
        if starts:
            return min(starts)
        mentions = [place for word in spelled if (place := self._mention(word)) is not None]
        return self._text.count("\n", 0, min(mentions)) if mentions else 0

    def _mention(self, word: str) -> int | None:
        """Where a word first stands by itself."""
        place = self._text.find(word)
        while place >= 0:
            around = self._text[max(place - 1, 0) : place], self._text[place + len(word) : place + len(word) + 1]
            if all(not beside or beside.isspace() or beside in ";," for beside in around):
                return place
            place = self._text.find(word, place + 1)
        return None

    def rest(self, start: int, spelled: set[str]) -> Iterator[int]:
        """The lines after the first that belong to the same subject: they are indented, or begin with it again."""
        for number in range(start + 1, len(self.lines)):
            line = self.lines[number]
            if line and not line[0].isspace() and line.split(" ", 1)[0] not in spelled:
                return
            yield number


def _node(text: str) -> Node:
    return ox.NamedNode(text) if ":" in text else ox.BlankNode(text)


def _spellings(iri: str, prefixes: Mapping[str, str]) -> set[str]:
    short = {f"{prefix}:{iri[len(ns) :]}" for prefix, ns in prefixes.items() if iri.startswith(ns)}
    return short | {f"<{iri}>"}
