"""Logical consistency of the ontology and the data under OWL, by HermiT through owlready2 (extra `reason`, Java)."""

from __future__ import annotations

import importlib.util
import io
import shutil
from collections.abc import Iterable
from dataclasses import replace

import pyoxigraph as ox

from dditkg.dataset import Content, build
from dditkg.errors import BadContent, Unavailable
from dditkg.terms import BASE, OWL, XSD

#: OWL knows no type of literal for a day or a year, and the reasoner refuses them.
_REFUSED = frozenset(XSD + name for name in ("date", "gYear", "gYearMonth", "time"))


def missing() -> str:
    """What keeps the reasoner from running here, in a sentence; empty when nothing does."""
    if importlib.util.find_spec("owlready2") is None:
        return "Consistency not checked: owlready2 is not installed. Run pip install 'dditkg[reason]'."
    if shutil.which("java") is None:
        return "Consistency not checked: there is no Java. On Debian or Ubuntu: apt install default-jre-headless."
    return ""


def reason(content: Content) -> int:
    """How many triples were found consistent.

    Raises BadContent that names classes nothing can belong to, or the files without which the rest is consistent,
    and Unavailable when the reasoner cannot run here.
    """
    if lacking := missing():
        raise Unavailable(lacking)
    understood = _understood(content)
    impossible = _impossible(understood)
    if impossible is None:
        raise BadContent(f"The data contradict the ontology. {_culprits(content)}")
    if impossible:
        raise BadContent(f"Nothing can ever belong to {', '.join(impossible)}. Mend what is said of these classes.")
    return len(understood)


def _understood(content: Content) -> list[ox.Triple]:
    """The merged dataset without what the reasoner refuses."""
    return [triple for triple in build(content).local.triples() if not _is_refused(triple.object)]


def _impossible(triples: Iterable[ox.Triple]) -> list[str] | None:
    """Classes that nothing can belong to, or None when the whole is inconsistent."""
    import owlready2

    owlready2.JAVA_EXE = shutil.which("java")
    world = owlready2.World()
    written = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    world.get_ontology(f"{BASE}reasoned#").load(fileobj=io.BytesIO(written))
    try:
        owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return None
    return sorted({c.iri for c in world.inconsistent_classes()} - {OWL + "Nothing"})


def _culprits(content: Content) -> str:
    """The reasoner does not say why, so each file of data is left out in turn."""
    found = []
    for path in content.turtle:
        rest = tuple(other for other in content.turtle if other != path)
        if path.parent.name != "ontology" and _impossible(_understood(replace(content, turtle=rest))) is not None:
            found.append(path.relative_to(content.root).as_posix() if path.is_relative_to(content.root) else path.name)
    return f"Without {' or without '.join(found)} they do not." if found else "No single file is to blame."


def _is_refused(term: object) -> bool:
    named = term.datatype if isinstance(term, ox.Literal) else term
    return isinstance(named, ox.NamedNode) and named.value in _REFUSED
