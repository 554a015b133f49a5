"""Where in the authored files a thing stands, and what it is called: what a finding points at."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox

from dditkg.dataset import Content, Dataset, graph_of
from dditkg.store import parse_file
from dditkg.terms import BASE, GRAPH_BASE, RDF, RDFS, SKOS

_IRI = re.compile(r"<?(https?://[^\s<>]+[^\s<>.,;:])>?")


class Places:
    """Addresses in files, by the graphs of the files."""

    def __init__(self, content: Content, dataset: Dataset) -> None:
        self._dataset = dataset
        self._files = {graph_of(path, content.root).value: path for path in content.authored}
        self._texts: dict[Path, tuple[list[str], dict[str, str]]] = {}

    def of(self, iri: str, predicate: str | None = None) -> tuple[str, int]:
        """File and line of a subject, at the predicate where it has it.

        A thing that is only derived is found at the thing it is derived from.
        """
        said = self._graphs(iri, predicate) or self._graphs(iri, None)
        for graph in said:
            if graph in self._files:
                return str(self._files[graph]), self._line(self._files[graph], iri, predicate)
        for quad in self._dataset.store.outgoing(ox.NamedNode(iri)):
            origin = quad.object
            if isinstance(origin, ox.NamedNode) and origin.value.startswith(BASE) and origin.value != iri:
                for graph in self._graphs(origin.value, None):
                    if graph in self._files:
                        return str(self._files[graph]), self._line(self._files[graph], origin.value, None)
        return (said[0].removeprefix(GRAPH_BASE) if said else "(nowhere)"), 1

    def label(self, iri: str) -> str:
        """The name of a thing, or its short form."""
        for predicate in (SKOS + "prefLabel", RDFS + "label"):
            for term in self._dataset.store.objects(ox.NamedNode(iri), predicate):
                if isinstance(term, ox.Literal) and term.value.strip():
                    return term.value
        return self._dataset.prefixes.compress(iri) or iri

    def with_labels(self, message: str) -> str:
        """A message with the names of things instead of their addresses."""
        return _IRI.sub(lambda match: self.label(match[1]), message)

    def _graphs(self, iri: str, predicate: str | None) -> list[str]:
        engine = self._dataset.store.engine
        wanted = ox.NamedNode(predicate) if predicate else None
        quads = engine.quads_for_pattern(ox.NamedNode(iri), wanted, None)
        return sorted({q.graph_name.value for q in quads if isinstance(q.graph_name, ox.NamedNode)})

    def _line(self, path: Path, iri: str, predicate: str | None) -> int:
        if path not in self._texts:
            prefixes = parse_file(path).prefixes if path.suffix == ".ttl" else {}
            self._texts[path] = (path.read_text(encoding="utf-8").splitlines(), prefixes)
        lines, prefixes = self._texts[path]
        spelled = _spellings(iri, prefixes)
        start = next((i for i, line in enumerate(lines) if line.split(" ")[0] in spelled), None)
        if start is None:
            mentions = (i for i, line in enumerate(lines) if spelled & set(re.split(r"[\s;,]+", line)))
            start = next(mentions, 0)
        if predicate:
            wanted = _spellings(predicate, prefixes) | ({"a"} if predicate == RDF + "type" else set())
            for i in range(start, len(lines)):
                if i > start and lines[i].strip() == ".":
                    break
                if wanted & set(lines[i].split()):
                    return i + 1
        return start + 1


def _spellings(iri: str, prefixes: dict[str, str]) -> set[str]:
    short = {f"{prefix}:{iri[len(ns) :]}" for prefix, ns in prefixes.items() if iri.startswith(ns)}
    return short | {f"<{iri}>"}
