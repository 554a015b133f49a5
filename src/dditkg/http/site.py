"""What every router holds: the dataset in the forms that are asked for, prepared once."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import pyoxigraph as ox

from dditkg.dataset import Dataset
from dditkg.documents import CONTEXT_PATH, Documents
from dditkg.questions import Question
from dditkg.search import Index, index
from dditkg.settings import Settings
from dditkg.terms import path_of


@dataclass(frozen=True)
class Site:
    """A dataset ready to be served."""

    dataset: Dataset
    index: Index
    documents: Documents
    questions: dict[str, Question]
    settings: Settings

    def address(self, iri: str) -> str:
        """Where this service shows a thing: its own path for our addresses, /unit?iri=… for others'."""
        path = path_of(iri)
        return f"/{path}" if path is not None else f"/unit?iri={quote(iri, safe='')}"

    def iris(self, iri: str, predicate: str) -> list[str]:
        """The things that a thing links to by one property."""
        terms = self.dataset.store.objects(ox.NamedNode(iri), predicate)
        return [term.value for term in terms if isinstance(term, ox.NamedNode)]

    def texts(self, iri: str, predicate: str) -> list[str]:
        """The values of one property of a thing, sorted."""
        terms = self.dataset.store.objects(ox.NamedNode(iri), predicate)
        return sorted(term.value for term in terms if isinstance(term, ox.Literal))

    def subjects(self, predicate: str, iri: str) -> list[str]:
        """The things that link to a thing by one property, sorted."""
        triples = self.dataset.store.incoming(ox.NamedNode(iri), ox.NamedNode(predicate))
        return sorted(triple.subject.value for triple in triples if isinstance(triple.subject, ox.NamedNode))


def prepare(dataset: Dataset, questions: dict[str, Question], settings: Settings) -> Site:
    """Read labels and ontology once."""
    documents = Documents(dataset, settings.address + CONTEXT_PATH)
    return Site(dataset, index(dataset), documents, questions, settings)
