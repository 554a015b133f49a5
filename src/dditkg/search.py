"""The label index: what people type, turned into the unit they mean."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from dditkg.dataset import Dataset
from dditkg.errors import NotFound, WrongUse
from dditkg.terms import BASE, DD, OWL, RDF, RDFS, SKOS, XSD, is_iri, kind_of
from dditkg.wording import nearest, ranked

_LEAST_LIKE = 0.4
# What is taken off the likeness of a name: people look for a capability before the source that it rests on.
_LESS = {
    "capability": 0,
    "role": 0,
    "skill": 0,
    "exemption": 1,
    **dict.fromkeys(("outcome", "way-of-working", "technology", "challenge", "glossary-term", "framework"), 0.1),
}
_THEIRS = 0.25  # and sources, figures, exemptions and the like
_LABELS = (SKOS + "prefLabel", SKOS + "altLabel", RDFS + "label")


@dataclass(frozen=True)
class Index:
    """Labels, slugs and addresses of everything that the dataset describes. Each is read when it is first needed."""

    dataset: Dataset

    @cached_property
    def subjects(self) -> frozenset[str]:
        """Every address that is described."""
        return self.dataset.store.subjects()

    @cached_property
    def by_label(self) -> dict[str, list[str]]:
        """What has a name, by the name in lower case."""
        found: dict[str, list[str]] = defaultdict(list)
        for predicate in _LABELS:
            for triple in self.dataset.store.having(predicate):
                if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.Literal):
                    key = triple.object.value.casefold()
                    if triple.subject.value not in found[key]:
                        found[key].append(triple.subject.value)
        return dict(found)

    @cached_property
    def by_slug(self) -> dict[str, list[str]]:
        """What is described, by the last part of its address."""
        found: dict[str, list[str]] = defaultdict(list)
        for iri in sorted(self.subjects):
            found[iri.rpartition("/")[2].casefold()].append(iri)
        return dict(found)

    @cached_property
    def labelled(self) -> frozenset[str]:
        return frozenset(iri for iris in self.by_label.values() for iri in iris)

    @cached_property
    def whole(self) -> frozenset[str]:
        """Units with a page of their own that are in use."""
        return _whole(self.dataset)

    def knows(self, iri: str) -> bool:
        """Whether anything is said of an address, at the cost of one look."""
        if "subjects" in self.__dict__:
            return iri in self.subjects
        try:
            return bool(self.dataset.store.outgoing(ox.NamedNode(iri)))
        except ValueError:  # no address at all
            return False

    def label(self, iri: str) -> str:
        """The English name of a thing, or the last part of its address."""
        node = ox.NamedNode(iri)
        for predicate in (SKOS + "prefLabel", RDFS + "label"):
            for term in self.dataset.store.objects(node, predicate):
                if isinstance(term, ox.Literal):
                    return str(term.value)
        return iri.rstrip("/").rpartition("/")[2].rpartition("#")[2]

    def resolve(self, typed: str, like: str = "") -> str:
        """The IRI that a typed name means: an IRI, `skill:x`, `gdad:skill/x`, `skill/x`, a slug or a label.

        `like` is an example (`skill:data-modelling`) whose prefix is tried first. Raises NotFound with near
        misses, and WrongUse listing the choices for a name that means several things. Without an example, a name that
        is one thing of ours means that one, whatever else others call by it.
        """
        typed = typed.strip()
        own_namespace = self.dataset.prefixes.table.get(like.partition(":")[0], "")
        if is_iri(typed):
            return self._known(typed)
        if _is_curie(typed):
            return self._one(typed, *self._curie(typed))
        matches = self._called(typed, own_namespace)
        preferred = [iri for iri in matches if own_namespace and iri.startswith(own_namespace)]
        return self._one(typed, preferred or self._foremost(matches, not like), self._scope(own_namespace))

    def named(self, typed: str) -> list[str]:
        """All that a typed name can mean, in use before retired and units before what is shown inside them; fast."""
        if is_iri(typed):
            return [typed] if self.knows(typed) else []
        if _is_curie(typed):
            try:
                return self._curie(typed)[0]
            except WrongUse:  # a prefix that nobody declared: a name with a colon, then
                return self._called(typed)
        return self._foremost(self._called(typed), False)

    def _called(self, typed: str, own_namespace: str = "") -> list[str]:
        for candidate in (own_namespace + typed if own_namespace else "", BASE + typed):
            if self.knows(candidate):
                return [candidate]
        return self.by_label.get(typed.casefold()) or self.by_slug.get(typed.casefold()) or []

    def _foremost(self, matches: list[str], prefer_ours: bool) -> list[str]:
        """A thing with a page of its own before what is shown inside others, and before the glossary's word for it;
        where wanted, ours before others'."""
        whole = [iri for iri in matches if iri in self.whole] or matches
        whole = [iri for iri in whole if kind_of(iri) != "glossary-term"] or whole
        ours = [iri for iri in whole if iri.startswith(BASE) and not iri.startswith(f"{BASE}framework/")]
        return ours if prefer_ours and len(ours) == 1 else whole

    def find(self, typed: str, most: int = 20) -> list[str]:
        """Units whose name, or another name, has the words typed, the likest first and ours before others'."""
        names = [name for name, iris in self.by_label.items() if self.whole.intersection(iris)]
        scores: dict[str, float] = {}
        for place, likeness in ranked(typed, names):
            if likeness >= _LEAST_LIKE:
                for iri in self.by_label[names[place]]:
                    if iri in self.whole:
                        scores[iri] = max(scores.get(iri, 0), likeness - _LESS.get(kind_of(iri) or "", _THEIRS))
        return sorted(scores, key=lambda iri: (-scores[iri], self.label(iri), iri))[:most]

    def near(self, typed: str, within: str = "", most: int = 5) -> list[str]:
        """IRIs of named things whose name or last part of the address is most like what was typed."""
        wanted = typed.rpartition("/")[2].rpartition(":")[2].casefold()
        names: dict[str, list[str]] = {}
        for iris_by_name in (self.by_label, self.by_slug):
            for name, iris in iris_by_name.items():
                inside = [iri for iri in iris if iri.startswith(within or BASE) and iri in self.labelled]
                if inside:
                    names.setdefault(name, inside)
        found = [iri for name in nearest(wanted, names, most * 2) for iri in names[name]]
        return list(dict.fromkeys(found))[:most]

    def _curie(self, typed: str) -> tuple[list[str], str]:
        """What a short form can mean, and the namespace that its prefix stands for. Raises WrongUse for the prefix."""
        prefix, _, local = typed.partition(":")
        prefix = "gdad" if prefix == "ddat" else prefix
        iri = self.dataset.prefixes.expand(f"{prefix}:{local}")
        namespace = self.dataset.prefixes.table[prefix]
        if self.knows(iri):
            return [iri], namespace
        return [i for i in self.by_slug.get(local.casefold(), ()) if i.startswith(namespace)], namespace

    def _one(self, typed: str, matches: list[str], scope: str) -> str:
        if len(matches) == 1:
            return matches[0]
        if matches:
            choices = ", ".join(sorted(self.short(iri) for iri in matches))
            raise WrongUse(f"“{typed}” means several things: {choices}. Name one of them.")
        return self._known(typed, scope)

    def _known(self, typed: str, scope: str = "") -> str:
        if self.knows(typed):
            return typed
        near = [self.short(iri) for iri in self.near(typed, scope)]
        hint = f" Near: {', '.join(near)}." if near else ""
        raise NotFound(f"Nothing here is called “{typed}”.{hint}", near=near)

    def _scope(self, namespace: str) -> str:
        return namespace if any(iri.startswith(namespace) for iri in self.subjects) else ""

    def short(self, iri: str) -> str:
        """The shortest way to write an IRI: its CURIE where a prefix is declared."""
        return self.dataset.prefixes.compress(iri) or iri


def _is_curie(typed: str) -> bool:
    return ":" in typed and " " not in typed


def index(dataset: Dataset) -> Index:
    """The index of a dataset."""
    return Index(dataset)


def _whole(dataset: Dataset) -> frozenset[str]:
    """Units that are not shown inside others and not retired."""
    yes = ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean"))

    def members(of: ox.NamedNode) -> set[str]:
        found = dataset.store.incoming(of, ox.NamedNode(RDF + "type"))
        return {q.subject.value for q in found if isinstance(q.subject, ox.NamedNode)}

    inside = [q.subject for q in dataset.store.incoming(yes, ox.NamedNode(DD + "embedded"))]
    retired = {
        q.subject.value
        for q in dataset.store.incoming(yes, ox.NamedNode(OWL + "deprecated"))
        if isinstance(q.subject, ox.NamedNode)
    }
    shown = members(ox.NamedNode(DD + "Unit"))
    for kind in inside:
        assert isinstance(kind, ox.NamedNode)
        shown -= members(kind)
    return frozenset(shown - retired)
