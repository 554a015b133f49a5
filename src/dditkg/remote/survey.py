"""What an endpoint holds and how much it gives, asked before it is relied on."""

from __future__ import annotations

from dataclasses import dataclass

from dditkg.errors import Unavailable
from dditkg.remote.store import RemoteStore

_ASKED_FOR = 100_000  # rows, by most-rows.rq


@dataclass(frozen=True)
class Survey:
    """The release in the default graph, its size, and the most rows that one query gets (None: as many as asked)."""

    url: str
    version: str
    triples: int
    most_rows: int | None

    def __str__(self) -> str:
        limit = "" if self.most_rows is None else f", at most {self.most_rows:,} rows for one query"
        return f"{self.url} holds release {self.version}, {self.triples:,} triples{limit}"


def survey(store: RemoteStore) -> Survey:
    """Asks an endpoint and tells the store its limit of rows.

    Raises Unavailable that says what is wrong: no release where plain patterns look, several releases at once, or a
    default graph that repeats what stands in several named graphs, so that counts would be wrong.
    """
    url = store.endpoint.url
    versions = [_text(row[0]) for row in store.named("release").rows]
    if not versions:
        raise Unavailable(_nowhere(store))
    if len(versions) > 1:
        raise Unavailable(
            f"{url} holds {len(versions)} releases at once: {', '.join(sorted(versions))}. Keep one in its default "
            "graph."
        )
    rows, things = (int(_text(term)) for term in store.named("repeated").rows[0])
    if rows != things:
        raise Unavailable(
            f"{url} repeats triples: {rows:,} rows for {things:,} things. Its default graph shows each triple once for "
            "every named graph it stands in. Load the default graph's triples only, or switch the union off."
        )
    triples = len(store)
    given = len(store.named("most-rows", whole=False).rows)
    store.most_rows = given if given < min(triples, _ASKED_FOR) else None
    return Survey(url, versions[0], triples, store.most_rows)


def _nowhere(store: RemoteStore) -> str:
    url = store.endpoint.url
    graphs = [_text(row[0]) for row in store.named("release-in-graphs").rows]
    if graphs:
        return (
            f"{url} holds the dataset in the named graph <{graphs[0]}>, but its default graph does not show it. Load "
            "the triples into the default graph, or tell the engine that queries without GRAPH read them."
        )
    return f"{url} holds no release of this dataset. Load one into its default graph: the release's N-Triples."


def _text(term: object) -> str:
    return str(getattr(term, "value", term))
