"""The named queries that the crosswalk is read with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dditkg.dataset import Dataset, installed_root


@dataclass(frozen=True)
class Source:
    """A dataset, asked with the files of queries/crosswalk/."""

    dataset: Dataset

    def rows(self, query: str) -> Iterator[tuple[str, ...]]:
        """The rows that a query gives, as text; unbound is empty."""
        path = installed_root() / "queries" / "crosswalk" / f"{query}.rq"
        table = self.dataset.store.select(path.read_text(encoding="utf-8"))
        for row in table.rows:
            yield tuple("" if term is None else str(getattr(term, "value", term)) for term in row)
