"""Names: IRIs, the table of prefixes, CURIEs and what people type for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dditkg.errors import WrongUse

BASE = "https://w3id.org/dditkg/"
DD = BASE + "ontology/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SH = "http://www.w3.org/ns/shacl#"
DCTERMS = "http://purl.org/dc/terms/"
SSSOM = "https://w3id.org/sssom/"

GRAPH_BASE = BASE + "graph/"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SLUG_DROP = re.compile(r"[^a-z0-9]+")


def kebab(name: str) -> str:
    """`SkillAtLevel` → `skill-at-level`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def slug(label: str) -> str:
    """The kebab-case of a label, as used once to mint an IRI: `Data & AI` → `data-ai`."""
    return _SLUG_DROP.sub("-", label.lower().replace("'", "").replace("’", "")).strip("-")


def is_iri(text: str) -> bool:
    """True for an absolute IRI with an authority, such as https://w3id.org/dditkg/skill/x."""
    return bool(_SCHEME.match(text))


def path_of(iri: str) -> str | None:
    """The part after our base (`skill/data-modelling`), or None for an IRI of somebody else."""
    return iri[len(BASE) :] if iri.startswith(BASE) else None


def kind_of(iri: str) -> str | None:
    """`skill` for …/skill/x, `framework/gdad/skill` for …/framework/gdad/skill/x, None for others' IRIs."""
    return iri.removeprefix(BASE).rpartition("/")[0] if iri.startswith(BASE) else None


@dataclass(frozen=True)
class Prefixes:
    """The one table of prefixes. Built from the sh:declare statements of the content."""

    table: Mapping[str, str]
    _by_length: tuple[tuple[str, str], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        longest_first = sorted(((ns, p) for p, ns in self.table.items()), key=lambda pair: (-len(pair[0]), pair[1]))
        object.__setattr__(self, "_by_length", tuple(longest_first))

    def expand(self, curie: str) -> str:
        """`skill:data-modelling` or `gdad:skill/data-modelling` → IRI.

        Raises WrongUse naming the prefix that nobody declared.
        """
        if is_iri(curie):
            return curie
        prefix, colon, local = curie.partition(":")
        if not colon:
            raise WrongUse(f"“{curie}” is neither an IRI nor a short form such as skill:data-modelling.")
        namespace = self.table.get(prefix)
        if namespace is None:
            raise WrongUse(f"No prefix “{prefix}:” is declared. Known: {', '.join(sorted(self.table))}.")
        return namespace + local

    def compress(self, iri: str) -> str | None:
        """The CURIE for an IRI with the longest namespace, or None. Its local part may hold a slash."""
        for namespace, prefix in self._by_length:
            if iri.startswith(namespace) and len(iri) > len(namespace):
                return f"{prefix}:{iri[len(namespace) :]}"
        return None

    def used_in(self, iris: Iterable[str]) -> dict[str, str]:
        """The part of the table that these IRIs need, sorted by prefix."""
        found: dict[str, str] = {}
        for iri in iris:
            for namespace, prefix in self._by_length:
                if iri.startswith(namespace):
                    found[prefix] = namespace
                    break
        return dict(sorted(found.items()))
