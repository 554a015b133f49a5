"""What every router holds: the dataset in the forms that are asked for, prepared once."""

from __future__ import annotations

from dataclasses import dataclass

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

    def here(self, iri: str) -> str:
        """Where this service shows a thing: its own path for our addresses, /unit?iri=… for others'."""
        path = path_of(iri)
        return f"/{path}" if path is not None else iri


def prepare(dataset: Dataset, questions: dict[str, Question], settings: Settings) -> Site:
    """Read labels and ontology once."""
    documents = Documents(dataset, settings.address + CONTEXT_PATH)
    return Site(dataset, index(dataset), documents, questions, settings)
