"""Any SKOS vocabulary, in Turtle, N-Triples, RDF/XML or JSON-LD: its concepts as the units of a framework.

Names and definitions are taken in English; a concept without an English name is refused. What the framework is comes
from the description of its scheme; `about.toml` beside the source says what is missing there or should be otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from dditkg import framework
from dditkg.errors import BadFile, WrongUse
from dditkg.framework import KINDS, Unit
from dditkg.intake import Intake
from dditkg.store import LocalStore
from dditkg.syntax import quads_of
from dditkg.terms import DCTERMS, OWL, RDF, RDFS, SKOS, is_iri

SUMMARY = "any SKOS vocabulary: its concepts become the units of a framework"
OPTIONS = {
    "id": ("ID", "how the framework is called here, such as beacon-2; its address ends so"),
    "scheme": ("ADDRESS", "of a file with several concept schemes: the one to take"),
    "kind": ("KIND", f"what a concept is: {', '.join(KINDS)} (default: skill)"),
}

_TYPE = ox.NamedNode(RDF + "type")
_MOST_NAMED = 10  # of schemes
_DCAT = "http://www.w3.org/ns/dcat#"
#: Where a scheme may say each thing, the likeliest first.
_SAID = {
    "label": (SKOS + "prefLabel", DCTERMS + "title", RDFS + "label", "http://purl.org/dc/elements/1.1/title"),
    "definition": (SKOS + "definition", DCTERMS + "description", RDFS + "comment"),
    "publisher": (DCTERMS + "publisher", DCTERMS + "creator", "http://purl.org/dc/elements/1.1/publisher"),
    "edition": (_DCAT + "version", OWL + "versionInfo", DCTERMS + "modified", DCTERMS + "issued"),
    "licence": (DCTERMS + "license",),
    "rights": (DCTERMS + "rights", DCTERMS + "license"),
}


def run(source: Path, target: Path, intake: Intake, id: str = "", scheme: str = "", kind: str = "") -> str:
    """Read the vocabulary, write `target`, and say what came out. Raises BadFile naming the concept, and WrongUse."""
    kind = kind or "skill"
    if kind not in KINDS:
        raise WrongUse(f"--kind is “{kind}”. Use one of {', '.join(KINDS)}.")
    intake.what = "concepts"
    quads = intake.passing(quads_of(source), f"triples of {source.name}")
    store = LocalStore(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    chosen = _chosen(store, source, scheme)
    found = read(store, source, chosen, kind, intake)
    intake.require_some(source)
    about = framework.beside(source, {"id": id, **_said(store, chosen)})
    with intake.meter.during(f"Writing {target}"):
        count = framework.write(target, about, found)
    taken = f" of {chosen.value}" if chosen is not None else ""
    return f"Wrote {target}: {len(found):,} × {kind}{taken}; {count:,} triples."


def read(store: LocalStore, path: Path, scheme: ox.NamedNode | None, kind: str, intake: Intake) -> list[Unit]:
    """The concepts of a scheme, or all there are, by address. Raises BadFile naming the first that cannot be used."""
    concepts = _concepts(store)
    inside = [node for node in concepts if scheme is None or scheme in _schemes(store, node)]
    if not inside:
        raise BadFile(f"{path}: there is no skos:Concept in it. Is it a SKOS vocabulary?")
    found: dict[str, Unit] = {}
    for node in intake.over(inside, path):
        with intake.one(f"{path}, {node.value}"):
            found[node.value] = _unit(store, node, kind)
    beyond = 0
    for iri, unit in found.items():
        above = _above(store, ox.NamedNode(iri))
        beyond += len(above - found.keys())
        found[iri] = Unit(**{**vars(unit), "above": tuple(sorted(above & found.keys()))})
    if beyond:
        intake.notes.append(f"{beyond:,} links to wider concepts that were not taken are left out.")
    return list(found.values())


def _unit(store: LocalStore, node: ox.NamedNode, kind: str) -> Unit:
    try:
        ox.NamedNode(node.value)
    except ValueError as error:
        raise BadFile("this is not an address that can be written.") from error
    names = [term for term in store.objects(node, SKOS + "prefLabel") if isinstance(term, ox.Literal)]
    english = _english(names)
    if not english:
        others = ", ".join(sorted({term.language for term in names if term.language}))
        raise BadFile(f"it has no English name; it has one in {others}." if others else "it has no name.")
    if len(english) > 1:
        raise BadFile(f"it has two English names, “{english[0]}” and “{english[1]}”.")
    codes = sorted(str(getattr(term, "value", "")) for term in store.objects(node, SKOS + "notation"))
    definitions, notes, also = (
        _english([term for term in store.objects(node, SKOS + name) if isinstance(term, ox.Literal)])
        for name in ("definition", "scopeNote", "altLabel")
    )
    definition, note = " ".join(definitions), " ".join(notes)
    names_too = tuple(name for name in also if name != english[0])
    return Unit(kind, node.value, english[0], "".join(codes[:1]), definition, also=names_too, note=note)


def _english(terms: list[ox.Literal]) -> list[str]:
    """The texts in English, or else those that name no language; tidied, each once."""
    for wanted in (("en",), ("en-gb", "en-us"), ("",)):
        found = {" ".join(t.value.split()) for t in terms if (t.language or "").casefold() in wanted} - {""}
        if found:
            return sorted(found)
    return []


def _above(store: LocalStore, node: ox.NamedNode) -> set[str]:
    up = [term.value for term in store.objects(node, SKOS + "broader") if isinstance(term, ox.NamedNode)]
    down = store.incoming(node, ox.NamedNode(SKOS + "narrower"))
    return {*up, *(triple.subject.value for triple in down if isinstance(triple.subject, ox.NamedNode))}


def _concepts(store: LocalStore) -> list[ox.NamedNode]:
    found = {triple.subject for triple in store.incoming(ox.NamedNode(SKOS + "Concept"), _TYPE)}
    found |= {triple.subject for triple in store.having(SKOS + "inScheme")}
    return sorted((node for node in found if isinstance(node, ox.NamedNode)), key=lambda node: node.value)


def _schemes(store: LocalStore, node: ox.NamedNode) -> set[ox.NamedNode]:
    found = [*store.objects(node, SKOS + "inScheme"), *store.objects(node, SKOS + "topConceptOf")]
    found += [triple.subject for triple in store.incoming(node, ox.NamedNode(SKOS + "hasTopConcept"))]
    return {term for term in found if isinstance(term, ox.NamedNode)}


def _chosen(store: LocalStore, path: Path, wanted: str) -> ox.NamedNode | None:
    """The scheme to take; None where the file has none, and so every concept is taken."""
    counted = Counter(scheme for node in _concepts(store) for scheme in _schemes(store, node))
    declared = (triple.subject for triple in store.incoming(ox.NamedNode(SKOS + "ConceptScheme"), _TYPE))
    counted.update({node: 0 for node in declared if isinstance(node, ox.NamedNode)})
    held = {node.value: count for node, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0].value))}
    listed = ", ".join(f"{iri} ({count:,} concepts)" for iri, count in list(held.items())[:_MOST_NAMED])
    listed += f" and {len(held) - _MOST_NAMED} smaller ones" if len(held) > _MOST_NAMED else ""
    if wanted:
        if wanted not in held:
            raise WrongUse(f"{path}: there is no scheme {wanted}. There are: {listed or 'none'}.")
        return ox.NamedNode(wanted)
    if len(held) > 1:
        raise WrongUse(f"{path} holds several schemes. Choose one with --scheme: {listed}.")
    return ox.NamedNode(next(iter(held))) if held else None


def _said(store: LocalStore, scheme: ox.NamedNode | None) -> Mapping[str, Any]:
    """What a scheme says of itself."""
    said: dict[str, str] = {}
    for name, predicates in _SAID.items() if scheme is not None else ():
        for predicate in predicates:
            values = store.objects(scheme, predicate) if scheme is not None else []
            texts = _english([term for term in values if isinstance(term, ox.Literal)])
            texts += [_name(store, term) for term in values if isinstance(term, ox.NamedNode) and name == "publisher"]
            links = sorted(term.value for term in values if isinstance(term, ox.NamedNode))
            links += [text for text in texts if is_iri(text)]
            if found := links if name == "licence" else texts:
                said.setdefault(name, found[0])
    if scheme is not None and is_iri(scheme.value):
        said["page"] = scheme.value
    return said


def _name(store: LocalStore, node: ox.NamedNode) -> str:
    """What the file calls a publisher, or else its address."""
    for predicate in ("http://xmlns.com/foaf/0.1/name", "https://schema.org/name", SKOS + "prefLabel", RDFS + "label"):
        texts = _english([term for term in store.objects(node, predicate) if isinstance(term, ox.Literal)])
        if texts:
            return texts[0]
    return node.value
